/** A thousand open orders and traders who go on: a kill switch ends what it forbids, whoever dies over it, and nothing else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openClient } from '#apps/demo/client'
import { type Json, type LogRow, named, orderOf, type Rows } from '#apps/demo/judge/log-row'
import { killSwitchFindings } from '#apps/demo/judge/kill-switches'
import { sendingFindings } from '#apps/demo/judge/sending'
import { hasEnded, storiesOf } from '#apps/demo/judge/story'
import { venueFindings } from '#apps/demo/judge/venue'
import { type Ledger, startLedger } from '#apps/demo/ledger'
import { openRows } from '#apps/demo/log-rows'
import { type Load, startLoad } from '#apps/testing/load'
import { untilMore } from '#apps/testing/ordeal'
import { pidOf, until } from '#apps/testing/processes'
import {
  engage,
  type Engaged,
  farBid,
  fundedAccounts,
  openAtVenue,
  placeAll,
  requestsBy,
  untilOpen,
  wideLimits,
} from '#apps/testing/resting-orders'

const root = import.meta.dirname.replace(/\/apps$/, '')
const folder = mkdtempSync(join(tmpdir(), 'daybook-kill-'))
const limits = join(folder, 'limits.json')
const data = join(folder, 'data')
const accounts = ['main', 'second', 'third'] as const
/** One of those that the traders trade for. */
const stopped = 's1'
const exits = Array.from({ length: 20 }, (_, n) => ({
  symbol: 'BTC/USDT',
  side: 'sell' as const,
  type: 'limit' as const,
  quantity: '0.002',
  limitPrice: String(90_000 + n),
  account: 'second',
  strategy: stopped,
}))
const bids = (count: number, strategy: string, from: number) =>
  Array.from({ length: count }, (_, n) =>
    farBid(from + n, accounts[n % accounts.length] ?? 'main', strategy),
  )

let ledger: Ledger
let rows: Rows
let load: Load | undefined
let calm: readonly string[]
let reducing: readonly string[]
beforeAll(async () => {
  writeFileSync(limits, JSON.stringify(wideLimits))
  ledger = await startLedger({
    data,
    root,
    options: ['--symbols', 'BTC/USDT', '--limits', limits],
  })
  rows = await openRows(data)
  const client = openClient(ledger.url, ledger.key)
  await fundedAccounts(client, ['second', 'third'])
  const held = { symbol: 'BTC/USDT', account: 'second', strategy: stopped, quantity: '0.05' }
  await client.place({ ...held, side: 'buy', type: 'market' })
  await until('a position to reduce', async () => {
    const positions = await client.all<{ readonly id: string; readonly strategy: string }>(
      '/v1/positions?account=second',
    )
    return positions.some(({ strategy }) => strategy === stopped)
  })
  calm = await untilOpen(rows, await placeAll(ledger, bids(250, 'calm', 0)))
  reducing = await untilOpen(rows, await placeAll(ledger, exits))
}, 60_000)
afterAll(async () => {
  await load?.stop()
  await rows.close()
  await ledger.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Forbids = (terms: Json, isReducing: boolean) => boolean

/** What became of everything that a kill switch forbids, by plain loops over the rows of the log. */
const aftermathOf = (log: readonly LogRow[], { id, logPosition }: Engaged, forbids: Forbids) => {
  const since = BigInt(logPosition)
  const before = log.filter(({ position }) => position < since)
  const endedBefore = new Set(storiesOf(before).flatMap((each) => (hasEnded(each) ? each.id : [])))
  const forbidden = storiesOf(log).filter(
    ({ approval, terms }) =>
      approval !== undefined && forbids(terms, approval.data['reducing'] === true),
  )
  const struck = forbidden.filter(
    (each) => (each.approval?.position ?? since) < since && !endedBefore.has(each.id),
  )
  const latest = new Map(before.map((row) => [orderOf(row), row.type]))
  const asked = new Set(named(log, 'OrderCancelRequested').map(orderOf))
  return {
    struck: struck.map((each) => each.id),
    approvedAfter: forbidden.flatMap((each) =>
      (each.approval?.position ?? since) > since ? each.id : [],
    ),
    asked: requestsBy(log, id),
    unasked: struck.flatMap((each) =>
      each.end?.type === 'OrderCancelled' && !asked.has(each.id) ? each.id : [],
    ),
    left: struck.flatMap((each) => (hasEnded(each) ? [] : each.id)),
    /** Of those that it found, the ones that were on their way, or of which nobody knew what had become. */
    unclear: struck.filter((each) => unclear.has(latest.get(each.id) ?? '')).length,
  }
}
const unclear: ReadonlySet<string> = new Set(['OrderSubmissionStarted', 'OrderOutcomeUnknown'])

/** Reads the log until nothing that was struck is left. */
const settled = async (engaged: Engaged, forbids: Forbids) => {
  let [log, after] = [await rows.log(), undefined as ReturnType<typeof aftermathOf> | undefined]
  await until('everything that was struck to end', async () => {
    log = await rows.log()
    after = aftermathOf(log, engaged, forbids)
    return after.left.length === 0
  }).catch(() => undefined)
  return after ?? aftermathOf(log, engaged, forbids)
}

/** Of what was sent to a venue that stands still, nobody knows what became. */
const untilUnclear = (orders: readonly string[]): Promise<void> =>
  until('an order whose outcome is unknown', async () => {
    const found = await rows.query(
      `select data::jsonb ->> 'orderId' as id from log.events where type = 'OrderOutcomeUnknown'`,
    )
    return found.some(({ id = '' }) => orders.includes(id))
  })

test('under reduce what increases is cancelled, and what reduces or is out of scope stays', {
  timeout: 90_000,
}, async () => {
  // On a busy machine a few are decided too late.
  const open = await untilOpen(rows, await placeAll(ledger, bids(1050, stopped, 1000)))
  expect(open.length).toBeGreaterThanOrEqual(1000)
  expect(Math.min(calm.length, reducing.length)).toBeGreaterThan(0)
  // Only now: a thousand beside those of the traders would take their time.
  load = startLoad(ledger.url, ledger.key, 3)
  await untilMore(load, 20, 'a thousand were open')
  const venue = await pidOf(ledger.url, ledger.key, 'paper-venue')
  process.kill(venue, 'SIGSTOP')
  const engaged = await placeAll(ledger, bids(10, stopped, 2900))
    .then(untilUnclear)
    .then(() => engage(ledger, 'reduce', { strategy: stopped }))
    .finally(() => process.kill(venue, 'SIGCONT'))
  await untilMore(load, 20, 'the kill switch')
  const after = await settled(
    engaged,
    (terms, isReducing) => terms['strategy'] === stopped && !isReducing,
  )

  expect(after.left).toStrictEqual([])
  expect(after.approvedAfter).toStrictEqual([])
  expect(after.unasked).toStrictEqual([])
  expect(after.asked.size).toBeGreaterThanOrEqual(open.length)
  expect(after.unclear).toBeGreaterThan(0)
  const atVenue = await openAtVenue(rows)
  expect(after.struck.filter((id) => atVenue.has(id))).toStrictEqual([])
  expect([...calm, ...reducing].filter((id) => !atVenue.has(id))).toStrictEqual([])
  expect([...calm, ...reducing].filter((id) => after.asked.has(id))).toStrictEqual([])
})

test('what a gateway that was killed in the midst of it left undone, its successor does', {
  timeout: 90_000,
}, async () => {
  const gateway = await pidOf(ledger.url, ledger.key, 'gateway')
  const engaged = await engage(ledger, 'halt', {})
  await until('the first cancels', async () => (await askedBy(engaged)) > 0)
  process.kill(gateway, 'SIGKILL')
  const doneByTheFirst = calm.length - (await stillOpen(calm))
  await load?.stop()
  const after = await settled(engaged, () => true)

  expect(doneByTheFirst).toBeLessThan(calm.length)
  expect(after.left).toStrictEqual([])
  expect(after.approvedAfter).toStrictEqual([])
  expect(after.unasked).toStrictEqual([])
  expect(after.struck).toStrictEqual(expect.arrayContaining([...calm, ...reducing]))
  expect(await openAtVenue(rows)).toStrictEqual(new Set())
  expect(load?.surprises()).toStrictEqual([])
  expect(await brokenIn(await rows.log())).toStrictEqual([])
  const shown = await openClient(ledger.url, ledger.key).ask('GET', `/v1/orders/${calm[0] ?? ''}`)
  expect(shown.body).toMatchObject({ status: 'cancelled', reason: { code: 'killSwitch' } })
})

/** What breaks a promise about sending or stopping, by code that shares nothing with the gateway. */
const brokenIn = async (log: readonly LogRow[]) => {
  const venue = await venueFindings(rows, log)
  const found = [...killSwitchFindings(log), ...sendingFindings(log), ...venue]
  return found.filter(({ verdict, examined }) => verdict !== 'holds' || examined === 0)
}
const stillOpen = async (orders: readonly string[]): Promise<number> => {
  const open = await openAtVenue(rows)
  return orders.filter((id) => open.has(id)).length
}
const askedBy = async ({ id }: Engaged): Promise<number> => {
  const [found] = await rows.query(
    `select count(*) as n from log.events
     where type = 'OrderCancelRequested' and data::jsonb ->> 'killSwitchId' = '${id}'`,
  )
  return Number(found?.['n'])
}

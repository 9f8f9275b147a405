/** T13: from the request for a kill switch to the last approval and to the cancels at the venue, while trading goes on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { openClient } from '#apps/demo/client'
import type { Rows } from '#apps/demo/judge/log-row'
import { type Ledger, startLedger } from '#apps/demo/ledger'
import { openRows } from '#apps/demo/log-rows'
import { until } from '#apps/testing/processes'
import {
  engage,
  farBid,
  fundedAccounts,
  openAtVenue,
  untilOpen,
  wideLimits,
} from '#apps/testing/resting-orders'
import { atMost, figure, percentile, repetitions, type Result, spreadOf } from './harness.ts'
import { openPoster, openSender, type Poster } from './keep-alive.ts'
import { root } from './root.ts'

const clients = 64
const warmingSeconds = 3
const fullSeconds = 5
/** A part of the book each: one kill switch after the other. */
const parts = 20
const ordersOfPart = 50
const ordersOfRest = 1000
/** So long it is traded for a part before it is stopped. */
const tradedMs = 400

/** When it was asked for, and what came of it, in milliseconds since 1970. */
interface Stopped {
  readonly asked: number
  readonly lastApproval: number
  readonly firstCancel: number
  readonly lastCancel: number
}
interface Run {
  readonly fullRate: number
  readonly loadRate: number
  readonly parts: readonly Stopped[]
  readonly whole: Stopped
  readonly approvedAfter: number
}

const nowMs = (): number => performance.timeOrigin + performance.now()

/** Market orders at a steady pace, for whichever strategy is said to be next. */
const trading = ({ post }: Poster, perSecond: number) => {
  const state = { strategy: 'part0', sent: 0, over: false }
  const failed: string[] = []
  const order = { symbol: 'BTC/USDT', side: 'buy', type: 'market', quantity: '0.0001' }
  const going = (async () => {
    const begun = performance.now()
    const answers: Promise<void>[] = []
    for (; !state.over; state.sent += 1) {
      const dueIn = begun + (state.sent * 1000) / perSecond - performance.now()
      if (dueIn > 0) await setTimeout(dueIn)
      const placed = post({ ...order, account: 'second', strategy: state.strategy }).then(
        (text) => {
          if (!text.includes('"id"')) failed.push(text)
        },
      )
      answers.push(placed)
    }
    await Promise.all(answers)
    return { perSecond: (state.sent * 1000) / (performance.now() - begun), failed }
  })()
  return {
    goOnWith: (strategy: string) => {
      state.strategy = strategy
    },
    stop: () => {
      state.over = true
      return going
    },
  }
}

const nameOf = (part: number): string => `part${String(part)}`

const placeResting = async ({ post }: Poster): Promise<readonly string[]> => {
  const bids = Array.from({ length: parts * ordersOfPart + ordersOfRest }, (_, n) => {
    const strategy = n < parts * ordersOfPart ? nameOf(n % parts) : 'rest'
    return farBid(n, n % 2 === 0 ? 'second' : 'third', strategy)
  }).values()
  const ids: string[] = []
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (const bid of bids) {
        const { id } = JSON.parse(await post(bid)) as { readonly id?: string }
        if (id !== undefined) ids.push(id)
      }
    }),
  )
  return ids
}

/** By the clocks of the store and of the venue, which are the clock of this machine. */
const cameOf = async (rows: Rows, whole: string, strategies: readonly string[]) => {
  const named = strategies.map((name) => `'${name}'`).join()
  const approvals = await rows.query(
    `select data::jsonb -> 'terms' ->> 'strategy' as strategy,
       extract(epoch from max(recorded_at)) * 1000 as last
     from log.events where type = 'OrderApproved' and data::jsonb -> 'terms' ->> 'strategy' in (${named})
     group by 1`,
  )
  const cancels = await rows.query(
    `select e.data::jsonb -> 'terms' ->> 'strategy' as strategy,
       extract(epoch from min(o.changed_at)) * 1000 as first, extract(epoch from max(o.changed_at)) * 1000 as last
     from paper.orders o join log.events e on e.type = 'OrderIntentRecorded'
       and replace(e.data::jsonb ->> 'orderId', '-', '') = o.client_order_id
     where o.status = 'cancelled' group by 1`,
  )
  const late = await rows.query(
    `select count(*) as n from log.events a join log.events k on k.stream = a.stream
       and k.type = 'KillSwitchEngaged' and a.revision > k.revision
       and coalesce(k.data::jsonb -> 'scope' ->> 'strategy', a.data::jsonb -> 'terms' ->> 'strategy')
         = a.data::jsonb -> 'terms' ->> 'strategy'
     where a.type = 'OrderApproved'`,
  )
  const lastApproval = new Map(approvals.map(({ strategy, last }) => [strategy, Number(last)]))
  const cancelled = new Map(cancels.map(({ strategy, ...at }) => [strategy, at]))
  return {
    approvedAfter: Number(late[0]?.['n']),
    of: (strategy: string, asked: number): Stopped => ({
      asked,
      lastApproval: lastApproval.get(strategy === whole ? nameOf(parts) : strategy) ?? asked,
      firstCancel: Number(cancelled.get(strategy)?.['first']),
      lastCancel: Number(cancelled.get(strategy)?.['last']),
    }),
  }
}

const stoppedBy = async (ledger: Ledger, rows: Rows, poster: Poster): Promise<Run> => {
  await fundedAccounts(openClient(ledger.url, ledger.key), ['second', 'third'])
  const sender = openSender(ledger, clients)
  await sender.press(warmingSeconds)
  const begun = performance.now()
  const fullRate = ((await sender.press(fullSeconds)).length * 1000) / (performance.now() - begun)
  sender.close()
  await untilOpen(rows, await placeResting(poster))
  const load = trading(poster, fullRate / 2)
  const asked = new Map<string, number>()
  for (let part = 0; part < parts; part += 1) {
    load.goOnWith(nameOf(part))
    await setTimeout(tradedMs)
    asked.set(nameOf(part), nowMs())
    await engage(ledger, 'reduce', { strategy: nameOf(part) })
  }
  load.goOnWith(nameOf(parts))
  await setTimeout(tradedMs)
  asked.set('rest', nowMs())
  await engage(ledger, 'halt', {})
  await until('every order to be cancelled', async () => (await openAtVenue(rows)).size === 0)
  const { perSecond, failed } = await load.stop()
  if (failed.length > 0) throw new Error(`${String(failed.length)} orders: ${failed[0] ?? ''}`)
  const came = await cameOf(rows, 'rest', [...asked.keys(), nameOf(parts)])
  const all = [...asked].map(([strategy, at]) => came.of(strategy, at))
  const whole = all.at(-1)
  if (whole === undefined) throw new Error('nothing was stopped')
  const { approvedAfter } = came
  return { fullRate, loadRate: perSecond, parts: all.slice(0, -1), whole, approvedAfter }
}

const oneRun = async (): Promise<Run> => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'))
  writeFileSync(join(folder, 'limits.json'), JSON.stringify(wideLimits))
  const options = ['--symbols', 'BTC/USDT', '--limits', join(folder, 'limits.json')]
  const ledger = await startLedger({ data: join(folder, 'data'), root, options })
  const poster = openPoster(ledger, clients)
  const rows = await openRows(ledger.data)
  try {
    return await stoppedBy(ledger, rows, poster)
  } finally {
    poster.close()
    await rows.close()
    await ledger.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const killSwitchResults = async (): Promise<readonly Result[]> => {
  const runs: Run[] = []
  for (let run = 0; run < repetitions; run += 1) runs.push(await oneRun())
  const over = (what: string, unit: string, pick: (run: Run) => number) =>
    figure(what, unit, spreadOf(runs.map(pick)))
  const p99 = (what: string, took: (stopped: Stopped) => number) =>
    over(what, 'ms', (run) => percentile(run.parts.map(took), 0.99))
  const approvals = p99('request to last approval, p99', ({ asked, lastApproval }) =>
    Math.max(0, lastApproval - asked),
  )
  const first = p99(
    'request to first cancel at the venue, p99',
    (each) => each.firstCancel - each.asked,
  )
  const approvedAfter = Math.max(...runs.map((run) => run.approvedAfter))
  return [
    {
      target: 'T13',
      what: `kill switch, over ${String(ordersOfRest)} open orders, at half of the rate that T9 reached just before`,
      ours: first,
      limits: [
        approvals,
        p99(`last of ${String(ordersOfPart)} cancels, p99`, (each) => each.lastCancel - each.asked),
        over('whole book: first cancel', 'ms', ({ whole }) => whole.firstCancel - whole.asked),
        over(
          `whole book: last of ${String(ordersOfRest)} cancels`,
          'ms',
          ({ whole }) => whole.lastCancel - whole.asked,
        ),
        over('full rate just before', 'orders/s', ({ fullRate }) => fullRate),
        over('rate meanwhile', 'orders/s', ({ loadRate }) => loadRate),
      ],
      goals: [
        atMost(50, approvals),
        atMost(250, first),
        {
          says: 'no approval after a kill switch that forbids it, in stream order',
          reached: String(approvedAfter),
          met: approvedAfter === 0,
        },
      ],
    },
  ]
}

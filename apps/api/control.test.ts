import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Ledger, Sent, Told } from '#apps/api/testing/ledger'
import { ledgerWith, list } from '#apps/api/testing/with-ledger'
import { main, money } from '#apps/api/testing/words'
import { engaged } from '#domain/risk/testing/words'
import { fixedClock, uuidOf } from '#domain/testing/fixed'
import { ProposalList, ProposalReply } from '#schemas/api/control'
import { RiskReply } from '#schemas/api/risk'
import { releasedMax } from '#apps/api/release'
import type { RulingEvent } from '#apps/api/proposals'
import { riskStream } from '#schemas/streams'
import type { Code, KillSwitchId, Line, ProposalId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

const put = (
  ledger: Ledger,
  limits: Readonly<Record<string, unknown>>,
  name = 'a',
  sent: Sent = {},
) => ledger.post('/v1/risk/limits', { limits, reason: 'a test' }, name, { method: 'PUT', ...sent })
const engage = async (ledger: Ledger, scope: object = {}): Promise<string> => {
  const body = { action: 'engage', reason: 'odd', scope }
  const told = await ledger.send('/v1/risk/kill-switch', { method: 'POST', body })
  await ledger.caughtUp()
  return String(told.body['id'])
}
const release = (ledger: Ledger, body: object = {}, name = 'r', sent: Sent = {}) =>
  ledger.post('/v1/risk/kill-switch', { action: 'release', reason: 'fine', ...body }, name, sent)

/** The guard's ruling on the proposal of that id, or on the next that comes. */
const rule = async (ledger: Ledger, ruling: (id: ProposalId) => RulingEvent, id?: string) => {
  const given = id ?? (await nextProposal(ledger))
  await ledger.write('risk-guard', riskStream(main), ruling(given as ProposalId))
  await ledger.caughtUp()
}
const nextProposal = async (ledger: Ledger): Promise<string> => {
  for (;;) {
    const open = ledger.knowledge.directory.proposals().filter(({ ruling }) => ruling === undefined)
    const [first] = open
    if (first !== undefined) return first.asked.event.proposalId
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const at = fixedClock('2026-01-05T12:00:00Z').now()
const ruling = { book: main, rules: 2, basis: { count: 1 }, at, clock: at } as const
const sets = (limits: Limits) => (proposalId: ProposalId) =>
  ({ type: 'RiskLimitsSet', ...ruling, proposalId, limits }) as const
const releases =
  (...ids: readonly string[]) =>
  (proposalId: ProposalId) =>
    ({
      type: 'KillSwitchReleased',
      ...ruling,
      proposalId,
      killSwitchIds: ids as readonly KillSwitchId[],
    }) as const
const refuses = (proposalId: ProposalId) =>
  ({
    type: 'ControlRefused',
    ...ruling,
    proposalId,
    reason: { code: 'superseded' as Code, message: 'A later proposal sets them.' as Line },
  }) as const

const proposalOf = (told: Told): ProposalReply => {
  const decoded = ProposalReply.decode(told.body)
  if (E.isLeft(decoded)) throw new Error(told.text)
  return decoded.right
}
const riskOf = async (ledger: Ledger): Promise<RiskReply> => {
  const decoded = RiskReply.decode((await ledger.send('/v1/risk')).body)
  if (E.isLeft(decoded)) throw new Error('no risk')
  return decoded.right
}
const refusal = (told: Told) => ({
  status: told.status,
  code: told.body['code'],
  pointers: ((told.body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer),
})

describe('limits', () => {
  test('that are tightened are answered when the guard has set them, and are shown from then on', async () => {
    const ledger = await ledgerWith()
    const asked = put(ledger, { maxOrderNotional: '40000.50' })
    await rule(ledger, sets({ maxOrderNotional: money('40000.5') }))
    const told = await asked
    expect(told.status).toBe(200)
    expect(proposalOf(told)).toMatchObject({
      type: 'limits',
      state: 'effective',
      limits: { maxOrderNotional: '40000.5' },
      loosens: [],
      person: 'owner',
      effectiveAt: '2026-01-05T12:00:00Z',
      refusal: null,
    })
    const risk = await riskOf(ledger)
    expect([risk.limits, risk.proposals]).toStrictEqual([{ maxOrderNotional: '40000.5' }, []])
  })
  test('that are loosened wait for 60 seconds, and are shown as asked for', async () => {
    const clock = fixedClock('2026-01-05T12:00:00Z')
    const ledger = await ledgerWith({ clock })
    const told = await put(ledger, { maxOpenOrders: 201, maxOrderNotional: '1' })
    expect(told.status).toBe(202)
    expect(proposalOf(told)).toMatchObject({
      state: 'pending',
      loosens: ['maxOpenOrders'],
      requestedAt: '2026-01-05T12:00:00Z',
      effectiveAt: '2026-01-05T12:01:00Z',
      decidedAt: null,
    })
    const risk = await riskOf(ledger)
    expect(risk.proposals).toStrictEqual([told.body])
    expect(risk.limits).toMatchObject({ maxOpenOrders: 200, maxOrderNotional: '50000' })
    await rule(ledger, sets({ maxOpenOrders: 201 }))
    // The same request again tells what has become of it.
    const again = await put(ledger, { maxOpenOrders: 201, maxOrderNotional: '1' })
    expect(again.status).toBe(200)
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(proposalOf(again)).toMatchObject({
      id: told.body['id'],
      logPosition: told.body['logPosition'],
      state: 'effective',
      loosens: ['maxOpenOrders'],
    })
    expect((await riskOf(ledger)).limits).toStrictEqual({ maxOpenOrders: 201 })
  })
  test('that the guard refuses are told in its words, and stay refused', async () => {
    const ledger = await ledgerWith()
    const asked = put(ledger, { maxOrderNotional: '1' })
    await rule(ledger, refuses)
    for (const told of [await asked, await put(ledger, { maxOrderNotional: '1' })]) {
      expect(refusal(told)).toMatchObject({ status: 409, code: 'controlRefused' })
      expect(told.body['detail']).toContain('superseded')
    }
    const { data } = (await ledger.send('/v1/risk/proposals?state=refused')).body as {
      data: readonly unknown[]
    }
    expect(data).toMatchObject([{ refusal: { code: 'superseded' }, effectiveAt: null }])
  })
  test('are 202 while the guard says nothing', async () => {
    let ms = 0
    const ledger = await ledgerWith({
      clock: { now: fixedClock().now, monotonicMs: () => (ms += 3_000) },
    })
    const told = await put(ledger, { maxOrderNotional: '1' })
    expect(told.status).toBe(202)
    expect(proposalOf(told)).toMatchObject({ state: 'pending', effectiveAt: null })
  })
  test.each<readonly [object, number, string, readonly string[]]>([
    [{}, 422, 'invalid', ['/limits']],
    [{ maxOrderNotional: '-1' }, 422, 'invalid', ['/limits/maxOrderNotional']],
    [{ maxOrderNotional: 5 }, 400, 'malformed', ['/limits/maxOrderNotional']],
    [{ maxOpenOrders: '5' }, 400, 'malformed', ['/limits/maxOpenOrders']],
    [{ maxOpenOrders: 1.5 }, 422, 'invalid', ['/limits/maxOpenOrders']],
    [{ maxOrders: 5 }, 422, 'unknownField', ['/limits/maxOrders']],
    [{ maxDailyLoss: '-5' }, 422, 'invalid', ['/limits/maxDailyLoss']],
    [{ maxStrategyPositions: { 'A b': 5 } }, 422, 'invalid', ['/limits/maxStrategyPositions/A b']],
    [{ overrides: [{ maxOpenOrders: 5 }] }, 422, 'invalid', ['/limits/overrides/0']],
    [{ overrides: [{ account: 'main', maxOpen: 5 }] }, 422, 'unknownField', []],
    [{ maxPosition: { 'BTC/USD': '1' } }, 422, 'unknownSymbol', ['/limits/maxPosition/BTC~1USD']],
    [{ maxPosition: { btc: '1' } }, 422, 'invalid', ['/limits/maxPosition/btc']],
    [
      { tradingWindows: { paper: [{ zone: 'Mars', days: ['mon'], from: '09:30', to: '16:00' }] } },
      422,
      'invalid',
      ['/limits/tradingWindows/paper/0/zone'],
    ],
    [{ tradingWindows: { moon: [] } }, 422, 'unknownVenue', ['/limits/tradingWindows/moon']],
  ])('%j are refused', async (limits, status, code, pointers) => {
    const ledger = await ledgerWith()
    const told = refusal(await put(ledger, limits as Readonly<Record<string, unknown>>))
    expect(told).toMatchObject({ status, code })
    expect(told.pointers).toStrictEqual(expect.arrayContaining([...pointers]))
    expect(ledger.knowledge.directory.proposals()).toStrictEqual([])
  })
  test('of a book that is not there are refused; and by whoever has not the role risk', async () => {
    const ledger = await ledgerWith()
    const body = { book: 'side', limits: { maxOpenOrders: 1 }, reason: 'x' }
    const told = await ledger.post('/v1/risk/limits', body, 'a', { method: 'PUT' })
    expect(refusal(told)).toStrictEqual({ status: 422, code: 'unknownBook', pointers: ['/book'] })
    const key = await ledger.issueKey('tom', 'trader', 'operator', 'auditor', 'admin')
    await ledger.caughtUp()
    expect((await put(ledger, { maxOpenOrders: 1 }, 'b', { key })).body['detail']).toBe(
      'To change limits a key needs the role risk.',
    )
  })
  test('are asked for once for each key', async () => {
    const ledger = await ledgerWith({ clock: fixedClock() })
    await put(ledger, { maxOpenOrders: 201 })
    expect(refusal(await put(ledger, { maxOpenOrders: 202 }))).toMatchObject({
      code: 'idempotencyKeyReused',
    })
    await put(ledger, { maxOpenOrders: 202 }, 'b')
    const proposals = await ledger.send('/v1/risk/proposals?book=main&limit=1')
    expect(E.isRight(ProposalList.decode(proposals.body))).toBe(true)
    expect(proposals.body).toMatchObject({
      data: [{ limits: { maxOpenOrders: 202 } }],
      hasMore: true,
    })
  })
})

describe('a kill switch', () => {
  test('is released by its id, 60 seconds after that was asked for', async () => {
    const ledger = await ledgerWith({ clock: fixedClock('2026-01-05T12:00:00Z') })
    const [one, other] = [await engage(ledger), await engage(ledger)]
    const told = await release(ledger, { id: one })
    expect(told.status).toBe(202)
    expect(proposalOf(told)).toMatchObject({
      type: 'release',
      killSwitches: [one],
      effectiveAt: '2026-01-05T12:01:00Z',
    })
    expect((await riskOf(ledger)).killSwitches).toHaveLength(2)
    await rule(ledger, releases(one))
    const risk = await riskOf(ledger)
    expect([risk.state, risk.killSwitches.map(({ id }) => id)]).toStrictEqual(['reduce', [other]])
    expect((await release(ledger, { id: one })).status).toBe(200)
    expect(refusal(await release(ledger, { id: one }, 'again'))).toStrictEqual({
      status: 422,
      code: 'unknownKillSwitch',
      pointers: ['/id'],
    })
  })
  test('is released with all that stood within its scope when that was asked', async () => {
    const ledger = await ledgerWith({ clock: fixedClock() })
    await list(ledger, 'ETH/USDT')
    const whole = await engage(ledger)
    const btc = await engage(ledger, { symbol: 'BTC/USDT' })
    const trend = await engage(ledger, { symbol: 'BTC/USDT', strategy: 'trend' })
    const eth = await engage(ledger, { symbol: 'ETH/USDT' })
    const chosen = async (scope: object, name: string) =>
      proposalOf(await release(ledger, { scope }, name)).killSwitches
    expect(await chosen({ symbol: 'BTC/USDT' }, 'a')).toStrictEqual([btc, trend])
    expect(await chosen({ strategy: 'trend' }, 'b')).toStrictEqual([trend])
    expect(await chosen({}, 'c')).toStrictEqual([whole, btc, trend, eth])
    expect(refusal(await release(ledger, { scope: { account: 'main' } }, 'd'))).toMatchObject({
      code: 'unknownKillSwitch',
    })
    await engage(ledger)
    expect(proposalOf(await release(ledger, { scope: {} }, 'c')).killSwitches).toHaveLength(4)
  })
  test('is one of a thousand at most that one request releases; the next request names the others', async () => {
    const clock = fixedClock('2026-01-05T12:00:00Z')
    const ledger = await ledgerWith({ clock })
    const ids = Array.from({ length: releasedMax + 200 }, (_, n) => uuidOf<KillSwitchId>(n + 1))
    for (let from = 0; from < ids.length; from += 200) {
      await ledger.write(
        'risk-guard',
        riskStream(main),
        ...ids.slice(from, from + 200).map((_, n) => engaged(from + n + 1, 'reduce')),
      )
    }
    await ledger.caughtUp()
    const named = async (name: string) => {
      const told = proposalOf(await release(ledger, {}, name))
      expect(told.more).toBe(200)
      return told.killSwitches
    }
    expect(await named('a')).toStrictEqual(ids.slice(0, releasedMax))
    expect(await named('b')).toStrictEqual([
      ...ids.slice(releasedMax),
      ...ids.slice(0, releasedMax - 200),
    ])
  })
  test('is released by the role risk, under a key', async () => {
    const ledger = await ledgerWith()
    const id = await engage(ledger)
    const key = await ledger.issueKey('tom', 'trader', 'operator', 'auditor', 'admin')
    await ledger.caughtUp()
    expect((await release(ledger, { id }, 'a', { key })).body['detail']).toBe(
      'To release kill switches a key needs the role risk.',
    )
    const body = { action: 'release', reason: 'fine' }
    expect(
      refusal(await ledger.send('/v1/risk/kill-switch', { method: 'POST', body })),
    ).toMatchObject({ status: 400, code: 'missingIdempotencyKey' })
    expect(refusal(await release(ledger, { id, mode: 'halt', scope: {} }))).toMatchObject({
      code: 'invalid',
      pointers: ['/mode', '/scope'],
    })
  })
  test('that was released can be engaged again, and a replay of the old one does not do it', async () => {
    const ledger = await ledgerWith({ clock: fixedClock() })
    const body = { action: 'engage', reason: 'odd' }
    const first = await ledger.post('/v1/risk/kill-switch', body, 'k')
    await ledger.caughtUp()
    const told = await release(ledger, {}, 'r')
    await rule(ledger, releases(String(first.body['id'])), String(told.body['id']))
    expect((await riskOf(ledger)).state).toBe('active')
    const again = await ledger.post('/v1/risk/kill-switch', body, 'k')
    expect([again.status, again.body]).toStrictEqual([201, first.body])
    expect((await riskOf(ledger)).state).toBe('active')
    await engage(ledger)
    expect((await riskOf(ledger)).state).toBe('reduce')
    // One key means one request, whichever of the two it was.
    expect(refusal(await release(ledger, {}, 'k'))).toMatchObject({ code: 'idempotencyKeyReused' })
    expect(refusal(await ledger.post('/v1/risk/kill-switch', body, 'r'))).toMatchObject({
      code: 'idempotencyKeyReused',
    })
  })
})

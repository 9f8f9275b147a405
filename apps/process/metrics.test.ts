import * as E from 'fp-ts/lib/Either.js'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { systemClock } from '#adapters/system/clock'
import { measuredVenue } from '#apps/gateway/measured-venue'
import { measureHub } from '#apps/market-data/metrics'
import { measureVenue } from '#apps/paper-venue/metrics'
import { measureProjection } from '#apps/projector/metrics'
import { guardMetrics } from '#apps/risk-guard/metrics'
import { closeAll, streaming } from '#apps/api/testing/streams'
import { familiesIn, faultsOfMetrics } from '#apps/process/testing/exposition'
import type { Clock } from '#domain/kernel/clock'
import type { Venue } from '#domain/kernel/venue'
import { plusMs } from '#domain/values/instant'
import { enveloped, said, started } from '#projections/testing/stories'
import type { Quantity } from '#schemas/values/decimal'
import { orderStream } from '#schemas/streams'
import { openMetrics } from './health.ts'
import { measuredLog } from './measured-log.ts'

afterEach(closeAll)

const asked = (n: number) => ({ n, side: 'buy' as const, quantity: (10n ** 18n) as Quantity })
const beat = { app: 'gateway', instance: 'test', pid: 1, state: 'ready' } as const
/** Microseconds go on as the test says. */
const clockAt = () => {
  const time = { now: started, ms: 0 }
  const clock: Clock = { now: () => time.now, monotonicMs: () => time.ms }
  return { time, clock }
}
const intent = (n: number) => {
  const told = said('intent', asked(n))
  return { stream: told.stream, event: enveloped(told, n) }
}

describe('metrics are as Prometheus wants them', () => {
  test('of every process', async () => {
    const registry = openMetrics(() => beat, '1.2.3')
    expect(faultsOfMetrics(await registry.metrics())).toEqual([])
  })
  test('of the api, with a client, orders and a price', async () => {
    const { ledger, client, trade } = await streaming()
    ledger.hear({
      type: 'trade',
      symbol: 'BTC/USDT',
      sequence: 1,
      venueAt: started,
      receivedAt: systemClock.now(),
      tradeId: '1',
      price: 10n ** 18n,
      quantity: 10n ** 18n,
      aggressor: 'buy',
    } as never)
    await trade('a', '0.5')
    const one = client({ query: '?after=0' })
    await one.until(() => one.seen.some(({ type }) => type === 'order.partiallyFilled'))
    const { text } = await ledger.send('/metrics')
    expect(faultsOfMetrics(text)).toEqual([])
    expect(text).toContain('daybook_trading_state{book="main",state="active"} 1')
    expect(text).toContain('daybook_trading_state{book="main",state="halt"} 0')
    expect(text).toContain('daybook_open_orders{book="main"} 1')
    expect(text).toMatch(/daybook_tick_age_seconds\{symbol="BTC\/USDT"\} [0-9.]+/)
    expect(text).toContain('daybook_stream_clients{state="live"} 1')
    expect(text).toMatch(/daybook_stream_frames_total [1-9]/)
    expect(text).toContain('daybook_http_request_seconds_count')
  })
  test('of guard, projector, hub and paper venue', async () => {
    const registry = new Registry()
    guardMetrics(registry).decided([
      { ...intent(0).event, event: said('denied', asked(0)).event } as never,
    ])
    measureProjection(registry).applied(3, 7)
    measureHub(
      { stats: () => ({ listeners: 1, published: 2, superseded: 0, sentAway: 0 }) } as never,
      registry,
    )
    measureVenue(() => undefined, registry)
    const text = await registry.metrics()
    expect(faultsOfMetrics(text)).toEqual([])
    expect(text).toContain(
      'daybook_risk_decisions_total{outcome="denied",reason="orderNotional"} 1',
    )
    expect(text).toContain('daybook_projector_batch_seconds_sum 0.007')
  })
  test('and a fault in them is named', () => {
    const wrong = [
      '# TYPE daybook_a_ms gauge',
      'daybook_a_ms 1',
      '# HELP daybook_b Something counted.',
      '# TYPE daybook_b counter',
      'daybook_b{order="00000000-0000-7000-8000-00a000000000"} 1',
      '# HELP daybook_c_total Something shown.',
      '# TYPE daybook_c_total gauge',
      'daybook_c_total 1',
      'daybook_c_total 1',
      'nobody 1',
      'daybook_c_total{a="} 1',
      '# HELP daybook_d_seconds How long.',
      '# TYPE daybook_d_seconds histogram',
      'daybook_d_seconds_bucket{le="1"} 2',
      'daybook_d_seconds_bucket{le="+Inf"} 1',
      'daybook_d_seconds_sum 1',
      'daybook_d_seconds_count 1',
    ].join('\n')
    expect(faultsOfMetrics(wrong)).toEqual([
      'nobody: no TYPE before it',
      'cannot be read: daybook_c_total{a="} 1',
      'the last line does not end',
      'daybook_c_total{}: twice',
      'daybook_a_ms: no HELP',
      'daybook_a_ms: not in a base unit: seconds, bytes, ratio',
      'daybook_b: counters alone end in _total',
      'daybook_b: an id in a label: daybook_b{order="00000000-0000-7000-8000-00a000000000"} 1',
      'daybook_c_total: counters alone end in _total',
      'daybook_d_seconds{}: buckets do not add up',
    ])
  })
})

describe('the log is measured', () => {
  const measured = () => {
    const { time, clock } = clockAt()
    const registry = new Registry()
    const log = measuredLog(memoryEventLog({ now: () => time.now }), { metrics: registry, clock })
    const valueOf = async (name: string, labels = ''): Promise<number | undefined> => {
      const { families } = familiesIn(await registry.metrics())
      const samples = [...families.values()].flatMap((family) => family.samples)
      return samples.find(({ line }) => line.startsWith(`${name}${labels} `))?.value
    }
    return { time, log, registry, valueOf }
  }
  test('by how its appends end, and how long they take', async () => {
    const { log, registry, valueOf } = measured()
    const { stream, event } = intent(0)
    await log.append(stream, 'noStream', [event])
    await log.append(stream, 5n, [intent(1).event])
    await log.append(orderStream('x' as never), 'noStream', [
      enveloped({ ...said('denied', asked(1)), stream }, 3),
    ])
    for (const [outcome, count] of [
      ['written', 1],
      ['conflict', 1],
      ['forbidden', 1],
    ] as const) {
      expect(await valueOf('daybook_log_append_seconds_count', `{outcome="${outcome}"}`)).toBe(
        count,
      )
    }
    expect(faultsOfMetrics(await registry.metrics())).toEqual([])
  })
  test('by how far its follower is behind, in events and seconds', async () => {
    const { time, log, registry, valueOf } = measured()
    for (const n of [0, 1, 2]) {
      const { stream, event } = intent(n)
      await log.append(stream, 'noStream', [event])
    }
    const subscription = log.subscribeAll(0n, {})
    expect(await valueOf('daybook_log_lag_events')).toBe(3)
    await subscription.next()
    time.now = plusMs(time.now, 2_500)
    // They are in hand, and not dealt with.
    expect(await valueOf('daybook_log_lag_events')).toBe(3)
    expect(await valueOf('daybook_log_lag_seconds')).toBe(2.5)
    const more = subscription.next()
    expect(await valueOf('daybook_log_lag_events')).toBe(0)
    expect(await valueOf('daybook_log_lag_seconds')).toBe(0)
    expect(await valueOf('daybook_log_followed_events_total')).toBe(3)
    await subscription.close()
    await more
    expect(faultsOfMetrics(await registry.metrics())).toEqual([])
  })
})

test('the venue is measured by what it answers, and how soon', async () => {
  const { time, clock } = clockAt()
  const registry = new Registry()
  const venue = measuredVenue(
    {
      id: 'paper',
      instruments: async () => {
        time.ms += 20
        return E.right([])
      },
      openOrders: async () => E.left({ _tag: 'VenueSilent', detail: 'away' }),
    } as unknown as Venue,
    registry,
    clock,
  )
  expect(await venue.instruments()).toEqual(E.right([]))
  await venue.openOrders('main' as never)
  const text = await registry.metrics()
  expect(text).toContain(
    'daybook_venue_request_seconds_sum{venue="paper",request="instruments",outcome="done"} 0.02',
  )
  expect(text).toContain(
    'daybook_venue_request_seconds_count{venue="paper",request="openOrders",outcome="silent"} 1',
  )
  expect(faultsOfMetrics(text)).toEqual([])
})

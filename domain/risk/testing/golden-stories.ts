/** What the golden logs tell: every check provoked by itself, and histories that were generated once. */
import { ruleOn } from '#domain/risk/ruling'
import { proposed, releaseAsked } from '#domain/risk/testing/control-words'
import { type Desk, deskOn, openDesk } from '#domain/risk/testing/desk-of'
import { play } from '#domain/risk/testing/history'
import { withdrawn } from '#domain/risk/testing/money-words'
import { history } from '#domain/risk/testing/steps'
import { settledAt } from '#domain/risk/testing/venue-words'
import {
  accepted,
  type Asked,
  accountOpened,
  amount,
  bookOpened,
  btc,
  deposited,
  engaged,
  filled,
  foreignFill,
  later,
  listed,
  main,
  markAt,
  marksTaken,
  noon,
  quantity,
  ratio,
  submitted,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId, StrategyId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'
import { fc } from '#testing/prop'

/** One log under a name that says what happens in it. */
export interface GoldenLog {
  readonly name: string
  readonly events: readonly RecordedEvent[]
}

/** Asked and decided, and the decision put on the log. */
export const decidedOn = (
  desk: Desk,
  asked: Asked = {},
  mark?: Mark | 'none',
  clock: Instant = noon,
): Desk => desk.given(desk.decides(asked, mark, clock))
export const told = (name: string, desk: Desk): GoldenLog => ({ name, events: desk.log.events })

const perpetual = symbolOf('BTC/USDT:USDT')
const inverse = symbolOf('BTC/USD:BTC')
const cross = symbolOf('ETH/BTC')
const dollars = symbolOf('BTC/USD')
const limit = { at: '64000' } as const
const sell = { side: 'sell', at: '65000' } as const
const long = (): Desk => openDesk({}, filled(1, { quantity: '1' }))

const venueStories = (): readonly GoldenLog[] => {
  const limitsOnly = openDesk({}, listed(btc, { orderTypes: ['limit'] }))
  const largest = openDesk({}, listed(btc, { quantityMax: quantity('0.2') }))
  const coarse = { lotSize: quantity('0.001'), quantityMin: quantity('0.01') }
  return [
    told('accountOpen', decidedOn(openDesk(), { account: 'nobody' as AccountId })),
    told('instrumentListed', decidedOn(openDesk(), { symbol: cross, at: '0.05' })),
    told('orderTypeNative', decidedOn(decidedOn(limitsOnly), limit)),
    told('postOnly', decidedOn(openDesk(), { ...limit, postOnly: true })),
    told('reduceOnly', decidedOn(long(), { ...sell, reduceOnly: true })),
    told('priceIncrement', decidedOn(openDesk(), { at: '64000.005' })),
    told('a market order with a price', decidedOn(openDesk(), { ...limit, orderType: 'market' })),
    told('a limit order without one', decidedOn(openDesk(), { orderType: 'limit' })),
    told('quantityIncrement', decidedOn(openDesk(), { ...limit, quantity: '0.100001' })),
    told(
      'quantityMin',
      decidedOn(openDesk({}, listed(btc, coarse)), { ...limit, quantity: '0.009' }),
    ),
    told('quantityMax', decidedOn(largest, { ...limit, quantity: '0.3' })),
    told('notionalMin', decidedOn(openDesk(), { ...limit, quantity: '0.00001' })),
  ]
}
const priceStories = (): readonly GoldenLog[] => {
  const rate = marksTaken(noon, markAt('1', noon, symbolOf('USDT/USD')))
  const inDollars = openDesk({}, listed(dollars), deposited('100000', 'USD'))
  return [
    told('markFresh, none', decidedOn(openDesk(), limit, 'none')),
    told('markFresh, old', decidedOn(openDesk(), limit, markAt('65000', later(-5001)))),
    told('priceCollar', decidedOn(decidedOn(openDesk(), { at: '68250' }), { at: '68250.01' })),
    told('priceCollar of a sell', decidedOn(long(), { ...sell, at: '61000', quantity: '2' })),
    told(
      'no rate',
      decidedOn(
        openDesk({}, listed(cross), deposited('1', 'BTC')),
        { symbol: cross, at: '0.05', quantity: '1' },
        markAt('0.05', noon, cross),
      ),
    ),
    told(
      'a rate the other way round',
      decidedOn(
        inDollars.given(rate),
        { ...limit, symbol: dollars },
        markAt('65000', noon, dollars),
      ),
    ),
    told('stale', decidedOn(openDesk(), limit, markAt('65000', later(5001)), later(5001))),
    told('logLag', decidedOn(openDesk(), limit, markAt('65000', later(2001)), later(2001))),
  ]
}
const sizeStories = (): readonly GoldenLog[] => {
  const large = { quantity: '0.2', at: '64000' }
  const poor = () => openDesk({}, deposited('-993487'))
  const held = openDesk({}, foreignFill({ quantity: '0.3', strategy: 'manual' }))
  const contract = openDesk({}, listed(perpetual), deposited('-993487'))
  return [
    told(
      'orderQuantity',
      decidedOn(openDesk({ maxOrderQuantity: { [btc]: quantity('0.1') } }), large),
    ),
    told('orderNotional', decidedOn(openDesk({ maxOrderNotional: amount('12799') }), large)),
    told(
      'positionQuantity',
      decidedOn(openDesk({ maxPosition: { [btc]: quantity('0.3') } }).approved(1), {
        ...large,
        quantity: '0.20001',
      }),
    ),
    told('positionNotional', decidedOn(openDesk({ maxPositionNotional: amount('9999') }), large)),
    told('grossExposure', decidedOn(openDesk({ maxGrossExposure: amount('9999') }), large)),
    told('netExposure', decidedOn(openDesk({ maxNetExposure: amount('9999') }), large)),
    told('concentration', decidedOn(openDesk({ maxConcentration: ratio('0.01') }), large)),
    told('buyingPower of a buy', decidedOn(decidedOn(poor(), limit), limit)),
    told(
      'buyingPower of a sell',
      decidedOn(decidedOn(held, { ...sell, quantity: '0.3' }), { ...sell, quantity: '0.1' }),
    ),
    told(
      'buyingPower of a contract',
      decidedOn(
        contract,
        { symbol: perpetual, side: 'sell', quantity: '0.2', at: '65000' },
        markAt('65000', noon, perpetual),
      ),
    ),
  ]
}
const paceStories = (): readonly GoldenLog[] => {
  const small = { quantity: '0.001', at: '64000' }
  const thrice = (desk: Desk, apartMs: number): Desk =>
    [0, 1, 2].reduce((all, n) => {
      const now = later(n * apartMs)
      return decidedOn(all, { ...small, decideBy: later(9_999_999) }, markAt('65000', now), now)
    }, desk)
  const patient = { maxLogLagMs: 9_999_999 }
  return [
    told('openOrders', decidedOn(openDesk({ maxOpenOrders: 1 }).approved(1), small)),
    told(
      'unknownOrders',
      decidedOn(openDesk({ maxUnknownOrders: 0 }).inFlight(1).given(unknown(1)), small),
    ),
    told('ordersPerSecond', thrice(openDesk({ ...patient, maxOrdersPerSecond: 2 }), 400)),
    told('ordersPerMinute', thrice(openDesk({ ...patient, maxOrdersPerMinute: 2 }), 20_000)),
    told('ordersPerHour', thrice(openDesk({ ...patient, maxOrdersPerHour: 2 }), 1_000_000)),
  ]
}
const killStories = (): readonly GoldenLog[] => [
  told('killSwitch, reduce', decidedOn(decidedOn(long().given(engaged(1, 'reduce')), sell))),
  told('killSwitch, halt', decidedOn(long().given(engaged(1, 'halt')), sell)),
  told(
    'killSwitch, of another strategy',
    decidedOn(long().given(engaged(1, 'halt', { strategy: 'other' as StrategyId })), sell),
  ),
]
const tradeStories = (): readonly GoldenLog[] => {
  const second = 'second' as AccountId
  const btcMark = marksTaken(noon, markAt('65000'))
  const coins = openDesk({}, listed(inverse, {}, '100'), deposited('5', 'BTC'), btcMark)
  const geared = openDesk({ maxLeverage: ratio('3') }, accountOpened('5'), listed(perpetual))
  const asked = { symbol: perpetual, quantity: '0.2', at: '65000' }
  const mark = markAt('65100', noon, perpetual)
  return [
    told('a market order, filled and sold again', sold()),
    told(
      'an inverse contract',
      decidedOn(
        coins,
        { symbol: inverse, side: 'sell', quantity: '100', at: '65000' },
        markAt('65000', noon, inverse),
      ),
    ),
    told(
      'a linear contract with leverage',
      decidedOn(geared.inFlight(1, asked, mark), asked, mark),
    ),
    told(
      'two accounts',
      decidedOn(
        openDesk(
          {},
          accountOpened('1', second),
          deposited('9000', 'USDT', second),
          ...settledAt(second),
        ).approved(1),
        { ...limit, account: second },
      ),
    ),
    told(
      'an order of another currency',
      decidedOn(
        openDesk({}, listed(cross), deposited('1', 'BTC'), btcMark),
        { symbol: cross, at: '0.05', quantity: '1' },
        markAt('0.05', noon, cross),
      ),
    ),
  ]
}
const sold = (): Desk =>
  decidedOn(
    openDesk()
      .approved(1, { quantity: '0.5' })
      .given(submitted(1, { quantity: '0.5' }), accepted(1))
      .given(filled(1, { quantity: '0.5', at: '65010', feeIn: 'BTC', fee: '0.0003' })),
    { side: 'sell', quantity: '0.4997' },
  )

const everyType = { orderTypes: ['market', 'limit', 'stop', 'stopLimit'] } as const
const kindStories = (): readonly GoldenLog[] => {
  const open = (...more: readonly LedgerEvent[]): Desk =>
    openDesk({}, listed(btc, everyType), ...more)
  const gtd = { ...limit, timeInForce: 'gtd' } as const
  const held = open(filled(1, { quantity: '1' }))
  const only = { ...sell, reduceOnly: true } as const
  const rate = marksTaken(noon, markAt('1.5', noon, symbolOf('USDT/USD')))
  return [
    told('stops', decidedOn(decidedOn(open(), { stop: '70000' }), { stop: '68000' })),
    told('stop-limits', decidedOn(decidedOn(open(), { stop: '70000', at: '70100' }), limit)),
    told('a stop without its price', decidedOn(open(), { orderType: 'stop' })),
    told('a stop at the wrong side', decidedOn(open(), { stop: '60000' })),
    told('a limit too far from its stop', decidedOn(open(), { stop: '70000', at: '80000' })),
    told('timeInForce', decidedOn(decidedOn(open(), gtd), { ...gtd, expireAt: later(1) })),
    told(
      'reduceOnly',
      decidedOn(decidedOn(held, { ...only, quantity: '0.6' }), { ...only, quantity: '0.5' }),
    ),
    told('postOnly, sent', decidedOn(open(), { ...limit, postOnly: true })),
    told(
      'a rate the other way round, in thirds',
      decidedOn(
        open(listed(dollars), deposited('100000', 'USD'), rate),
        { ...limit, symbol: dollars },
        markAt('65000', noon, dollars),
      ),
    ),
    told('money that was taken out', decidedOn(held.given(withdrawn('1900000')), limit)),
  ]
}
const controlStories = (): readonly GoldenLog[] => {
  const minute = later(60_000)
  const less = { maxOrderNotional: amount('100') }
  const more = { maxOrderNotional: amount('99999'), priceCollar: ratio('0.01') }
  const dual = { ...bookOpened(), control: 'dual' } as LedgerEvent
  return [
    told('limits that tighten', decidedOn(ruledOn(openDesk({}, proposed(1, less))), limit)),
    told('limits that loosen', ruledOn(ruledOn(openDesk({}, proposed(1, more))), minute)),
    told('superseded', ruledOn(openDesk({}, proposed(1, more), proposed(2, less)))),
    told('limitsInvalid', ruledOn(openDesk({}, proposed(1, { maxOrderNotional: amount('-1') })))),
    told('expired', ruledOn(openDesk({}, proposed(1, more)), later(86_400_001))),
    told('secondPersonNeeded', ruledOn(deskOn(dual, proposed(1, more)))),
    told(
      'releases',
      ruledOn(
        ruledOn(openDesk({}, engaged(1, 'halt'), releaseAsked(1, 1, 2), releaseAsked(2, 3))),
        minute,
      ).given(releaseAsked(3, 1)),
    ),
  ]
}
/** Whatever is due is ruled on, and put on the log. */
export const ruledOn = (desk: Desk, clock: Instant = noon): Desk => {
  for (const held of desk.standing().holdings.proposals(main).values()) {
    const ruling = ruleOn(desk.standing(), { held, clock })
    if (ruling._tag === 'Right') desk.given(...ruling.right)
  }
  return desk
}

/** The same on every run; only those in which several orders were decided. */
const generated = (runs: number): readonly GoldenLog[] =>
  fc
    .sample(history, { seed: 20260105, numRuns: runs })
    .map((each, index) => ({
      name: `generated ${String(index + 1)}`,
      events: play(each, () => undefined).log.events,
    }))
    .filter(({ events }) => events.filter(({ event }) => 'rules' in event).length > 7)

/** Whatever the rules were when decisions began to be recorded. */
export const firstStories = (): readonly GoldenLog[] => [
  ...venueStories(),
  ...priceStories(),
  ...sizeStories(),
  ...paceStories(),
  ...killStories(),
  ...tradeStories(),
  ...generated(6),
]
/** What rules 2 added. */
export const secondStories = (): readonly GoldenLog[] => [...kindStories(), ...controlStories()]

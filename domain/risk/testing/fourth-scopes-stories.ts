/** What limits of parts of a book added to the golden logs. */
import { proposed } from '#domain/risk/testing/control-words'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import { decidedOn, type GoldenLog, ruledOn, told } from '#domain/risk/testing/golden-stories'
import { settledAt } from '#domain/risk/testing/venue-words'
import {
  account,
  accountOpened,
  amount,
  type Asked,
  btc,
  deposited,
  filled,
  listed,
  markAt,
  marksTaken,
  noon,
  quantity,
  ratio,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import type { AccountId, StrategyId } from '#schemas/values/ids'
import type { LimitOverride } from '#schemas/values/trading'

const second = 'second' as AccountId
const alpha = 'alpha' as StrategyId
const perpetual = symbolOf('BTC/USDT:USDT')
const asked: Asked = { strategy: 'alpha', quantity: '0.1', at: '65000' }
const elsewhere: Asked = { account: second, strategy: 'beta', quantity: '0.2', at: '65000' }

const busy = (...overrides: readonly LimitOverride[]): Desk =>
  openDesk(
    { overrides },
    accountOpened('1', second),
    deposited('1000000', 'USDT', second),
    ...settledAt(second),
  )
    .approved(1, elsewhere)
    .inFlight(2, { ...asked, quantity: '0.05' })
    .given(unknown(2))
const twice = (desk: Desk): Desk => decidedOn(decidedOn(desk, asked), asked)

const everyLimit: LimitOverride = {
  account,
  strategy: alpha,
  maxOrderNotional: amount('6500'),
  maxOrderQuantity: { [btc]: quantity('0.1') },
  maxPosition: { [btc]: quantity('0.15') },
  maxPositionNotional: amount('9750'),
  maxGrossExposure: amount('9750'),
  maxNetExposure: amount('9750'),
  maxOpenOrders: 2,
  maxUnknownOrders: 1,
  maxOrdersPerSecond: 2,
  maxOrdersPerMinute: 2,
  maxOrdersPerHour: 2,
  priceCollar: ratio('0'),
  maxMarkAgeMs: 0,
}
/** Long in one strategy and short in another, which nets to nothing for the venue. */
const apart = (limit: LimitOverride): Desk =>
  openDesk(
    { overrides: [limit] },
    listed(perpetual),
    marksTaken(noon, markAt('65000', noon, perpetual)),
    filled(1, { symbol: perpetual, strategy: 'alpha', quantity: '0.2' }),
    filled(2, { symbol: perpetual, strategy: 'beta', quantity: '0.2', side: 'sell' }),
  )

export const fourthScopesStories = (): readonly GoldenLog[] => [
  told('an account and strategy with every limit of its own', twice(busy(everyLimit))),
  told('an account with less', twice(busy({ account, maxGrossExposure: amount('12000') }))),
  told('a strategy with less', twice(busy({ strategy: alpha, maxOpenOrders: 2 }))),
  told('a symbol with less', twice(busy({ symbol: btc, maxPosition: { [btc]: quantity('0.4') } }))),
  told(
    'a strategy by itself, and the account as the venue nets it',
    decidedOn(decidedOn(apart({ strategy: alpha, maxGrossExposure: amount('19500') }), asked), {
      ...asked,
      quantity: '0.00001',
    }),
  ),
  told(
    'limits of a part that are set later, and what reduces under them',
    decidedOn(
      twice(
        ruledOn(
          busy().given(
            filled(3, { strategy: 'alpha', quantity: '0.1' }),
            proposed(1, { overrides: [{ strategy: alpha, maxOrdersPerHour: 2, maxMarkAgeMs: 0 }] }),
          ),
        ),
      ),
      { strategy: 'alpha', side: 'sell', quantity: '0.1' },
    ),
  ),
]

/** What rules 3 added to the golden logs. */
import { proposed } from '#domain/risk/testing/control-words'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import { decidedOn, type GoldenLog, ruledOn, told } from '#domain/risk/testing/golden-stories'
import { withdrawn } from '#domain/risk/testing/money-words'
import {
  amount,
  filled,
  listed,
  markAt,
  marksTaken,
  noon,
  symbolOf,
} from '#domain/risk/testing/words'

const symbol = symbolOf('BTC/USDT:USDT')
const mark = markAt('65000', noon, symbol)
const contracts = (): Desk => openDesk({}, listed(symbol), marksTaken(noon, mark))
const lockedIn = (): Desk =>
  contracts().given(
    filled(1, { symbol, quantity: '10', at: '65000', strategy: 'alpha' }),
    filled(2, { symbol, quantity: '10', at: '20000', strategy: 'beta', side: 'sell' }),
  )
const loosenedAgain = (): Desk =>
  openDesk(
    {},
    proposed(1, { maxOrderNotional: amount('100') }),
    proposed(2, { maxOrderNotional: amount('99999') }),
  )

const against = (): Desk =>
  contracts().approved(1, { symbol, quantity: '0.1', at: '65000', strategy: 'alpha' }, mark)
const short = { symbol, side: 'sell', quantity: '0.1', at: '65000', strategy: 'beta' } as const

export const thirdStories = (): readonly GoldenLog[] => [
  told(
    'opposingStrategies',
    decidedOn(decidedOn(against(), short, mark), { ...short, side: 'buy' }, mark),
  ),
  told('a tightening that a loosening follows', ruledOn(loosenedAgain())),
  told(
    'a loss that is locked in',
    decidedOn(lockedIn().given(withdrawn('549999')), { at: '64000' }),
  ),
]

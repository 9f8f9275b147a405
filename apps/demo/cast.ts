/** Who trades what, for which desk, and how often. */
import { contractDesk, quoteDesk, spotDesk } from './people.ts'
import { carry } from './strategies/carry.ts'
import { hedger } from './strategies/hedger.ts'
import { maker } from './strategies/maker.ts'
import { rebalancer } from './strategies/rebalancer.ts'
import { reverter } from './strategies/reverter.ts'
import type { Strategy } from './strategies/strategy.ts'
import { trend } from './strategies/trend.ts'

export const spot = 'BTC/USDT'
export const linear = 'BTC/USDT:USDT'
export const inverse = 'BTC/USD:BTC'
export const symbols = [spot, linear, inverse] as const

/** The one that is stopped, and goes on when it is released. */
export const stoppedStrategy = 'reverter'

export const cast = (): readonly Strategy[] => [
  {
    name: stoppedStrategy,
    account: spotDesk,
    symbol: spot,
    everyMs: 120,
    step: reverter(100),
  },
  {
    name: 'maker',
    account: spotDesk,
    symbol: spot,
    everyMs: 150,
    step: maker({ size: 80, most: 1_600, canShort: false }),
  },
  {
    name: 'breakout',
    account: spotDesk,
    symbol: spot,
    everyMs: 180,
    step: trend({ size: 150, isContract: false }),
  },
  {
    name: 'rebalancer',
    account: spotDesk,
    symbol: spot,
    everyMs: 160,
    step: rebalancer(500),
  },
  {
    name: 'contract_maker',
    account: quoteDesk,
    symbol: linear,
    everyMs: 150,
    step: maker({ size: 2, most: 20, canShort: true }),
  },
  {
    name: 'trend',
    account: contractDesk,
    symbol: linear,
    everyMs: 180,
    step: trend({ size: 3, isContract: true }),
  },
  {
    name: 'hedger',
    account: contractDesk,
    symbol: inverse,
    against: { account: spotDesk, symbol: spot },
    everyMs: 200,
    step: hedger(),
  },
  {
    // On the same side as the hedger, so that both share what the venue funds.
    name: 'carry',
    account: contractDesk,
    symbol: inverse,
    everyMs: 400,
    step: carry({ least: 3, most: 9 }),
  },
]

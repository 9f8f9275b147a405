/** All that can be asked of a standing, as text, so that two of them can be compared. */
import type { Cell } from '#domain/risk/cell'
import type { Load } from '#domain/risk/load'
import { hour, minute, second } from '#domain/risk/velocity'
import type { Standing } from '#domain/risk/standing'
import { paper, symbolOf } from '#domain/risk/testing/words'
import type { AccountId, Currency, MarketSymbol } from '#schemas/values/ids'

export const snapshotOf = ({ desk, holdings, exposure, waiting }: Standing): string => {
  const { total, funds, ofSymbol, openOrders, unknownOrders, markets } = exposure
  const symbols = [
    'BTC/USDT',
    'BTC/USDT:USDT',
    'BTC/USD:BTC',
    'ETH/BTC',
    'ETH/USD',
    'USDT/USD',
  ].map(symbolOf)
  const accounts = ['main', 'second'] as readonly string[] as readonly AccountId[]
  const currencies = ['USDT', 'BTC', 'ETH', 'USD'] as readonly string[] as readonly Currency[]
  const cellsOf = (symbol: MarketSymbol) => [...exposure.cellsOf(symbol)].map(cellText).toSorted()
  const everything = {
    revision: desk.revision(),
    at: desk.at(),
    basisCount: desk.basisCount(),
    marksTakenAt: desk.marksTakenAt(),
    opened: desk.opened(),
    killSwitches: desk.killSwitches(),
    engagers: desk.killSwitches().map(({ killSwitchId: id }) => desk.engagerOf(id)),
    proposals: [...holdings.proposals(desk.book)].map(([id, { endorsers }]) => [
      id,
      desk.isRuled(id),
      endorsers,
    ]),
    marks: symbols.map(desk.markOf),
    velocity: [second, minute, hour].map((window) => desk.velocity.within(desk.at(), window)),
    basis: holdings.basis(),
    total: total(),
    symbols: symbols.map(ofSymbol),
    cells: symbols.map((symbol) => cellsOf(symbol)),
    funds: accounts.flatMap((account) => currencies.map((currency) => funds(account, currency))),
    open: openOrders(),
    resting: symbols.flatMap((symbol) =>
      (['buy', 'sell'] as const).map((side) =>
        exposure.resting.against({ venue: paper, symbol, side }),
      ),
    ),
    unknown: unknownOrders(),
    markets: [...markets()].toSorted(),
    waiting: [...waiting()].map(({ orderId }) => [orderId, desk.outcomeOf(orderId)]),
  }
  return asText(everything)
}

/** What they were last valued by is no part of what is open. */
const cellText = ({ account, load, stakes }: Cell): string =>
  asText([
    account,
    shown(load),
    [...stakes].map(([name, stake]) => asText([name, shown(stake)])).toSorted(),
  ])
const shown = (load: Load): object => ({
  ...load,
  stopBuys: load.stopBuys?.claims ?? [],
  stopSells: load.stopSells?.claims ?? [],
  last: undefined,
})

export const asText = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))

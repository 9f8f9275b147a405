/** All that can be asked of a standing, as text, so that two of them can be compared. */
import { hour, minute, second } from '#domain/risk/velocity'
import type { Standing } from '#domain/risk/standing'
import { symbolOf } from '#domain/risk/testing/words'
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
  const cellsOf = (symbol: MarketSymbol) =>
    [...exposure.cellsOf(symbol)].map(({ account, load }) => asText([account, load])).toSorted()
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
    unknown: unknownOrders(),
    markets: [...markets()].toSorted(),
    waiting: [...waiting()].map(({ orderId }) => [orderId, desk.outcomeOf(orderId)]),
  }
  return asText(everything)
}

export const asText = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))

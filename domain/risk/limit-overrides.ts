/** Further limits for parts of a book, as they are kept with those in force, and their scopes in words. */
import { covers } from '#domain/order/kill-switch'
import { type LimitTexts, limitTextsOf } from '#domain/risk/texts'
import type { MarketSymbol } from '#schemas/values/ids'
import type { LimitOverride, Limits, Scope, Terms } from '#schemas/values/trading'

export interface Override {
  readonly scope: Scope
  readonly limits: Limits
  readonly limitTexts: LimitTexts
}
/** By the symbol that they name; under undefined those that name none. */
export type Overrides = ReadonlyMap<MarketSymbol | undefined, readonly Override[]>
export const overridesOf = ({ overrides = [] }: Limits): Overrides => {
  const bySymbol = new Map<MarketSymbol | undefined, Override[]>()
  for (const override of overrides.map(compiled)) {
    const { symbol } = override.scope
    const known = bySymbol.get(symbol)
    if (known === undefined) bySymbol.set(symbol, [override])
    else known.push(override)
  }
  return bySymbol
}
/** Those that cover an order: first those that name no symbol, then its symbol's, each as they are written. */
export const overridesOn = (
  overrides: Overrides,
  terms: Pick<Terms, 'account' | 'strategy' | 'symbol'>,
): readonly Override[] =>
  overrides.size === 0
    ? []
    : [...(overrides.get(undefined) ?? []), ...(overrides.get(terms.symbol) ?? [])].filter(
        ({ scope }) => covers(scope, terms),
      )
const compiled = ({ account, strategy, symbol, ...limits }: LimitOverride): Override => ({
  scope: {
    ...(account === undefined ? {} : { account }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(symbol === undefined ? {} : { symbol }),
  },
  limits,
  limitTexts: limitTextsOf(limits),
})

/** "for account main and strategy alpha" */
export const scopeInWords = ({ account, strategy, symbol }: Scope): string =>
  `for ${[
    ...(account === undefined ? [] : [`account ${account}`]),
    ...(strategy === undefined ? [] : [`strategy ${strategy}`]),
    ...(symbol === undefined ? [] : [symbol]),
  ].join(' and ')}`

/** Further limits for parts of a book, as they are kept with those in force, and their scopes in words. */
import { type LimitTexts, limitTextsOf } from '#domain/risk/texts'
import type { Limits, Scope } from '#schemas/values/trading'

export interface Override {
  readonly scope: Scope
  readonly limits: Limits
  readonly limitTexts: LimitTexts
}
export const overridesOf = ({ overrides = [] }: Limits): readonly Override[] =>
  overrides.map(({ account, strategy, symbol, ...limits }) => ({
    scope: {
      ...(account === undefined ? {} : { account }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(symbol === undefined ? {} : { symbol }),
    },
    limits,
    limitTexts: limitTextsOf(limits),
  }))

/** "for account main and strategy alpha" */
export const scopeInWords = ({ account, strategy, symbol }: Scope): string =>
  `for ${[
    ...(account === undefined ? [] : [`account ${account}`]),
    ...(strategy === undefined ? [] : [`strategy ${strategy}`]),
    ...(symbol === undefined ? [] : [symbol]),
  ].join(' and ')}`

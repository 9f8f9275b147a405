/** With this order, at worst, a strategy is in no more instruments than it may be, each account's counted by itself. */
import { atMost, type Check, type View } from '#domain/risk/checks/check'
import { isNothing } from '#domain/risk/load'
import { loadIn } from '#domain/risk/tally'
import { ownOf } from '#domain/values/own-of'

export const strategyPositions: Check = atMost({
  code: 'strategyPositions',
  unit: 'positions',
  scope: 'strategy',
  observed: (view) => (limitIn(view) === undefined ? undefined : positionsWith(view)),
  text: String,
  limit: (view) => limitIn(view),
  limitText: ({ limitTexts, terms }) =>
    ownOf(limitTexts.maxStrategyPositions, terms.strategy) ?? '',
  what: ({ terms }) => `The number of positions that ${terms.strategy} has or may come to have`,
  remedy: 'close one, or cancel what may open one, first',
})

const limitIn = ({ limits, terms }: Pick<View, 'limits' | 'terms'>) =>
  ownOf(limits.maxStrategyPositions, terms.strategy)
const positionsWith = ({ exposure, terms, cell }: View): number => {
  const scope = { strategy: terms.strategy }
  const isNew = isNothing(loadIn(scope, cell))
  return exposure.of(scope).places + (isNew ? 1 : 0)
}

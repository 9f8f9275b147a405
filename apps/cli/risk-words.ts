/** How a book's risk stands, in words: what its state holds for, and what else keeps orders from it. */
import { cell, isRow, type Row } from './output.ts'

/** The state is that of the most severe kill switch; where that stands for a part alone, which, and what holds for the rest. */
export const stateText = ({ state, killSwitches }: Row): string => {
  const standing = rowsIn(killSwitches)
  const severest = standing.filter(({ mode }) => mode === state)
  if (severest.length === 0 || severest.some(isWhole)) return cell(state)
  const parts = severest.map(({ scope }) => cell(scope)).join('; ')
  const elsewhere = standing.filter(({ mode }) => mode !== state)
  const rest = elsewhere.some(isWhole)
    ? 'reduce'
    : ['active', ...elsewhere.map(({ scope }) => `reduce for ${cell(scope)}`)].join('; ')
  return `${cell(state)} for ${parts}; else ${rest}`
}
const isWhole = ({ scope }: Row): boolean => !isRow(scope) || Object.keys(scope).length === 0

/** Only the guard engages one for which no person stands. */
export const engagerText = ({ person }: Row): string => cell(person) || 'risk guard'

/** Each with its figures; empty where none is. */
export const brokenText = (risk: Row): string =>
  (Array.isArray(risk['broken']) ? risk['broken'] : [])
    .flatMap((limit: unknown) => (typeof limit === 'string' ? (words[limit]?.(risk) ?? limit) : []))
    .join('; ')
const words: Readonly<Record<string, (risk: Row) => string>> = {
  maxDailyLoss: ({ dailyPnl, limits, currency }) =>
    `maxDailyLoss: daily PnL ${cell(dailyPnl)} ${cell(currency)}, at most ${limitIn(limits, 'maxDailyLoss')} may be lost. Only what reduces is approved until the next trading day, or until a person raises it: daybook risk limits --set maxDailyLoss=…`,
  maxDrawdown: ({ drawdown, limits }) =>
    `maxDrawdown: ${cell(drawdown)} below the highest equity, at most ${limitIn(limits, 'maxDrawdown')}. Only what reduces is approved until the book is worth more again, or until a person raises it: daybook risk limits --set maxDrawdown=…`,
}
const limitIn = (limits: unknown, name: string): string => (isRow(limits) ? cell(limits[name]) : '')
const rowsIn = (value: unknown): readonly Row[] => (Array.isArray(value) ? value.filter(isRow) : [])

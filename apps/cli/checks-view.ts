/** What the guard looked at, on the screen: what matters most first, and what can be done. */
import type { Ranked } from '#domain/risk/tightness'
import { cell, type Column, type Format, isRow, type Row, shortened, showList } from './output.ts'
import type { Terminal } from './terminal.ts'

const columns: readonly Column[] = [
  { name: 'check', of: ({ code }) => code },
  {
    name: 'outcome',
    of: ({ outcome, stopped }) =>
      stopped === true ? `${cell(outcome)}, stops it` : (words[cell(outcome)] ?? outcome),
  },
  'observed',
  'limit',
  'headroom',
  'unit',
  {
    name: 'scope',
    of: ({ scope, override }) =>
      isRow(override) ? `${cell(scope)} (${cell(override)})` : cell(scope),
  },
  'message',
]
const words: Readonly<Record<string, string>> = { notEvaluated: 'not evaluated' }

export const showChecks = async (
  terminal: Terminal,
  format: Format,
  decision: Row,
): Promise<void> => showList(terminal, format, await checksIn(decision), columns)

export const checksIn = async (decision: Row): Promise<readonly (Row & Ranked)[]> => {
  const { byTightness } = await import('#domain/risk/tightness')
  return byTightness(listAt(decision, 'checks').map(ranked))
}
const ranked = (check: Row): Row & Ranked => ({
  ...check,
  outcome: textAt(check, 'outcome'),
  stopped: check['stopped'] === true,
  headroom: textAt(check, 'headroom'),
  limit: textAt(check, 'limit'),
})
const textAt = (row: Row, name: string): string | null => {
  const value = row[name]
  return typeof value === 'string' ? value : null
}
export const listAt = (row: Row, name: string): readonly Row[] => {
  const list = row[name]
  return Array.isArray(list) ? list.filter(isRow) : []
}

/** A sentence: what has to change before such an order passes, or how near the nearest limit is. */
export const adviceOn = async (decision: Row): Promise<string> => {
  const checks = await checksIn(decision)
  if (decision['outcome'] === 'denied') return remediesIn(checks, cell(decision['reason']))
  const failed = checks.filter(({ outcome }) => outcome === 'failed')
  if (failed.length > 0) {
    const names = failed.map((check) => cell(check['code'])).join(', ')
    return `Nothing is to be done: it only reduces. An order that increases would have been denied (${names}).`
  }
  const nearest = checks.find(
    ({ code, headroom, limit }) => headroom !== null && limit !== null && code !== 'reduceOnly',
  )
  if (nearest === undefined) return 'Nothing is to be done.'
  const { code, headroom, limit, unit, override } = nearest
  const where = isRow(override) ? ` (${cell(override)})` : ''
  const measured = ['ratio', 'quantity', 'price'].includes(cell(unit)) ? '' : ` ${cell(unit)}`
  return `Nothing is to be done. The nearest limit is that of ${cell(code)}${where}: ${shortened(cell(headroom))} of ${shortened(cell(limit))}${measured} are left.`
}
/** What failed says after its last colon what to do; checks that say the same are named together. */
const remediesIn = (checks: readonly (Row & Ranked)[], reason: string): string => {
  const codes = new Map<string, string[]>()
  for (const check of checks.filter(({ stopped }) => stopped)) {
    const message = cell(check['message'])
    const remedy = remedyIn(message) ?? message.replace(/\.$/, '')
    codes.set(remedy, [...(codes.get(remedy) ?? []), cell(check['code'])])
  }
  const said = [...codes].map(([remedy, names]) => `${remedy} (${names.join(', ')})`)
  const all = said.length > 0 ? said.join('; ') : remedyIn(reason)
  return all === undefined
    ? 'It was denied, and nothing that can be done about it was recorded.'
    : `To get such an order through: ${all}.`
}
const remedyIn = (message: string): string | undefined => /: ([^:]+)\.$/.exec(message)?.[1]

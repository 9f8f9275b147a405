/** One order on the screen: what it is, how it went, and why the guard let it pass or not. */
import { listAt, showChecks } from './checks-view.ts'
import { cell, type Column, type Format, isRow, type Row, showList, showOne } from './output.ts'
import type { Terminal } from './terminal.ts'

const fields: readonly Column[] = [
  'id',
  'status',
  'reason',
  'symbol',
  'side',
  'type',
  'quantity',
  'limitPrice',
  'stopPrice',
  'timeInForce',
  'expireAt',
  { name: 'postOnly', of: ({ postOnly }) => postOnly || undefined },
  { name: 'reduceOnly', of: ({ reduceOnly }) => reduceOnly || undefined },
  'filledQuantity',
  'averagePrice',
  'fees',
  'account',
  'strategy',
  'venue',
  'clientTag',
  'createdAt',
  'updatedAt',
  'logPosition',
]

export const showOrder = (terminal: Terminal, format: Format, order: Row): Promise<void> =>
  showOne(terminal, format, order, fields)

const common = new Set(['type', 'at', 'logPosition'])

/** With its timeline and the checks. */
export const showStory = async (terminal: Terminal, format: Format, order: Row): Promise<void> => {
  await showOrder(terminal, format, order)
  if (format !== 'table') return
  const timeline = listAt(order, 'timeline')
  terminal.out(`\n${terminal.bold('Timeline')}\n`)
  await showList(terminal, format, timeline, [
    'at',
    'logPosition',
    { name: 'event', of: (entry) => entry['type'] },
    { name: 'says', of: says },
  ])
  const decision = order['decision']
  if (!isRow(decision)) return
  terminal.out(`\n${terminal.bold('Decision')}  ${sentenceOf(decision)}\n`)
  await showChecks(terminal, format, decision)
}

/** What an event says besides its type, time and place; the longest hashes are not for people. */
const says = (entry: Row): string =>
  Object.entries(entry)
    .filter(([name, value]) => !common.has(name) && !name.endsWith('Hash') && cell(value) !== '')
    .map(([name, value]) => cell({ [name]: value }))
    .join(', ')

const sentenceOf = (decision: Row): string => {
  const mark = decision['mark']
  const at = `${cell(decision['outcome'])} at ${cell(decision['at'])}`
  const reducing = decision['reducing'] === true ? ', reducing' : ''
  return isRow(mark) ? `${at}${reducing}, mark ${cell(mark['price'])}` : `${at}${reducing}`
}

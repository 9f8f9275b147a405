/** `daybook risk explain`: why the risk guard let an order pass or not, and what can be done about it. */
import type { Command } from 'commander'
import { Refusal } from './client.ts'
import { adviceOn, checksIn, showChecks } from './checks-view.ts'
import { asking, type Errand, example } from './command.ts'
import { cell, isRow, type Row } from './output.ts'
import type { Terminal } from './terminal.ts'

export const explainCommand = (risk: Command, terminal: Terminal): void => {
  const command = risk
    .command('explain')
    .description('Explain what the risk guard decided about an order: by what, and how near')
    .argument('<order>', 'the order id')
  asking(command, terminal, explain)
  example(command, terminal, 'risk explain 1f0e…', 'risk explain 1f0e… -o csv')
}

const explain = async (
  { terminal, options: { output }, client }: Errand<unknown>,
  id = '',
): Promise<void> => {
  const order = await client.send({ method: 'GET', path: `/v1/orders/${encodeURIComponent(id)}` })
  const { decision } = order
  if (!isRow(decision)) throw new Refusal(undecided(order))
  const advice = await adviceOn(decision)
  if (output === 'json') {
    const { timeline: _, decision: __, ...asked } = order
    const checks = await checksIn(decision)
    const told = { order: asked, decision: { ...decision, checks }, advice }
    return terminal.out(`${JSON.stringify(told, undefined, 2)}\n`)
  }
  if (output === 'csv') return showChecks(terminal, output, decision)
  terminal.out(`${[...accountOf(order, decision), ''].join('\n')}\n`)
  await showChecks(terminal, output, decision)
  terminal.out(`\n${advice}\n`)
  return undefined
}

const undecided = (order: Row): string => {
  const name = `Order ${cell(order['id'])}`
  if (order['status'] === 'pendingRisk')
    return `${name} has not been decided yet: it waits for the risk guard since ${cell(order['createdAt'])}.`
  const reason = cell(order['reason'])
  return order['status'] === 'lapsed'
    ? `${name} was never decided: it lapsed. ${reason}`
    : `${name} is ${cell(order['status'])}, and the decision on it is in the read models, which do not answer: ask again.`
}

/** What was asked, what became of it, and from what that follows. */
const accountOf = (order: Row, decision: Row): readonly string[] => [
  `Order ${cell(order['id'])} asked on ${cell(order['createdAt'])} to ${askedFor(order)}.`,
  `It was ${outcomeOf(decision)}`,
  `Decided by rules ${cell(decision['rules'])}, ${markOf(decision)}, upon ${basisOf(decision)}. It stands at log position ${cell(decision['logPosition'])}.`,
  ...sessionOf(decision),
]
export const askedFor = (order: Row): string => {
  const { side, quantity, symbol, type, limitPrice, stopPrice, timeInForce } = order
  const prices = [
    ...(cell(stopPrice) === '' ? [] : [`stop price ${cell(stopPrice)}`]),
    ...(cell(limitPrice) === '' ? [] : [`limit price ${cell(limitPrice)}`]),
  ]
  const how = [`${cell(type)} ${cell(timeInForce)}`, ...prices]
  const flags = ['postOnly', 'reduceOnly'].filter((name) => order[name] === true)
  return `${cell(side)} ${cell(quantity)} ${cell(symbol)} (${[...how, ...flags].join(', ')}), account ${cell(order['account'])}, strategy ${cell(order['strategy'])}, venue ${cell(order['venue'])}`
}
const outcomeOf = (decision: Row): string => {
  const reducing = decision['reducing'] === true ? ' as one that only reduces' : ''
  const when = `${cell(decision['outcome'])}${reducing} on ${cell(decision['at'])}`
  return decision['outcome'] === 'denied'
    ? `${when}. ${cell(decision['reason'])}`
    : `${when}, and might be sent until ${cell(decision['expiresAt'])}.`
}
const markOf = ({ mark }: Row): string => {
  if (!isRow(mark)) return 'without a mark'
  const before = cell(mark['against'])
  const jumped = before === '' ? '' : ` (it had just jumped from ${before})`
  return `at a mark of ${cell(mark['price'])} heard on ${cell(mark['at'])}${jumped}`
}
const basisOf = ({ basis }: Row): string => {
  if (!isRow(basis)) return 'nothing'
  const last = cell(basis['eventId'])
  return `${cell(basis['count'])} events of the log${last === '' ? '' : `, the last of them ${last}`}`
}
const sessionOf = ({ session }: Row): readonly string[] =>
  isRow(session)
    ? [`The venue's session: ${cell(session['opensAt'])} until ${cell(session['closesAt'])}.`]
    : []

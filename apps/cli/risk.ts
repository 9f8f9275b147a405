/** `daybook risk …`: what a book may risk, and the switch that stops it. */
import { type Command, Option } from 'commander'
import { asking, type Errand, example, given, idempotencyKeyFor, showRequest } from './command.ts'
import { cell, type Column, isRow, type Row, shortened, showList, showOne } from './output.ts'
import {
  controlCommand,
  decisionsCommand,
  endorseCommand,
  limitRows,
  limitsCommand,
  proposalsCommand,
  releaseCommand,
} from './risk-control.ts'
import { explainCommand } from './risk-explain.ts'
import { brokenText, engagerText, stateText } from './risk-words.ts'
import { whatIfCommand } from './risk-what-if.ts'
import type { Terminal } from './terminal.ts'

export const modes = ['reduce', 'halt']

interface Kill {
  readonly reason: string
  readonly book: string
  readonly mode?: string
  readonly account?: string
  readonly strategy?: string
  readonly symbol?: string
  readonly idempotencyKey?: string
  readonly dryRun?: boolean
}

export const riskCommand = (program: Command, terminal: Terminal): void => {
  const risk = program.command('risk').description('Look at limits and exposure; stop trading')
  const show = risk
    .command('show')
    .description('Show state, exposure and limits of a book')
    .option('--book <id>', 'the book', 'main')
  asking<{ readonly book: string }>(show, terminal, showRisk)
  example(show, terminal, 'risk show')

  const kill = risk
    .command('kill')
    .description('Engage the kill switch: at once, and until it is released')
    .requiredOption('--reason <text>', 'why, for whoever reads it later')
    .option('--book <id>', 'the book', 'main')
    .addOption(
      new Option(
        '--mode <mode>',
        'reduce: only what brings positions nearer to zero goes on; halt: nothing does, and stop-losses are cancelled too (reduce)',
      ).choices(modes),
    )
    .option('--account <id>', 'only this account')
    .option('--strategy <id>', 'only this strategy')
    .option('--symbol <symbol>', 'only this instrument')
    .option('--idempotency-key <key>', 'a name for this request: the same again is done once')
    .option('--dry-run', 'show the request and send nothing')
  asking<Kill>(kill, terminal, engage)
  example(
    kill,
    terminal,
    'risk kill --reason "prices look wrong"',
    'risk kill --symbol BTC/USDT --mode halt --reason "venue announces a fork"',
  )
  for (const add of [
    limitsCommand,
    releaseCommand,
    controlCommand,
    endorseCommand,
    proposalsCommand,
    decisionsCommand,
    explainCommand,
    whatIfCommand,
  ]) {
    add(risk, terminal)
  }
}

const engage = async ({ terminal, options, client, say }: Errand<Kill>): Promise<number> => {
  const { book, reason, mode, account, strategy, symbol } = options
  const scope = given({ account, strategy, symbol })
  const request = {
    method: 'POST',
    path: '/v1/risk/kill-switch',
    body: given({
      book,
      action: 'engage',
      reason,
      mode,
      scope: Object.keys(scope).length === 0 ? undefined : scope,
    }),
    idempotencyKey: idempotencyKeyFor(options.idempotencyKey, say),
  } as const
  if (options.dryRun === true) showRequest(terminal, request)
  else await showOne(terminal, options.output, await client.send(request))
  return 0
}

const showRisk = async ({
  terminal,
  options,
  client,
}: Errand<{ readonly book: string }>): Promise<void> => {
  const { book, output } = options
  const risk = await client.send({ method: 'GET', path: '/v1/risk', query: { book } })
  if (output === 'csv') return showList(terminal, output, riskRows(risk), ['field', 'value'])
  if (output === 'json') return showOne(terminal, output, risk)
  const { exposure, limits, killSwitches, proposals, tradingDay } = risk
  await showOne(terminal, output, risk, [
    'book',
    { name: 'state', of: stateText },
    { name: 'broken', of: brokenText },
    'currency',
    'control',
    { name: 'gross exposure', of: () => shortened(cell(at(exposure, 'gross'))) },
    { name: 'net exposure', of: () => shortened(cell(at(exposure, 'net'))) },
    { name: 'equity', of: ({ equity }) => shortened(cell(equity)) },
    { name: 'daily PnL', of: ({ dailyPnl }) => shortened(cell(dailyPnl)) },
    'drawdown',
    { name: 'oldest price', of: ({ markedAt }) => markedAt },
    { name: 'in doubt', of: ({ doubt }) => doubt },
    { name: 'trading day', of: () => dayText(tradingDay) },
    { name: 'equity at its opening', of: () => shortened(cell(at(tradingDay, 'openEquity'))) },
    { name: 'highest equity', of: () => shortened(cell(at(tradingDay, 'highWater'))) },
    'orderVelocity',
    'logPosition',
  ])
  await section(terminal, 'Exposure by symbol', bySymbol(at(exposure, 'bySymbol')), [
    'symbol',
    'gross',
    'net',
  ])
  const standing = Array.isArray(killSwitches) ? killSwitches.filter(isRow) : []
  await section(terminal, 'Kill switches', standing, [
    'mode',
    'scope',
    'reason',
    { name: 'person', of: engagerText },
    'engagedAt',
    'id',
  ])
  const pending = Array.isArray(proposals) ? proposals.filter(isRow) : []
  await section(terminal, 'Pending proposals', pending, [
    'type',
    'limits',
    'killSwitches',
    'control',
    'reason',
    'person',
    'needs',
    'effectiveAt',
    'expiresAt',
    'id',
  ])
  await section(terminal, 'Limits', limitRows(limits), ['limit', 'value'])
}

const dayText = (day: unknown): string =>
  isRow(day)
    ? `${cell(day['day'])}${day['late'] === true ? ' (late)' : ''}, until ${cell(day['closesAt'])}`
    : ''

/** For programs that read rows: each figure by the path that leads to it. */
const riskRows = (record: Row, path = ''): readonly Row[] =>
  Object.entries(record).flatMap(([name, value]) => {
    const field = `${path}${name}`
    if (Array.isArray(value)) {
      return value.flatMap((item, at) =>
        isRow(item)
          ? riskRows(item, `${field}.${String(at)}.`)
          : [{ field, value: item as unknown }],
      )
    }
    return isRow(value) ? riskRows(value, `${field}.`) : [{ field, value }]
  })

const section = async (
  terminal: Terminal,
  title: string,
  rows: readonly Row[],
  columns: readonly Column[],
): Promise<void> => {
  if (rows.length === 0) return
  terminal.out(`\n${terminal.bold(title)}\n`)
  await showList(terminal, 'table', rows, columns)
}

const at = (value: unknown, name: string): unknown => (isRow(value) ? value[name] : undefined)
const bySymbol = (record: unknown): readonly Row[] =>
  isRow(record)
    ? Object.entries(record).map(([symbol, held]) => ({ symbol, ...(isRow(held) ? held : {}) }))
    : []

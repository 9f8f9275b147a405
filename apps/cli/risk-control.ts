/** `daybook risk limits|release|proposals|decisions`: what binds a book, and how that is changed. */
import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { UsageError } from '#apps/process/failure'
import {
  asking,
  type Errand,
  example,
  given,
  idempotencyKeyFor,
  listing,
  sending,
  showRequest,
  type Written,
} from './command.ts'
import { cell, isRow, type Row, showList, showOne } from './output.ts'
import type { Terminal } from './terminal.ts'

interface Limits extends Written {
  readonly book: string
  readonly set: readonly string[]
  readonly file?: string
  readonly reason?: string
}
interface Release extends Written {
  readonly book: string
  readonly id?: string
  readonly account?: string
  readonly strategy?: string
  readonly symbol?: string
  readonly reason: string
}

export const limitsCommand = (risk: Command, terminal: Terminal): void => {
  const limits = risk
    .command('limits')
    .description(
      'Show the limits of a book, or change some: tighter at once, looser after a minute',
    )
    .option('--book <id>', 'the book', 'main')
    .option('--set <name=value>', 'a limit as it is to be; again for more', collected, [])
    .option('--file <path>', 'a JSON file with the limits that are to change')
    .option('--reason <text>', 'why, for whoever reads it later; needed to change any')
    .option('--idempotency-key <key>', 'a name for this request: the same again is done once')
    .option('--dry-run', 'show the request and send nothing')
  asking<Limits>(limits, terminal, showOrChange)
  example(
    limits,
    terminal,
    'risk limits',
    'risk limits --set maxOrderNotional=20000 --reason "thin market"',
    `risk limits --set 'maxPosition={"BTC/USDT":"2"}' --reason "one coin at most"`,
  )
}

const collected = (text: string, before: readonly string[]): readonly string[] => [...before, text]

const showOrChange = async (errand: Errand<Limits>): Promise<number | undefined> => {
  const { terminal, options, client, say } = errand
  const limits = wanted(options)
  if (limits === undefined) {
    const risk = await client.send({
      method: 'GET',
      path: '/v1/risk',
      query: { book: options.book },
    })
    await showLimits(errand, risk['limits'])
    return undefined
  }
  if (options.reason === undefined) throw new UsageError('Say why: --reason "…"')
  const request = {
    method: 'PUT',
    path: '/v1/risk/limits',
    body: { book: options.book, limits, reason: options.reason },
    idempotencyKey: idempotencyKeyFor(options.idempotencyKey, say),
  } as const
  if (options.dryRun === true) {
    showRequest(terminal, request)
    return 0
  }
  return showProposal(errand, await client.send(request))
}

/** As `set` and `file` say; what is set by name wins. Undefined: nothing is to change. */
const wanted = ({ set, file }: Limits): Row | undefined => {
  if (set.length === 0 && file === undefined) return undefined
  return { ...(file === undefined ? {} : limitsIn(file)), ...Object.fromEntries(set.map(limitOf)) }
}
const limitsIn = (path: string): Row => {
  const text = readable(path)
  const value = parsed(text)
  if (!isRow(value)) throw new UsageError(`${path} is not a JSON object of limits by name.`)
  return value
}
const readable = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : ''}`)
  }
}
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
/** Counts are numbers, amounts and ratios texts, what is by symbol an object: as the ledger shows them. */
const limitOf = (text: string): readonly [string, unknown] => {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--set ${text}: it looks like --set maxOrderNotional=20000.`)
  const [name, value] = [text.slice(0, at), text.slice(at + 1)]
  if (value.startsWith('{')) return [name, parsed(value) ?? value]
  return [name, counts.has(name) && /^\d{1,15}$/.test(value) ? Number(value) : value]
}
const counts = new Set([
  'duplicateWindowMs',
  'maxOpenOrders',
  'maxUnknownOrders',
  'maxOrdersPerSecond',
  'maxOrdersPerMinute',
  'maxOrdersPerHour',
  'maxMarkAgeMs',
  'maxLogLagMs',
])
export const countLimits: ReadonlySet<string> = counts

export const limitRows = (limits: unknown): readonly Row[] =>
  isRow(limits)
    ? Object.entries(limits).map(([limit, value]) => ({ limit, value: cell(value) || 'none' }))
    : []
const showLimits = ({ terminal, options }: Errand<Limits>, limits: unknown): Promise<void> =>
  options.output === 'json'
    ? showOne(terminal, 'json', isRow(limits) ? limits : {})
    : showList(terminal, options.output, limitRows(limits), ['limit', 'value'])

export const releaseCommand = (risk: Command, terminal: Terminal): void => {
  const release = risk
    .command('release')
    .description(
      'Ask for kill switches to be released: one by its id, or all that stand in a scope',
    )
    .option('--book <id>', 'the book', 'main')
    .option('--id <id>', 'this kill switch alone')
    .option('--account <id>', 'those for this account')
    .option('--strategy <id>', 'those for this strategy')
    .option('--symbol <symbol>', 'those for this instrument')
    .requiredOption('--reason <text>', 'why, for whoever reads it later')
  sending<Release>(release, terminal, releaseRequest, showProposal)
  example(release, terminal, 'risk release --reason "prices are right again"')
}
const releaseRequest = ({ book, id, account, strategy, symbol, reason }: Release) => {
  const scope = given({ account, strategy, symbol })
  return {
    method: 'POST' as const,
    path: '/v1/risk/kill-switch',
    body: given({
      book,
      action: 'release',
      id,
      reason,
      scope: Object.keys(scope).length === 0 ? undefined : scope,
    }),
  }
}

/** What has become of it; exit code 1 where the guard refused. */
const showProposal = async (
  { terminal, options, say }: Errand<Limits | Release>,
  proposal: Row,
): Promise<number> => {
  await showOne(terminal, options.output, proposal)
  const { state, effectiveAt, refusal } = proposal
  if (state === 'pending') say(`It waits, and takes effect at ${cell(effectiveAt)}.`)
  if (state !== 'refused') return 0
  say(`It was refused: ${cell(refusal)}`)
  return 1
}

export const proposalsCommand = (risk: Command, terminal: Terminal): void => {
  const command = risk
    .command('proposals')
    .description('List what was asked for: other limits, releases; newest first')
    .option('--book <id>', 'the book', 'main')
    .addOption(
      new Option('--state <state>', 'those in this state').choices([
        'pending',
        'effective',
        'refused',
      ]),
    )
  listing(command, terminal, {
    path: '/v1/risk/proposals',
    filters: ['book', 'state'],
    paged: true,
    columns: [
      'requestedAt',
      'type',
      'state',
      'limits',
      'killSwitches',
      'person',
      'reason',
      'effectiveAt',
      'refusal',
      'id',
    ],
  })
  example(command, terminal, 'risk proposals --state pending')
}

export const decisionsCommand = (risk: Command, terminal: Terminal): void => {
  const command = risk
    .command('decisions')
    .description('List what the risk guard decided, newest first')
    .option('--book <id>', 'the book', 'main')
    .option('--order-id <id>', 'on this order')
    .addOption(new Option('--outcome <outcome>', 'of this outcome').choices(['approved', 'denied']))
  listing(command, terminal, {
    path: '/v1/risk/decisions',
    filters: ['book', 'orderId', 'outcome'],
    paged: true,
    columns: [
      'at',
      'outcome',
      'reducing',
      'orderId',
      'reason',
      'mark.price',
      'rules',
      'logPosition',
    ],
  })
  example(command, terminal, 'risk decisions --outcome denied')
}

/** `daybook risk limits|release|control|endorse|proposals|decisions`: what binds a book, and how that is changed. */
import { Argument, type Command, Option } from 'commander'
import * as t from 'io-ts'
import { UsageError } from '#apps/process/failure'
import { windowsInWords } from '#domain/risk/window-words'
import { TradingWindow } from '#schemas/values/trading'
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
import { type LimitWords, limitsGiven, withLimitWords } from './limit-words.ts'
import { cell, isRow, type Row, showList, showOne } from './output.ts'
import type { Terminal } from './terminal.ts'

interface Limits extends Written, LimitWords {
  readonly book: string
  readonly reason?: string
}
interface Control extends Written {
  readonly book: string
  readonly reason: string
}
type Endorse = Omit<Control, 'book'>
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
      'Show the limits of a book, or change some: tighter at once, looser after a minute or by two persons',
    )
    .option('--book <id>', 'the book', 'main')
  withLimitWords(limits)
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
    `risk limits --set 'overrides=[{"strategy":"trend","maxOpenOrders":5}]' --reason "it is new"`,
  )
}

const showOrChange = async (errand: Errand<Limits>): Promise<number | undefined> => {
  const { terminal, options, client, say } = errand
  const limits = limitsGiven(options)
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

export const limitRows = (limits: unknown): readonly Row[] =>
  isRow(limits)
    ? Object.entries(limits).map(([limit, value]) => ({ limit, value: limitCell(value) }))
    : []
/** What is by venue is a list of trading windows. */
const limitCell = (value: unknown): string =>
  isRow(value) && Object.values(value).some(Array.isArray)
    ? Object.entries(value)
        .map(([venue, windows]) => `${venue} ${windowsText(windows)}`)
        .join('; ')
    : cell(value) || 'none'
const windowsText = (windows: unknown): string =>
  t.readonlyArray(TradingWindow).is(windows) ? windowsInWords(windows) : cell(windows)
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

export const controlCommand = (risk: Command, terminal: Terminal): void => {
  const control = risk
    .command('control')
    .description(
      'Put a book under dual control, where loosening needs two persons, or back under single control',
    )
    .addArgument(new Argument('<control>', 'what it is to be').choices(controls))
    .option('--book <id>', 'the book', 'main')
    .requiredOption('--reason <text>', 'why, for whoever reads it later')
  sending<Control>(
    control,
    terminal,
    ({ book, reason }, to = '') => ({
      method: 'PUT',
      path: '/v1/risk/control',
      body: { book, control: to, reason },
    }),
    showProposal,
  )
  example(control, terminal, 'risk control dual --reason "a second person is here"')
}
export const controls = ['single', 'dual'] as const

export const endorseCommand = (risk: Command, terminal: Terminal): void => {
  const endorse = risk
    .command('endorse')
    .description('Agree, as a second person, to what another asked for')
    .argument('<id>', 'the proposal, as `risk proposals` shows it')
    .requiredOption('--reason <text>', 'why, for whoever reads it later')
  sending<Endorse>(
    endorse,
    terminal,
    ({ reason }, id = '') => ({
      method: 'POST',
      path: `/v1/risk/proposals/${encodeURIComponent(id)}/endorse`,
      body: { reason },
    }),
    showProposal,
  )
  example(
    endorse,
    terminal,
    'risk proposals --state pending',
    'risk endorse 0b1f7c0e-6d0a-8c3e-9d55-2f1a7f0f9b11 --reason "looked at it"',
  )
}

/** What has become of it; exit code 1 where the guard refused. */
const showProposal = async (
  { terminal, options, say }: Errand<Limits | Release | Control | Endorse>,
  proposal: Row,
): Promise<number> => {
  const columns = Object.keys(proposal).filter((name) => name !== 'notes')
  await showOne(
    terminal,
    options.output,
    proposal,
    columns.map((name) => (name === 'changes' ? { name, of: changesOf } : name)),
  )
  const { id, state, effectiveAt, expiresAt, needs, more, notes, refusal } = proposal
  if (state === 'pending' && needs === 'secondPerson')
    say(
      `It waits for a second person until ${cell(expiresAt)}: ${terminal.calledAs} risk endorse ${cell(id)} --reason "…"`,
    )
  else if (state === 'pending' && typeof effectiveAt === 'string')
    say(`It waits, and takes effect at ${effectiveAt}.`)
  else if (state === 'pending') say('The risk guard has not decided it yet; risk proposals tells.')
  for (const note of Array.isArray(notes) ? notes : []) say(cell(note))
  if (typeof more === 'number' && more > 0)
    say(`${String(more)} more kill switches stand there, which it does not name: ask again.`)
  if (state !== 'refused') return 0
  say(`It was refused: ${cell(refusal)}`)
  return 1
}

export const proposalsCommand = (risk: Command, terminal: Terminal): void => {
  const command = risk
    .command('proposals')
    .description(
      'List what was asked for: other limits, releases, another control; who agreed; newest first',
    )
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
      { name: 'changes', of: changesOf },
      'killSwitches',
      'control',
      'person',
      'reason',
      'needs',
      { name: 'endorsedBy', of: endorsedBy },
      { name: 'assessments', of: assessmentsOf },
      'effectiveAt',
      'expiresAt',
      'refusal',
      'id',
    ],
  })
  example(command, terminal, 'risk proposals --state pending')
}

/** One after the other, each from what it is to what it is to be. */
const changesOf = ({ changes }: Row): string =>
  rowsIn(changes)
    .map(({ limit, of, from, to }) => {
      const name = [cell(limit), cell(of)].filter((word) => word !== '').join(' ')
      return `${name}: ${cell(from) || 'none'} → ${cell(to) || 'none'}`
    })
    .join('; ')
const endorsedBy = ({ endorsements }: Row): string =>
  rowsIn(endorsements)
    .map(({ person }) => cell(person))
    .join(', ')
/** What each look into the past says, and whose word it is: the ledger computes none of it again. */
const assessmentsOf = ({ assessments }: Row): string =>
  rowsIn(assessments)
    .map(({ decisions, newlyApproved, newlyDenied, person, byProposer }) => {
      const who = `${cell(person) || 'nobody known'}${byProposer === true ? ', who proposed it' : ''}`
      return `of ${cell(decisions)} decisions ${cell(newlyApproved)} newly approved, ${cell(newlyDenied)} newly denied (unverified, by ${who})`
    })
    .join('; ')
const rowsIn = (value: unknown): readonly Row[] => (Array.isArray(value) ? value.filter(isRow) : [])

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

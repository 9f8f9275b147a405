/** From the words on the command line to what would have been: the limits, the log and the range that are meant. */
import * as E from 'fp-ts/lib/Either.js'
import { zoneOffset } from '#adapters/system/zones'
import { openEventLog } from '#apps/process/event-log'
import { UsageError } from '#apps/process/failure'
import { settingText } from '#apps/process/secret-files'
import type { EventLog } from '#domain/kernel/event-log'
import { sessionsBy } from '#domain/market/sessions'
import { faultsInLimits, mergedWith } from '#domain/risk/control'
import type { WhatIfResult } from '#domain/risk/what-if'
import { GivenLimits } from '#schemas/api/control'
import { decodeRequest } from '#schemas/request'
import { controlStream } from '#schemas/streams'
import { BookId, ProposalId } from '#schemas/values/ids'
import { formatInstant } from '#schemas/values/instant'
import type { Limits } from '#schemas/values/trading'
import type * as t from 'io-ts'
import { Refusal } from './client.ts'
import { limitsGiven } from './limit-words.ts'
import { liveLine } from './live-line.ts'
import { checkPlace, openPlace } from './log-place.ts'
import type { WhatIfOptions } from './risk-what-if.ts'
import { dataFolder } from './run/data-folder.ts'
import { stopping } from './stopping.ts'
import type { Terminal } from './terminal.ts'
import { boundText, type Range, rangeOf } from './what-if-range.ts'
import { type Read, readWhatIf } from './what-if-reading.ts'
import type { Subject } from './what-if-words.ts'

export interface Asked {
  readonly book: BookId
  readonly range: Range
  /** Undefined: those of the proposal. */
  readonly limits: Limits | undefined
  readonly proposal: ProposalId | undefined
  readonly said: string
}

/** What can be known to be wrong before anything is opened. */
export const askedOf = (options: WhatIfOptions): Asked => {
  const { limits: file, set, proposal, attach, book } = options
  const given = limitsGiven({ set, ...(file === undefined ? {} : { file }) })
  if ((given === undefined) === (proposal === undefined)) {
    throw new UsageError(
      'Say which limits: --limits <file>, --set <name=value>, or --proposal <id>, and not both.',
    )
  }
  if (attach === true && proposal === undefined)
    throw new UsageError('--attach goes with --proposal <id>: it is attached to that.')
  if (!BookId.is(book)) throw new UsageError(`--book is ${book}; it is a name such as main.`)
  const range = rangeOf(options.from, options.to)
  const where = [...(file === undefined ? [] : [file]), ...set].join(', ')
  if (given !== undefined)
    return { book, range, limits: decoded(given, where), proposal: undefined, said: where }
  if (!ProposalId.is(proposal))
    throw new UsageError(`--proposal is ${String(proposal)}; risk proposals shows the ids.`)
  return { book, range, limits: undefined, proposal, said: `proposal ${proposal}` }
}
/** A misspelt limit must not pass for one that is absent. */
const decoded = (given: unknown, where: string): Limits => {
  const limits = decodeRequest(GivenLimits as t.Type<Limits, unknown, unknown>, given)
  const faults = E.isLeft(limits)
    ? limits.left.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`)
    : faultsInLimits(limits.right).map(({ path, detail }) => `${path.join('/')} ${detail}`.trim())
  if (E.isLeft(limits) || faults.length > 0)
    throw new UsageError(`The limits in ${where} are not usable:\n  ${faults.join('\n  ')}`)
  return limits.right
}

interface Where {
  readonly where: string
  readonly data?: string
  readonly rows: number
}
export const findOut = async (
  asked: Asked,
  { where, data, rows }: Where,
  { environment, err }: Terminal,
): Promise<{ readonly subject: Subject; readonly result: WhatIfResult }> => {
  const folder = dataFolder(data ?? settingText(environment, 'DAYBOOK_DATA') ?? 'daybook-data')
  const wanted = { where, option: '--log', folder, isWritten: false } as const
  checkPlace(wanted)
  const place = await openPlace(wanted)
  const log = openEventLog(place.url, 'cli')
  const line = liveLine(err)
  const stop = stopping()
  try {
    const { book, range } = asked
    const end = await endOf(log, range)
    const proposed = asked.limits ?? (await limitsOf(log, asked))
    const read = await readWhatIf({
      log,
      book,
      range,
      limits: (inForce) => mergedWith(inForce, proposed),
      rowsMax: rows,
      sessionAt: sessionsBy(zoneOffset),
      stopping: stop.signal,
      tell: ({ events, position, at }) =>
        line.show(() =>
          progressText(events, position, end, at === undefined ? '' : formatInstant(at)),
        ),
    })
    line.close()
    if (read.isStopped) throw new Refusal('It was stopped before the end of the range.')
    if (read.result.decisions === 0) throw new Refusal(nothingIn(asked, read))
    const currency = read.currency ?? ''
    return {
      subject: { book, currency, log: place.name, limits: asked.said },
      result: read.result,
    }
  } finally {
    stop.forget()
    await log.close()
    await place.close()
  }
}

const progressText = (events: number, position: bigint, end: bigint, at: string): string => {
  const share = end === 0n ? 100n : (position * 100n) / end
  return `${events.toLocaleString('en-US')} events read, ${String(share)} % of the log, up to ${at}`
}
/** The log is not asked about what it does not have. */
const endOf = async (log: Pick<EventLog, 'head'>, { from }: Range): Promise<bigint> => {
  const head = await log.head()
  if (E.isLeft(head)) throw new Refusal(`The log does not answer: ${head.left.detail}`)
  if (from?._tag === 'Position' && from.position > head.right) {
    throw new Refusal(
      `The log ends at position ${head.right.toString()}; --from ${from.position.toString()} is beyond it.`,
    )
  }
  return head.right
}
const limitsOf = async (
  log: Pick<EventLog, 'read'>,
  { book, proposal }: Asked,
): Promise<Limits> => {
  const read = await log.read(controlStream(book), -1n)
  if (E.isLeft(read))
    throw new Refusal(`The proposals of ${book} cannot be read: ${read.left.detail}`)
  const events = read.right.map(({ event }) => event)
  const found = events.find((event) => 'proposalId' in event && event.proposalId === proposal)
  if (found?.type === 'RiskLimitsProposed') return found.limits
  throw new Refusal(
    found === undefined
      ? `There is no proposal ${String(proposal)} on book ${book} in that log.`
      : `${String(proposal)} does not propose limits, so that there is nothing to try out.`,
  )
}

const nothingIn = ({ book, range }: Asked, { books, firstAt, lastAt }: Read): string => {
  if (!books.has(book)) {
    const known = [...books].join(', ')
    return `There is no book ${book} in that log up to there; ${known === '' ? 'there is none' : `there are: ${known}`}.`
  }
  if (firstAt === undefined || lastAt === undefined)
    return `Nothing was decided in book ${book} up to there.`
  const { from, to } = range
  const bounds = [
    from === undefined ? '' : `from ${boundText(from)}`,
    to === undefined ? '' : `to ${boundText(to)}`,
  ]
  return `Nothing was decided in book ${book} ${bounds.filter((text) => text !== '').join(' ')}: its decisions go from ${formatInstant(firstAt)} to ${formatInstant(lastAt)}${to === undefined ? '' : ' up to there'}.`
}

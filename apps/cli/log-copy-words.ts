/** What `daybook log copy` says of how it ended, and what to do next. */
import { withoutSecrets } from '#apps/process/secrets'
import type { StoredEvent } from '#schemas/envelope'
import type { CopyEnd } from './log-copying.ts'
import { shownDifference } from './log-difference.ts'
import { lookMs, type SourceUse } from './log-source.ts'

type Failed = Exclude<CopyEnd, { readonly _tag: 'Done' }>

const count = (events: number): string =>
  events === 1 ? '1 event' : `${events.toLocaleString('en-US')} events`
const nameOf = ({ type, stream, revision }: StoredEvent): string =>
  `${type}, revision ${revision.toString()} of ${stream}`
const again = 'The same command again goes on where the copy ends.'

const sentence = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`)

export const failureWords = (end: Failed): string => {
  switch (end._tag) {
    case 'Stopped':
      return end.same === 0
        ? `Stopped before an event was compared: what stands in the target was not looked at. ${again}`
        : `Stopped: the first ${count(end.same)} stand in the target, and are the same. ${again}`
    case 'Differs':
      return (
        `The target is no copy of the source: event ${String(end.at)} of the source is ` +
        `${nameOf(end.difference.source)}, of the target ${nameOf(end.difference.target)}; ` +
        `${shownDifference(end.difference)}. Nothing was written after it. ` +
        'A target is empty, or holds the beginning of this very log.'
      )
    case 'Longer':
      return (
        `The target goes on where the source ends, after ${count(end.same)}, with ` +
        `${nameOf(end.next)}: a ledger has run on it. Nothing was written.`
      )
    case 'Shorter':
      return (
        `The target ends after ${count(end.same)}; next would be ${nameOf(end.next)}. ` +
        'Without --verify-only the same command adds what is missing.'
      )
    case 'Unmovable':
      return (
        `Event ${String(end.at)} of the source (${nameOf(end.why.event)}, at position ` +
        `${end.why.event.position.toString()}) cannot be copied: ${end.why.detail}. Nothing after it was copied.`
      )
    case 'Unreadable': {
      const { position, type, stream, detail } = end.failure
      return (
        `The ${end.which} cannot be read at position ${position.toString()} (${type}, ${stream}): ` +
        `${detail}. Nothing after it was copied.`
      )
    }
    case 'Unreachable':
      return `The ${end.which} did not answer: ${sentence(withoutSecrets(end.detail))} ${again}`
  }
}

export interface Success {
  readonly same: number
  readonly added: number
  readonly mode: 'copy' | 'tryOut' | 'verify'
  readonly use: SourceUse
  /** The target is the data folder of a ledger that has not run yet. */
  readonly isNewFolder: boolean
}

const inUse = 'The source is in use: what it has recorded since is not counted.'
const stopFirst = `${inUse} Stop it, and give the same command again, before a ledger starts on the copy.`
const next: Readonly<Record<SourceUse, string>> = {
  runs: stopFirst,
  grows: stopFirst,
  unknown:
    `No event came to the source meanwhile, nor in the ${String(lookMs / 1000)} s after. Whether a ledger still runs on ` +
    'it cannot be seen from its log: stop that ledger, and give the same command again, before one starts on ' +
    'the copy; else two go on from here, and each for itself.',
  stopped: 'A ledger that starts on the copy goes on from here; its read models are filled anew.',
}

export const successWords = ({
  same,
  added,
  mode,
  use,
  isNewFolder,
}: Success): readonly string[] => {
  if (mode === 'tryOut') {
    return [
      same === 0
        ? `The target is empty: ${count(added)} would be copied (--dry-run).`
        : `The target holds the first ${count(same)}; ${count(added)} would be copied (--dry-run).`,
    ]
  }
  const whole = `All ${count(same)} of the source stand in the target, each the same to the last byte.`
  if (mode === 'verify') {
    return [whole, ...(use === 'runs' || use === 'grows' ? [inUse] : [])]
  }
  return [
    whole,
    next[use],
    ...(isNewFolder
      ? [
          'Its keys are those of the log: start it with --key <one of them>, or put it in the file key.',
        ]
      : []),
  ]
}

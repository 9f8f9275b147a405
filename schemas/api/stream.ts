/** What the WebSocket stream tells, and what can be asked of it. */
import * as t from 'io-ts'
import { TimelineEntry } from '#schemas/api/orders'
import { closed } from '#schemas/codec'
import { leaf } from '#schemas/leaf'
import { Whole } from '#schemas/values/count'
import { AccountId } from '#schemas/values/ids'

/** What a frame can be about: `<noun>.<past participle>`. They are never renamed. */
export const frameTypes = [
  'order.placed',
  'order.approved',
  'order.denied',
  'order.submitted',
  'order.accepted',
  'order.refused',
  'order.unconfirmed',
  'order.resolved',
  'order.partiallyFilled',
  'order.filled',
  'order.cancelRequested',
  'order.cancelRefused',
  'order.cancelled',
  'order.expired',
  'order.lapsed',
  'order.amendRequested',
  'order.amendApproved',
  'order.amendDenied',
  'order.amendSubmitted',
  'order.amended',
  'order.amendRefused',
  'order.amendUnconfirmed',
  'order.flagged',
  'fill.observed',
  'book.opened',
  'limits.proposed',
  'limits.endorsed',
  'limits.set',
  'killSwitch.engaged',
  'killSwitch.releaseRequested',
  'killSwitch.releaseEndorsed',
  'killSwitch.released',
  'control.changeRequested',
  'control.changeEndorsed',
  'control.changed',
  'proposal.assessed',
  'proposal.refused',
  'day.opened',
  'equity.marked',
  'dailyLoss.breached',
  'drawdown.breached',
  'account.opened',
  'funds.deposited',
  'funds.withdrawn',
  'funding.paid',
  'instrument.listed',
  'instrument.changed',
  'venue.connected',
  'venue.disconnected',
  'venue.reconciled',
  'break.detected',
] as const
export type FrameType = (typeof frameTypes)[number]

const nounOf = (type: string): string => type.slice(0, type.indexOf('.'))
const words: ReadonlySet<string> = new Set([...frameTypes, ...frameTypes.map(nounOf)])

const typesNamed = (text: string): ReadonlySet<FrameType> | undefined => {
  const asked = text.split(',')
  if (!asked.every((word) => words.has(word))) return undefined
  return new Set(frameTypes.filter((type) => asked.includes(type) || asked.includes(nounOf(type))))
}

/** Types with commas between; a noun alone stands for all of its types: `order,killSwitch.engaged`. */
export const FrameTypes = leaf<ReadonlySet<FrameType>, string>(
  'FrameTypes',
  {
    is: (u): u is ReadonlySet<FrameType> => u instanceof Set,
    parse: (u) => (typeof u === 'string' ? typesNamed(u) : undefined),
    refusal: (u) => {
      const unknown = String(u)
        .split(',')
        .find((word) => !words.has(word))
      return {
        code: 'invalid',
        detail: `must name what is told, with commas between; ${JSON.stringify(unknown)} is not known; known: ${[...words].join(', ')}`,
      }
    },
    encode: (types) => [...types].join(','),
    plain: true,
  },
  { type: 'string' },
)

/**
 * `after`: only what stands after this position of the log; absent: from now on. `account`: what concerns this
 * account, and what belongs to none. `types`: only these.
 */
export const StreamQuery = closed(
  t.partial({ after: Whole, account: AccountId, types: FrameTypes }, 'StreamQuery'),
)
export type StreamQuery = Readonly<t.TypeOf<typeof StreamQuery>>

/** The first message of a client that cannot send a header, such as a page in a browser. */
export const StreamKey = closed(t.type({ key: t.string }, 'StreamKey'))

const type = Object.fromEntries(frameTypes.map((word) => [word, null])) as Record<FrameType, null>
/** One event of the log: the object as it was then, and what the event itself says, as a timeline tells it. */
export const StreamFrame = t.strict(
  {
    type: t.keyof(type),
    logPosition: t.string,
    data: t.UnknownRecord,
    event: TimelineEntry,
  },
  'StreamFrame',
)
export type StreamFrame = Readonly<t.TypeOf<typeof StreamFrame>>

/** Nothing may happen for long; this says that the line is alive. */
export const StreamHeartbeat = t.strict(
  { type: t.literal('heartbeat'), at: t.string },
  'StreamHeartbeat',
)

/** Why the ledger ends a stream. After 4400 to 4403 the same again would end the same way. */
export const closeCodes = {
  1001: 'This process stops. Connect again, after the last position seen.',
  1011: 'The ledger has a fault.',
  1013: 'The ledger is starting, or its log is away. Connect again.',
  4400: 'What was asked cannot be done; the problem before it says why.',
  4401: 'The key is missing, is not known, or was revoked.',
  4403: 'Pages of that origin may not listen.',
  4408: 'No key, or no sign of life, came in time. The reason names the last position sent.',
} as const
export type CloseCode = keyof typeof closeCodes

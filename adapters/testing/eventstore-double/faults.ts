/** How the double can be told to misbehave. Each fault holds until it is taken back. */
import type { status as Status } from '@grpc/grpc-js'

export type Rpc = 'append' | 'batchAppend' | 'read' | 'subscribe' | 'features' | 'gossip'

export interface Refusal {
  readonly rpc: Rpc
  readonly code: Status
  readonly details: string
  readonly trailers?: Readonly<Record<string, string>>
}

export interface Faults {
  /** Appends are written, and then: never answered; or answered as if the connection had gone. */
  lose: 'nothing' | 'answer' | 'connection'
  /** Every answer to an append waits so long. */
  appendDelayMs: number
  /** Nothing is answered, and nothing written. */
  isSilent: boolean
  refuse: Refusal | undefined
  /** How many more calls are refused; the rest goes through. */
  refusals: number
  /** Not leader: calls that require one are sent there. */
  leader: { readonly host: string; readonly port: number } | undefined
  /**
   * Instead of what was considered, checkpoints name: the end of the log (24.10.0 to 24.10.4, 25.0.0); what comes next
   * (21.10, 22.10); no position at all (KDB-710).
   */
  checkpoints: 'right' | 'end' | 'next' | 'none'
  /** A subscription that catches up stops behind its first checkpoint, for as long as this holds. */
  stalls: boolean
  /** What was written already is a wrong version like any other, as after the leader has moved. */
  forgetsWrites: boolean
  /** Checkpoints and caught-up are not sent at all (23.6 and before, while live). */
  isReserved: boolean
  /** Commit and prepare position differ, as after an explicit transaction. */
  splitsPositions: boolean
  /** Live events are not sent to subscriptions, whose connection stays up. */
  isDeaf: boolean
  /** Every event is sent twice to subscriptions. */
  repeats: boolean
  /** Answers to appends say nothing of the position. */
  hidesPosition: boolean
  /** Answers to reads end with status OK after so many records. */
  endsReadsAfter: number
  /** Answers to reads stop after so many records, and do not end. */
  stopsReadsAfter: number
  /** Reads of one stream say nothing of positions (before 22.6). */
  isOld: boolean
}

export const noFaults = (): Faults => ({
  lose: 'nothing',
  appendDelayMs: 0,
  isSilent: false,
  refuse: undefined,
  refusals: Number.POSITIVE_INFINITY,
  leader: undefined,
  checkpoints: 'right',
  stalls: false,
  forgetsWrites: false,
  isReserved: false,
  splitsPositions: false,
  isDeaf: false,
  repeats: false,
  hidesPosition: false,
  endsReadsAfter: Number.POSITIVE_INFINITY,
  stopsReadsAfter: Number.POSITIVE_INFINITY,
  isOld: false,
})

/** Whether this call is one of those that are refused; counts it. */
export const refusalFor = (faults: Faults, rpc: Rpc): Refusal | undefined => {
  if (faults.refuse?.rpc !== rpc || faults.refusals <= 0) return undefined
  faults.refusals -= 1
  return faults.refuse
}

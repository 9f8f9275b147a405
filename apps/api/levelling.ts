/** Waits until this process has folded what is on the log: all of it, or up to where the asker wants it. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '#adapters/http/faults'
import { wrong } from '#adapters/http/endpoint'
import type { EventLog } from '#domain/kernel/event-log'
import { fieldFault } from '#schemas/request'
import { readFault } from './appending.ts'
import type { Progress } from './progress.ts'

export interface LevelMeans {
  readonly log: Pick<EventLog, 'head'>
  readonly progress: Progress
}

/** Level with the log as it was when this was asked; whoever is not by when the time is up must not decide. */
export const levelWithLog = async (
  { log, progress }: LevelMeans,
  ms: number,
): Promise<E.Either<Fault, undefined>> => {
  const head = await log.head()
  if (E.isLeft(head)) return E.left(readFault(head.left))
  return (await progress.reached(head.right, ms)) ? E.right(undefined) : E.left(behind)
}
export const behind: Fault = {
  _tag: 'NotReady',
  detail: 'This process has not read all of the log yet, and does not decide before. Ask again.',
}

/** A position beyond the end of the log will not be reached by waiting. */
export const refuseBeyondHead = async (
  { log, progress }: LevelMeans,
  after: bigint | undefined,
): Promise<E.Either<Fault, undefined>> => {
  if (after === undefined || after <= progress.position()) return E.right(undefined)
  const head = await log.head()
  if (E.isLeft(head)) return E.left(readFault(head.left))
  if (after <= head.right) return E.right(undefined)
  const says = `is beyond the end of the log, which is at ${head.right.toString()}`
  return wrong([fieldFault(['after'], 'invalid', says)])
}

/** The asker's own writes are in what this process has folded, or he is told that it is behind. */
export const foldedUpTo = async (
  means: LevelMeans,
  after: bigint | undefined,
  ms: number,
): Promise<E.Either<Fault, undefined>> => {
  const there = await refuseBeyondHead(means, after)
  if (E.isLeft(there) || after === undefined) return there
  const { progress } = means
  return (await progress.reached(after, ms))
    ? E.right(undefined)
    : E.left({ _tag: 'ProjectionBehind', asked: after, reached: progress.position() })
}

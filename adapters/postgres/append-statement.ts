/** The one statement that appends, and what its rows mean. */
import * as E from 'fp-ts/lib/Either.js'
import type { AppendFailure, Appended, ExpectedRevision } from '#domain/kernel/event-log'
import type { Proposal } from '#domain/kernel/proposal'
import { textArray } from './binary.ts'
import type { Statement } from './connection.ts'

const text = 'select * from log.append($1, $2, $3, $4, $5, $6, $7, $8, $9)'

const expectedNumber = (expected: ExpectedRevision): bigint => {
  if (expected === 'noStream') return -1n
  return expected === 'streamExists' ? -4n : expected
}

/** PostgreSQL's own form of a list whose elements need no quotes. */
const list = (elements: readonly (string | number | bigint)[]): string => `{${elements.join(',')}}`

export const appendStatement = (proposals: readonly Proposal[]): Statement => {
  const streams: string[] = []
  const revisions: bigint[] = []
  const ids: string[] = []
  const types: string[] = []
  const datas: string[] = []
  const metadatas: string[] = []
  for (const { stream, expected, events } of proposals) {
    let revision = expectedNumber(expected)
    for (const { id, type, data, metadata } of events) {
      streams.push(stream)
      revisions.push((revision += 1n))
      ids.push(id)
      types.push(type)
      datas.push(data)
      metadatas.push(metadata)
    }
  }
  return {
    name: 'append',
    text,
    values: [
      textArray(proposals.map(({ stream }) => stream)),
      list(proposals.map(({ expected }) => expectedNumber(expected))),
      list(proposals.map(({ events }) => events.length)),
      textArray(streams),
      list(revisions),
      list(ids),
      list(types),
      textArray(datas),
      textArray(metadatas),
    ],
  }
}

/** outcome, revision, first position, last position. */
type Row = readonly [string, bigint | null, bigint, bigint]

/** An answer for each append, in their order. */
export const verdictsOf = (
  proposals: readonly Proposal[],
  rows: readonly unknown[][],
): readonly E.Either<AppendFailure, Appended>[] => {
  const [first] = rows as unknown as readonly Row[]
  if (first?.[0] === 'all') return inSequence(proposals, first[2])
  return proposals.map((proposal, index) =>
    verdictOf(proposal, rows[index] as unknown as Row | undefined),
  )
}

const inSequence = (
  proposals: readonly Proposal[],
  from: bigint,
): readonly E.Either<AppendFailure, Appended>[] => {
  let next = from
  return proposals.map(({ stream, expected, events }) => {
    const count = BigInt(events.length)
    const appended: Appended = {
      stream,
      revision: expectedNumber(expected) + count,
      lastPosition: next + count - 1n,
    }
    next += count
    return E.right(appended)
  })
}

const verdictOf = (
  { stream, expected }: Proposal,
  row: Row | undefined,
): E.Either<AppendFailure, Appended> => {
  if (row === undefined) {
    return E.left({ _tag: 'StoreUnreachable', detail: 'the store gave no answer to this append' })
  }
  const [outcome, revision, , lastPosition] = row
  switch (outcome) {
    case 'appended':
    case 'already':
      return E.right({ stream, revision: revision ?? 0n, lastPosition })
    case 'conflict':
      return E.left({
        _tag: 'RevisionConflict',
        stream,
        expected,
        actual: revision === null || revision < 0n ? undefined : revision,
      })
    default:
      return E.left({
        _tag: 'AppendForbidden',
        stream,
        detail: 'an id of this append stands for another event already',
      })
  }
}

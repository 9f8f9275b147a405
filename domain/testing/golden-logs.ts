/** Logs with the decisions that were once taken on them, kept so that every later build derives the same ones. */
import * as E from 'fp-ts/lib/Either.js'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GoldenLog } from '#domain/risk/testing/golden-stories'
import type { RecordedEvent } from '#schemas/envelope'
import { decodeStored, encodeProposed } from '#schemas/stored'

interface StoredLog {
  readonly name: string
  /** Stream, revision, data and metadata of each event, as a store has them, in log order. */
  readonly events: readonly (readonly [string, string, string, string])[]
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'risk', 'golden')
export const goldenPath = (rules: number): string => join(folder, `rules-${String(rules)}.json`)
export const isWritten = (rules: number): boolean => existsSync(goldenPath(rules))

export const goldenText = (logs: readonly GoldenLog[]): string => {
  const stored = logs.map(
    ({ name, events }): StoredLog => ({
      name,
      events: events.map((recorded) => {
        const { data, metadata } = encodeProposed(recorded)
        return [recorded.stream, recorded.revision.toString(), data, metadata]
      }),
    }),
  )
  // One event a line, so that a difference can be read.
  const lines = stored.map(
    ({ name, events }) =>
      `{"name":${JSON.stringify(name)},"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}`,
  )
  return `[\n${lines.join(',\n')}\n]\n`
}

export const readGolden = (rules: number): readonly GoldenLog[] => {
  const logs = JSON.parse(readFileSync(goldenPath(rules), 'utf8')) as readonly StoredLog[]
  return logs.map(({ name, events }) => ({
    name,
    events: events.map(([stream, revision, data, metadata], index) => {
      const { id, type, occurredAt } = JSON.parse(metadata) as {
        readonly id: string
        readonly type: string
        readonly occurredAt: string
      }
      const position = BigInt(index + 1)
      const recordedAt = 0 as RecordedEvent['recordedAt']
      const stored = { id, type, data, metadata, stream, position, recordedAt }
      const decoded = decodeStored({ ...stored, revision: BigInt(revision) })
      if (E.isLeft(decoded)) throw new Error(`${name}, ${occurredAt}: ${decoded.left.detail}`)
      return decoded.right
    }),
  }))
}

/** What the guard is told: where the log is, where the ticks come from, where snapshots go, and which books are its own. */
import * as t from 'io-ts'
import { ofEveryApp, optional, shared, wholeNumber } from '#apps/process/settings'
import { type Shard, whole } from '#domain/risk/shard'

const shardsMax = 1_024
const shardIn = (text: string): Shard | undefined => {
  const [, part, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? []
  const shard = { part: Number(part), of: Number(of) }
  return shard.part <= shard.of && shard.of <= shardsMax ? shard : undefined
}
const ShardText = new t.Type<Shard, Shard, unknown>(
  'Shard',
  (u): u is Shard => typeof u === 'object' && u !== null && 'part' in u && 'of' in u,
  (u, context) => {
    const shard = typeof u === 'string' ? shardIn(u) : undefined
    return shard === undefined ? t.failure(u, context) : t.success(shard)
  },
  t.identity,
)

export const config = {
  log: shared.log,
  hub: shared.hub,
  database: ofEveryApp.database,
  snapshotEvents: optional(
    'DAYBOOK_SNAPSHOT_EVENTS',
    wholeNumber('SnapshotEvents', 100, 10_000_000),
    'events from 100 to 10000000 between two snapshots',
    20_000,
  ),
  shard: optional(
    'DAYBOOK_SHARD',
    ShardText,
    'this guard and how many share the books, from 1/1 (all of them) to 1024/1024',
    whole,
  ),
} as const

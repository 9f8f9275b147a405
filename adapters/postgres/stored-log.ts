/** The log in PostgreSQL as its texts, for moving house: many events of several apps in one transaction. */
import * as E from 'fp-ts/lib/Either.js'
import type pg from 'pg'
import { bytesOf, eventBytesMax } from '#domain/kernel/proposal'
import { runsBy } from '#domain/kernel/runs'
import type { MovedEvent, MoveFailure, StoredLog, StoredPage } from '#domain/kernel/stored-log'
import type { StoredEvent } from '#schemas/envelope'
import { textArray } from './binary.ts'
import { connect, cut, inTime, openSession } from './connection.ts'
import { databaseFailure } from './failure.ts'
import { patiently, type Reading, readHead } from './read.ts'
import { type EventRow, eventColumns, storedFrom } from './rows.ts'
import { roleOf } from './schema/role-names.ts'

export interface PostgresStoredLogSettings {
  /** Whose login may act for every app: the owner's. */
  readonly url: string
  readonly patienceMs?: number
}

export const openPostgresStoredLog = ({
  url,
  patienceMs = 10_000,
}: PostgresStoredLogSettings): StoredLog & { readonly close: () => Promise<void> } => {
  const address = { url, app: 'cli' } as const
  const reading = { session: openSession(address), patienceMs }
  let writing: Promise<pg.Client> | undefined
  const drop = (): void => {
    writing?.then(cut, () => undefined)
    writing = undefined
  }
  return {
    readStored: (after, limit) => readStored(reading, after, limit),
    head: () => readHead(reading),
    appendStored: async (events) => {
      const large = events.find(({ event }) => bytesOf(event) > eventBytesMax)
      if (large !== undefined) return tooLarge(large)
      try {
        writing ??= openWriter(address)
        const client = await writing
        await inTime(client.query(moving(events)), moveMsMax)
        return E.right(undefined)
      } catch (e) {
        drop()
        return E.left(failureOf(e, events[0]))
      }
    },
    close: async () => {
      drop()
      await reading.session.close()
    },
  }
}

const moveMsMax = 60_000

/** Head and events of one moment. A head without events comes as one row of nulls. */
const readStored = async (
  reading: Reading,
  after: bigint,
  limit: number,
): ReturnType<StoredLog['readStored']> => {
  const answer = await patiently(reading, {
    name: 'stored-page',
    text: `
      select h.position::text, ${eventColumns}
      from log.head h left join lateral (
        select * from log.events e
        where e.position > $1::bigint and e.position <= h.position order by e.position limit $2
      ) e on true`,
    values: [after, limit],
  })
  if (E.isLeft(answer)) return answer
  const rows = answer.right
  const events: StoredEvent[] = []
  for (const row of rows.filter(([, position]) => position !== null)) {
    const stored = storedFrom(row.slice(1) as unknown as EventRow)
    if (stored === undefined) {
      return E.left({
        _tag: 'UnreadableEvent',
        position: row[1] as bigint,
        stream: row[2] as string,
        type: row[6] as string,
        detail: `${String(row[4])} is no time`,
      })
    }
    events.push(stored)
  }
  const head = BigInt(rows[0]?.[0] as string)
  const upTo = events.at(-1)?.position ?? after
  return E.right<never, StoredPage>({ events, upTo, atHead: upTo >= head })
}

/** SQLSTATE of our own. */
const outOfPlace = 'DB001'

/**
 * Each run of one writer goes through log.append in that app's role, as if the app had written it: what the rights
 * do not allow is refused here too. Runs of one call stand on the log together or not at all. The streams of a run
 * may alternate, which log.append allows only where all is as expected; so that is looked at before, and any other
 * answer is taken back.
 */
const mover = `
  create function pg_temp.move(
    roles text[], runs int[], streams text[], revisions bigint[], ids uuid[], types text[], datas text[],
    metadatas text[]) returns void language plpgsql as $$
  declare
    run_ record; outcome_ text; names text[]; expected bigint[]; counts int[];
  begin
    -- Gathered in one pass: a slice of a list of texts is found by walking over all before it.
    for run_ in
      select e.run, array_agg(e.stream order by e.place) as streams, array_agg(e.revision order by e.place) as revisions,
        array_agg(e.id order by e.place) as ids, array_agg(e.type order by e.place) as types,
        array_agg(e.data order by e.place) as datas, array_agg(e.metadata order by e.place) as metadatas
      from unnest(runs, streams, revisions, ids, types, datas, metadatas)
        with ordinality e (run, stream, revision, id, type, data, metadata, place)
      group by e.run order by e.run
    loop
      select array_agg(s.stream), array_agg(s.least - 1), array_agg(s.count) into names, expected, counts from (
        select e.stream, min(e.revision) as least, count(*)::int as count
        from unnest(run_.streams, run_.revisions) e (stream, revision) group by e.stream
      ) s;
      if exists (
        select from unnest(names, expected) a (stream, expected)
        where a.expected <> coalesce((
          select x.revision from log.events x where x.stream = a.stream order by x.revision desc limit 1), -1)
      ) then
        raise exception 'the log does not end before these events' using errcode = '${outOfPlace}';
      end if;
      perform set_config('role', roles[run_.run], true);
      select a.outcome into outcome_ from log.append(
        names, expected, counts, run_.streams, run_.revisions, run_.ids, run_.types, run_.datas, run_.metadatas) a
        limit 1;
      if outcome_ is distinct from 'all' then
        raise exception 'the log does not end before these events' using errcode = '${outOfPlace}';
      end if;
    end loop;
  end $$`

const openWriter = async (address: { readonly url: string; readonly app: 'cli' }) => {
  const client = await connect(address)
  try {
    await inTime(client.query(mover), moveMsMax)
    return client
  } catch (e) {
    cut(client)
    throw e
  }
}

const moving = (events: readonly MovedEvent[]) => {
  const runs = runsBy(events, ({ writer }) => writer)
  return {
    name: 'move',
    text: 'select pg_temp.move($1, $2, $3, $4, $5, $6, $7, $8)',
    values: [
      runs.map(([{ writer }]) => roleOf(writer)),
      // Of each event the number of its run, from 1.
      runs.flatMap((run, index) => run.map(() => index + 1)),
      textArray(events.map(({ stream }) => stream)),
      events.map(({ revision }) => revision),
      events.map(({ event }) => event.id),
      events.map(({ event }) => event.type),
      textArray(events.map(({ event }) => event.data)),
      textArray(events.map(({ event }) => event.metadata)),
    ],
  }
}

const tooLarge = ({ stream, event }: MovedEvent): E.Either<MoveFailure, never> =>
  E.left({
    _tag: 'AppendForbidden',
    stream,
    detail: `${String(bytesOf(event))} bytes are more than the ${String(eventBytesMax)} of one event`,
  })

const failureOf = (e: unknown, { stream }: MovedEvent): MoveFailure => {
  const { _tag, code, detail } = databaseFailure(e)
  // Unique violations are of a position, a revision or an id: something else stands there.
  if (code === outOfPlace || code === '23505') return { _tag: 'OutOfPlace', detail }
  return _tag === 'refused'
    ? { _tag: 'AppendForbidden', stream, detail }
    : { _tag: 'StoreUnreachable', detail }
}

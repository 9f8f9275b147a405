/** What a long history has besides orders that are filled: orders that end otherwise, money, and marks. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { enveloper } from '#domain/kernel/envelop'
import type { ExpectedRevision } from '#domain/kernel/event-log'
import { streamOf } from '#domain/risk/testing/log'
import {
  accepted,
  btc,
  cancelled,
  deposited,
  expired,
  intent,
  lapsed,
  main,
  markAt,
  refused,
  resolved,
  submitted,
  unknown,
} from '#domain/risk/testing/words'
import type { ProposedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'

type App = 'api' | 'risk-guard' | 'gateway'
/** Of one order: what follows its intent. */
const ends: readonly ((n: number) => readonly LedgerEvent[])[] = [
  (n) => [lapsed(n)],
  (n) => [submitted(n, { at: '60000' }), accepted(n), cancelled(n)],
  (n) => [submitted(n, { at: '60000' }), accepted(n), expired(n)],
  (n) => [submitted(n), unknown(n), resolved(n, 'absent'), refused(n)],
]
/** Of four orders: what `ends` has, and the four intents; a deposit and marks beside them. */
const ofFour = 4 + 1 + 3 + 3 + 4 + 2
const atOnce = 50

/** At least so many; the guard's stream is at revision `risk`, the account at `money`. */
export const appendOthers = async (
  url: (app: App) => string,
  events: number,
  risk: bigint,
  money: bigint,
): Promise<void> => {
  const logs = new Map(
    (['api', 'risk-guard', 'gateway'] as const).map((app) => [
      app,
      openPostgresEventLog({ url: url(app), app, patienceMs: 60_000 }),
    ]),
  )
  const append = async (app: App, expected: ExpectedRevision, all: readonly LedgerEvent[]) => {
    const [first] = all
    if (first === undefined) return
    const cause = { correlationId: systemIds.correlationId() }
    const proposed = all.map((event) => enveloper(app, systemIds, systemClock)(event, cause))
    const some = proposed as unknown as ReadonlyNonEmptyArray<ProposedEvent>
    const appended = await logs.get(app)?.append(streamOf(first), expected, some)
    if (appended === undefined || E.isLeft(appended)) throw new Error(JSON.stringify(first.type))
  }
  const order = async (n: number): Promise<void> => {
    const end = ends[n % ends.length]?.(n) ?? []
    await append('api', 'noStream', [intent(n, { at: '60000' })])
    await append('gateway', 0n, end)
  }
  const rounds = Math.ceil(events / ofFour / atOnce)
  for (let round = 0; round < rounds; round += 1) {
    const first = round * ends.length * atOnce
    await Promise.all(
      Array.from({ length: ends.length * atOnce }, (_, index) => order(first + index)),
    )
    const many = Array.from({ length: atOnce })
    const done = BigInt(round * atOnce)
    await append(
      'api',
      money + done,
      many.map(() => deposited('1')),
    )
    const mark = markAt('65000', systemClock.now(), btc)
    const taken: LedgerEvent = { type: 'MarksTaken', book: main, at: mark.at, marks: [mark] }
    await append(
      'risk-guard',
      risk + done,
      many.map(() => taken),
    )
  }
  await Promise.all([...logs.values()].map((log) => log.close()))
}

/** A database whose read models an older build has made: nothing is answered wrongly, and all is filled anew. */
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '#adapters/system/hash'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { differencesFrom, withClient } from '#adapters/testing/read-models'
import { type AnyReadModel, allReadModels } from '#projections/all'
import { cashBalances } from '#projections/balances'
import { allAccounts } from '#projections/accounts'
import { foldAll } from '#projections/fold'
import { ledgers } from '#projections/ledgers'
import { marks, marksBefore } from '#projections/marks'
import { recordedDay } from '#projections/testing/day'
import type { RecordedEvent } from '#schemas/envelope'
import { openReadModelStore } from './read-model-store.ts'
import { openReadModels, type ReadModels } from './read-models.ts'

const models = allReadModels(sha256)
const events = recordedDay(300)
const half = Math.floor(events.length / 2)

/** The ledgers as they were before they were kept by quarter hours, and no marks at all. */
const older = models
  .filter(({ name }) => name !== 'marks')
  .map((model): AnyReadModel => {
    if (model.name !== 'ledgers') return model
    const { since: _since, until: _until, ...columns } = model.columns
    const { endedBy: _ended, journal: _journal, ...rest } = model
    return { ...rest, columns, key: model.foundBy ?? model.key }
  })

let server: TestPostgres
let readModels: ReadModels
beforeAll(async () => {
  server = await testPostgres()
  readModels = openReadModels(server.url('api'))
})
afterAll(async () => {
  await readModels.close()
  await server.stop()
})

test('is asked in vain until the new read models are level, and says so; the others go on answering', async () => {
  await filled(older, [events.slice(0, half)])
  const accounts = await right(readModels.all(allAccounts()))
  expect(accounts.length).toBe(2)
  await expectBeingMade()
  // From the beginning, for what is new; the old one stays in front of the readers meanwhile.
  await filled(models, [events.slice(0, half)])
  await expectFolded(events.slice(0, half))
  await filled(models, [events.slice(half)], half)
  await expectFolded(events)
  expect(await right(readModels.all(allAccounts()))).toStrictEqual(accounts)
  const standing = [...foldAll(ledgers, events).changed.values()].filter(
    ({ until }) => until === undefined,
  )
  const cash = standing.flatMap((row) => Object.entries(row.balances['cash'] ?? {}))
  const shown = await right(readModels.all(cashBalances()))
  expect(shown.reduce((sum, { amount }) => sum + amount, 0n)).toBe(
    cash.reduce((sum, [, amount]) => sum + amount, 0n),
  )
  const symbols = [...foldAll(marks, events).changed.values()].map(({ symbol }) => symbol)
  const last = events.at(-1)?.metadata.occurredAt
  if (last === undefined) throw new Error('an empty day')
  expect((await right(readModels.all(marksBefore(symbols, [last])))).length).toBeGreaterThan(0)
})

const expectBeingMade = async (): Promise<void> => {
  const answers = [await readModels.all(cashBalances()), await readModels.all(marksBefore([], []))]
  for (const answer of answers) {
    expect(E.isLeft(answer) ? answer.left.detail : 'an answer').toMatch(/being filled/)
  }
}

const filled = async (
  of: readonly AnyReadModel[],
  pages: readonly (readonly RecordedEvent[])[],
  from = 0,
): Promise<void> => {
  const store = openReadModelStore({ url: server.url('projector'), app: 'projector' }, of)
  await expect.poll(() => store.open()).toMatchObject({ _tag: 'Right' })
  let upTo = from
  for (const page of pages) {
    upTo += page.length
    await right(store.apply({ events: page, upTo: BigInt(upTo), atHead: true }))
  }
  await store.close()
}
const expectFolded = (log: readonly RecordedEvent[]): Promise<void> =>
  withClient(server.url('projector'), async (client) => {
    expect(await differencesFrom(client, models, log)).toStrictEqual([])
  })
const right = async <A>(asked: Promise<E.Either<unknown, A>>): Promise<A> => {
  const answer = await asked
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

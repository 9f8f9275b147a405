import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { keyGrammar } from '#adapters/http/bearer'
import { memoryEventLog } from '#adapters/memory/event-log'
import { slowly } from '#apps/api/testing/held-log'
import { type Ledger, ownersKey } from '#apps/api/testing/ledger'
import { ledgerWith, limitBuy } from '#apps/api/testing/with-ledger'
import { IssuedKeyReply, KeyList } from '#schemas/api/keys'
import type { RecordedEvent } from '#schemas/envelope'

const issue = (ledger: Ledger, body: Readonly<Record<string, unknown>>, name: string) =>
  ledger.post('/v1/keys', body, name)
const keyOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }): string =>
  String(body['key'])
const typesOf = async (ledger: Ledger, person: string) =>
  (await ledger.events()).flatMap(({ event, stream }) =>
    stream === `access-${person}` ? [event.type] : [],
  )
const revoke = (ledger: Ledger, id: unknown, key?: string) =>
  ledger.send(`/v1/keys/${String(id)}`, { method: 'DELETE', ...(key === undefined ? {} : { key }) })

const isIssued = ({ event }: RecordedEvent): boolean => event.type === 'ApiKeyIssued'

test.each([1, 2])(
  'two admins who revoke each other at once leave one; they ask %d',
  async (count) => {
    const log = slowly(memoryEventLog())
    const one = await ledgerWith({ log })
    const other = count === 1 ? one : await ledgerWith({ log })
    const ann = await issue(one, { person: 'ann', roles: ['admin'] }, 'a')
    await other.caughtUp()
    const told = await Promise.all([
      revoke(one, ann.body['id']),
      revoke(other, ownersKey.slice(4, 12), keyOf(ann)),
    ])
    expect(told.map(({ status }) => status).toSorted((a, b) => a - b)).toStrictEqual([200, 409])
    await Promise.all([one.caughtUp(), other.caughtUp()])
    const [survivor, gone] =
      told[0].status === 200 ? [ownersKey, keyOf(ann)] : [keyOf(ann), ownersKey]
    for (const ledger of [one, other]) {
      expect((await ledger.send('/v1/keys', { key: survivor })).status).toBe(200)
      expect((await ledger.send('/v1/keys', { key: gone })).status).toBe(401)
    }
    // What was not revoked then can be, as soon as there is another.
    expect(
      (await one.post('/v1/keys', { person: 'bob', roles: ['admin'] }, 'b', { key: survivor }))
        .status,
    ).toBe(201)
    expect((await revoke(one, survivor.slice(4, 12), survivor)).status).toBe(200)
  },
)

describe('a key that is issued', () => {
  test('is shown once, opens what its roles say at once, and admits its person', async () => {
    const ledger = await ledgerWith()
    const told = await issue(ledger, { person: 'ann', roles: ['trader'] }, 'a')
    expect(told.status).toBe(201)
    expect(E.isRight(IssuedKeyReply.decode(told.body))).toBe(true)
    expect(told.body).toMatchObject({ person: 'ann', roles: ['trader'], issuedBy: 'owner' })
    expect(keyOf(told)).toMatch(keyGrammar)
    expect(keyOf(told)).toContain(`dbk_${String(told.body['id'])}_`)
    expect(told.headers['location']).toBe(`/v1/keys/${String(told.body['id'])}`)
    expect(await typesOf(ledger, 'ann')).toStrictEqual(['PersonAdmitted', 'ApiKeyIssued'])
    expect((await ledger.place(limitBuy, 'o', { key: keyOf(told) })).status).toBe(201)
    expect(
      await ledger.post('/v1/keys', { person: 'bob', roles: [] }, 'b', { key: keyOf(told) }),
    ).toMatchObject({ status: 403, body: { detail: 'To issue keys a key needs the role admin.' } })
  })
  test('is one of several that a person may have, who is admitted once', async () => {
    const ledger = await ledgerWith()
    const first = await issue(ledger, { person: 'ann', roles: ['trader'] }, 'a')
    const second = await issue(ledger, { person: 'ann', roles: [], reason: 'to look' }, 'b')
    expect(second.body['id']).not.toBe(first.body['id'])
    expect(await typesOf(ledger, 'ann')).toStrictEqual([
      'PersonAdmitted',
      'ApiKeyIssued',
      'ApiKeyIssued',
    ])
    // Without any role: reads, and stops everything, and no more.
    const key = keyOf(second)
    expect((await ledger.send('/v1/orders', { key })).status).toBe(200)
    expect((await ledger.place(limitBuy, 'o', { key })).status).toBe(403)
    const body = { action: 'engage', reason: 'odd' }
    expect(await ledger.send('/v1/risk/kill-switch', { method: 'POST', body, key })).toMatchObject({
      status: 201,
    })
  })
  test('is not made a second time, nor shown, when the same is asked again', async () => {
    const ledger = await ledgerWith()
    const first = await issue(ledger, { person: 'ann', roles: ['risk'] }, 'a')
    const again = await issue(ledger, { person: 'ann', roles: ['risk'] }, 'a')
    expect(again.status).toBe(201)
    expect(again.headers['idempotent-replayed']).toBe('true')
    const { key, ...rest } = first.body
    expect(key).toBeDefined()
    expect(again.body).toStrictEqual(rest)
    expect(await typesOf(ledger, 'ann')).toHaveLength(2)
  })
  test.each([
    ['other roles', { person: 'ann', roles: [] }],
    ['another person, whose stream is another', { person: 'bob', roles: ['risk'] }],
  ])('needs a new Idempotency-Key for %s', async (_, body) => {
    const ledger = await ledgerWith()
    await issue(ledger, { person: 'ann', roles: ['risk'] }, 'a')
    expect(await issue(ledger, body, 'a')).toMatchObject({
      status: 422,
      body: { code: 'idempotencyKeyReused' },
    })
    expect(await typesOf(ledger, 'bob')).toStrictEqual([])
  })
  test('is one, when one Idempotency-Key asks for two at once', async () => {
    const ledger = await ledgerWith({ log: slowly(memoryEventLog()) })
    const told = await Promise.all(
      ['ann', 'bob'].map((person) => issue(ledger, { person, roles: ['admin'] }, 'a')),
    )
    expect(told.map(({ status }) => status).toSorted((a, b) => a - b)).toStrictEqual([201, 422])
    expect((await ledger.events()).filter(isIssued)).toHaveLength(2)
  })
  test('is one also where two processes are asked: the second opens nothing, anywhere', async () => {
    const log = slowly(memoryEventLog())
    const ledgers = [await ledgerWith({ log }), await ledgerWith({ log })]
    const told = await Promise.all(
      ledgers.map((ledger, n) => issue(ledger, { person: `ann${n}`, roles: ['admin'] }, 'a')),
    )
    expect(told.map(({ status }) => status).toSorted((a, b) => a - b)).toStrictEqual([201, 422])
    // What the store took first counts, in whatever order anybody was asked.
    for (const ledger of ledgers) {
      await ledger.caughtUp()
      const { data } = (await ledger.send('/v1/keys')).body as { readonly data: readonly object[] }
      expect(data).toHaveLength(2)
    }
  })
  test.each([
    [{ person: 'daybook', roles: [] }, '/person'],
    [{ person: 'Ann', roles: [] }, '/person'],
    [{ person: 'ann', roles: ['king'] }, '/roles/0'],
    [{ person: 'ann', roles: ['risk', 'risk'] }, '/roles'],
    [{ person: 'ann' }, '/roles'],
    [{ person: 'ann', roles: [], key: 'mine' }, '/key'],
  ])('is refused as %j, by what is wrong', async (body, pointer) => {
    const ledger = await ledgerWith()
    expect(await issue(ledger, body, 'a')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer }] },
    })
    expect(await typesOf(ledger, 'ann')).toStrictEqual([])
  })
  test('asked for twice at once by two processes is one', async () => {
    const log = memoryEventLog()
    const one = await ledgerWith({ log })
    const other = await ledgerWith({ log })
    const body = { person: 'ann', roles: ['trader'] }
    const told = await Promise.all([issue(one, body, 'a'), issue(other, body, 'a')])
    expect(told.map(({ status }) => status)).toStrictEqual([201, 201])
    expect(told[0]?.body['id']).toBe(told[1]?.body['id'])
    expect(told.filter(({ body: { key } }) => key !== undefined)).toHaveLength(1)
    expect(await typesOf(one, 'ann')).toStrictEqual(['PersonAdmitted', 'ApiKeyIssued'])
  })
})

describe('a key that is revoked', () => {
  test('opens nothing any more, on any process that has read so, and stays in the list', async () => {
    const log = memoryEventLog()
    const ledger = await ledgerWith({ log })
    const other = await ledgerWith({ log })
    const told = await issue(ledger, { person: 'ann', roles: ['trader'] }, 'a')
    const key = keyOf(told)
    await other.caughtUp()
    expect((await other.send('/v1/orders', { key })).status).toBe(200)
    const revoked = await revoke(ledger, told.body['id'])
    expect(revoked).toMatchObject({ status: 200, body: { id: told.body['id'] } })
    expect(revoked.body['revokedAt']).not.toBeNull()
    await other.caughtUp()
    for (const api of [ledger, other]) {
      expect(await api.send('/v1/orders', { key })).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      })
    }
    const listed = await ledger.send('/v1/keys?state=revoked')
    expect(E.isRight(KeyList.decode(listed.body))).toBe(true)
    expect(listed.body['data']).toStrictEqual([revoked.body])
  })
  test('is revoked once, however often it is asked', async () => {
    const ledger = await ledgerWith()
    const told = await issue(ledger, { person: 'ann', roles: [] }, 'a')
    const first = await revoke(ledger, told.body['id'])
    const again = await revoke(ledger, told.body['id'])
    expect(again.body).toStrictEqual(first.body)
    expect(await typesOf(ledger, 'ann')).toStrictEqual([
      'PersonAdmitted',
      'ApiKeyIssued',
      'ApiKeyRevoked',
    ])
  })
  test("may be one's own, and is not another's; whether there is one is not told", async () => {
    const ledger = await ledgerWith()
    const ann = await issue(ledger, { person: 'ann', roles: ['risk'] }, 'a')
    const bob = await issue(ledger, { person: 'bob', roles: ['trader'] }, 'b')
    const others = await revoke(ledger, ann.body['id'], keyOf(bob))
    const nobodys = await revoke(ledger, 'aaaaaaaa', keyOf(bob))
    expect(others).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(nobodys.body['detail']).toBe(others.body['detail'])
    expect((await revoke(ledger, 'aaaaaaaa')).status).toBe(404)
    expect((await revoke(ledger, bob.body['id'], keyOf(bob))).status).toBe(200)
    expect((await ledger.send('/v1/orders', { key: keyOf(bob) })).status).toBe(401)
  })
  test('is not the last that may issue keys', async () => {
    const ledger = await ledgerWith()
    const [first] = (await ledger.send('/v1/keys')).body['data'] as { id: string }[]
    expect(await revoke(ledger, first?.id)).toMatchObject({
      status: 409,
      body: { code: 'lastAdminKey' },
    })
    const ann = await issue(ledger, { person: 'ann', roles: ['admin'] }, 'a')
    expect((await revoke(ledger, first?.id)).status).toBe(200)
    expect(await revoke(ledger, ann.body['id'], keyOf(ann))).toMatchObject({ status: 409 })
  })
})

describe('the list of keys', () => {
  test('is whole for an admin, and for others their own', async () => {
    const ledger = await ledgerWith()
    const ann = await issue(ledger, { person: 'ann', roles: ['trader'] }, 'a')
    await issue(ledger, { person: 'bob', roles: [] }, 'b')
    const persons = async (query: string, key?: string) =>
      (
        (await ledger.send(`/v1/keys${query}`, key === undefined ? {} : { key })).body['data'] as {
          person: string
        }[]
      ).map(({ person }) => person)
    expect(await persons('')).toStrictEqual(['bob', 'ann', 'owner'])
    expect(await persons('?person=ann')).toStrictEqual(['ann'])
    expect(await persons('?limit=1')).toStrictEqual(['bob'])
    expect(await persons(`?startingAfter=${String(ann.body['id'])}`)).toStrictEqual(['owner'])
    expect(await persons(`?endingBefore=${String(ann.body['id'])}`)).toStrictEqual(['bob'])
    expect(await persons('', keyOf(ann))).toStrictEqual(['ann'])
    expect(await persons('?person=bob', keyOf(ann))).toStrictEqual([])
  })
  test('has no hash and no secret in it', async () => {
    const ledger = await ledgerWith()
    await issue(ledger, { person: 'ann', roles: ['trader'] }, 'a')
    expect((await ledger.send('/v1/keys')).text).not.toMatch(/hash|[0-9a-f]{64}|dbk_/i)
  })
})

test('no secret is in an event, a log line, or an answer but the first (I29)', async () => {
  const logLines: string[] = []
  const ledger = await ledgerWith({ logLines })
  const told = await issue(ledger, { person: 'ann', roles: ['trader'] }, 'a')
  const key = keyOf(told)
  const secret = key.slice('dbk_12345678_'.length)
  const answers = [
    await issue(ledger, { person: 'ann', roles: ['trader'] }, 'a'),
    await ledger.send('/v1/keys', { key }),
    await ledger.send('/v1/nothing', { key: `${key}x` }),
    await ledger.place(limitBuy, `for ${key}`, { key }),
    await ledger.place({ ...limitBuy, clientTag: key }, 'o', { key }),
    await ledger.post('/v1/keys', { person: 'bob', roles: [], reason: key }, 'b'),
    await ledger.send(`/v1/keys/${String(told.body['id'])}?reason=${key}`, { method: 'DELETE' }),
    await ledger.send('/v1/orders', { key: `dbk_00000000_${secret}` }),
    await revoke(ledger, told.body['id']),
    await ledger.send('/v1/orders', { key }),
  ]
  await ledger.caughtUp()
  const events = JSON.stringify(await ledger.events(), (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  expect(logLines.length).toBeGreaterThan(answers.length)
  expect(answers.map(({ status }) => status)).toStrictEqual([
    201, 200, 404, 422, 422, 422, 422, 401, 200, 401,
  ])
  expect(events).toContain(told.body['id'])
  expect(logLines.join('')).not.toContain(secret)
  expect(answers.map(({ text }) => text).join('')).not.toContain(secret)
  expect(events).not.toContain(secret)
})

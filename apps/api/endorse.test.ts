import { describe, expect, test } from 'vitest'
import {
  changes,
  endorse,
  endorsementsIn,
  engaged,
  kill,
  loosen,
  office,
  pair,
  put,
  refuses,
  releases,
  riskOf,
  ruled,
  ruling,
  said,
  sets,
  viewOf,
} from '#apps/api/testing/office'
import { uuidOf } from '#domain/testing/fixed'
import { controlStream, riskStream } from '#schemas/streams'
import type { BookId, KillSwitchId, Line, ProposalId } from '#schemas/values/ids'

describe('under dual control', () => {
  test('what loosens is told to need a second person, and takes effect when one agrees', async () => {
    const to = await office()
    const told = await loosen(to, 'ann')
    expect(told.status).toBe(202)
    expect(viewOf(told)).toMatchObject({
      book: 'pair',
      state: 'pending',
      loosens: ['maxOpenOrders'],
      needs: 'secondPerson',
      effectiveAt: null,
      expiresAt: '2026-01-06T12:00:00Z',
      endorsements: [],
      assessments: [],
    })
    expect((await riskOf(to)).proposals).toStrictEqual([told.body])
    const asked = endorse(to, 'ben', told.body['id'], 'e')
    await ruled(to, told.body['id'], sets)
    expect(viewOf(await asked)).toMatchObject({
      state: 'effective',
      needs: null,
      expiresAt: null,
      effectiveAt: '2026-01-05T12:00:00Z',
      endorsements: [{ person: 'ben', reason: 'I agree', endorsedAt: '2026-01-05T12:00:00Z' }],
    })
    const again = await endorse(to, 'ben', told.body['id'], 'e')
    expect([again.status, again.headers['idempotent-replayed']]).toStrictEqual([200, 'true'])
    expect(await endorsementsIn(to)).toBe(1)
  })
  test('nobody endorses what he asked for, by whichever of his keys, also under single control', async () => {
    const to = await office()
    const { body } = await loosen(to, 'ann')
    const second = { ...to, keys: { ...to.keys, ann: await to.issueKey('ann', 'risk') } }
    await to.caughtUp()
    for (const from of [to, second]) {
      const told = await endorse(from, 'ann', body['id'])
      expect(said(told)).toStrictEqual([403, 'secondPerson'])
      expect(told.body['detail']).toBe(
        'ann asked for it, so that somebody else has to endorse it. Persons are compared: another key of the same person does not help.',
      )
    }
    const limits = { book: 'main', limits: { maxOpenOrders: 300 } }
    const alone = await put(to, 'ann', 'limits', limits)
    expect(said(await endorse(to, 'ann', alone.body['id']))).toStrictEqual([403, 'secondPerson'])
    expect(await endorsementsIn(to)).toBe(0)
    // It may be agreed to there as well, and waits its time all the same.
    expect(viewOf(await endorse(to, 'ben', alone.body['id']))).toMatchObject({
      state: 'pending',
      needs: null,
      effectiveAt: '2026-01-05T12:01:00Z',
      endorsements: [{ person: 'ben' }],
    })
  })
  test('what is not there, or was decided, cannot be endorsed', async () => {
    const to = await office()
    const unknown = '00000000-0000-8000-8000-000000000000'
    expect(said(await endorse(to, 'ben', unknown))).toStrictEqual([404, 'notFound'])
    expect(said(await endorse(to, 'ben', 'x'))).toStrictEqual([404, 'notFound'])
    const control = await put(to, 'ann', 'control', { control: 'single' })
    const elsewhere = await endorse(to, 'ben', control.body['id'], 'l', 'limits/proposals')
    expect(said(elsewhere)).toStrictEqual([404, 'notFound'])
    const { body } = await loosen(to, 'ann')
    await to.write('risk-guard', riskStream(pair), refuses(body['id'] as ProposalId))
    await to.caughtUp()
    const told = await endorse(to, 'ben', body['id'])
    expect(said(told)).toStrictEqual([409, 'proposalEnded'])
    expect(told.body['detail']).toContain('is refused: there is nothing left to agree to.')
  })
  test('what the guard refuses once it is endorsed is told in its words', async () => {
    const to = await office()
    const { body } = await loosen(to, 'ann')
    const asked = endorse(to, 'ben', body['id'], 'e', 'limits/proposals')
    await ruled(to, body['id'], refuses)
    expect(said(await asked)).toStrictEqual([409, 'controlRefused'])
  })
  test('an Idempotency-Key means one endorsement with one body', async () => {
    const to = await office()
    const { body } = await put(to, 'ann', 'control', { control: 'single' })
    const first = endorse(to, 'ben', body['id'], 'e')
    await ruled(to, body['id'], changes)
    expect((await first).status).toBe(200)
    const other = to.post(
      `/v1/risk/proposals/${String(body['id'])}/endorse`,
      { reason: 'I still agree' },
      'e',
      { key: to.keys.ben },
    )
    expect(said(await other)).toStrictEqual([422, 'idempotencyKeyReused'])
    expect((await riskOf(to)).control).toBe('single')
  })
})

describe('a kill switch under dual control', () => {
  test('is not released by whoever engaged it, neither asking nor agreeing', async () => {
    const to = await office()
    const id = await engaged(to, 'kim')
    const own = await kill(to, 'kim', { action: 'release', id })
    expect(said(own)).toStrictEqual([403, 'secondPerson'])
    expect(own.body['detail']).toContain('kim engaged the kill switch, so that somebody else')
    const all = await kill(to, 'kim', { action: 'release' })
    expect(said(all)).toStrictEqual([403, 'secondPerson'])
    expect(all.body['detail']).toContain(`Of those that stand there kim engaged ${id}.`)
    expect(all.body['detail']).not.toContain('others')
    const told = await kill(to, 'ann', { action: 'release', id })
    expect([told.status, viewOf(told).needs]).toStrictEqual([202, 'secondPerson'])
    for (const body of [{ id }, { id: told.body['id'] }, {}])
      expect(said(await kill(to, 'kim', { action: 'endorse', ...body }))).toStrictEqual([
        403,
        'secondPerson',
      ])
    expect(said(await endorse(to, 'kim', told.body['id']))).toStrictEqual([403, 'secondPerson'])
    expect(await endorsementsIn(to)).toBe(0)
  })
  test('among others is told by its id, and so are those that this person may release', async () => {
    const to = await office()
    const own = await engaged(to, 'kim')
    const others: string[] = []
    for (let n = 0; n < 12; n += 1) others.push(await engaged(to, 'ann'))
    const told = await kill(to, 'kim', { action: 'release' })
    expect(said(told)).toStrictEqual([403, 'secondPerson'])
    expect(told.body['detail']).toContain(
      `Of those that stand there kim engaged ${own}. Name the others by id, one a request: ${others.slice(0, 10).join(', ')} and 2 more.`,
    )
    const [other] = others
    expect((await kill(to, 'kim', { action: 'release', id: other })).status).toBe(202)
  })
  test.each(['by the request', 'by the kill switch', 'by the scope'])(
    'is released when a second person agrees, named %s',
    async (how) => {
      const to = await office()
      const id = await engaged(to, 'kim', { strategy: 'trend' })
      const { body } = await kill(to, 'ann', { action: 'release', id })
      const named =
        how === 'by the request'
          ? { id: body['id'] }
          : how === 'by the kill switch'
            ? { id }
            : { scope: { strategy: 'trend' } }
      const asked = kill(to, 'ben', { action: 'endorse', ...named }, 'e')
      await ruled(to, body['id'], releases(id))
      expect(viewOf(await asked)).toMatchObject({ id: body['id'], state: 'effective' })
      expect((await riskOf(to)).state).toBe('active')
      const again = await kill(to, 'ben', { action: 'endorse', ...named }, 'e')
      expect([again.status, again.body['id']]).toStrictEqual([200, body['id']])
      // The key is spent, whatever else is asked for under it.
      expect(said(await kill(to, 'ben', { action: 'release' }, 'e'))).toStrictEqual([
        422,
        'idempotencyKeyReused',
      ])
    },
  )
  test('without an id all that wait in the scope are endorsed, but those that this person may not', async () => {
    const to = await office()
    const [one, two, three] = [
      await engaged(to, 'kim', { strategy: 'a' }),
      await engaged(to, 'kim', { strategy: 'b' }),
      await engaged(to, 'ben', { strategy: 'b' }),
    ]
    const first = await kill(to, 'ann', { action: 'release', id: one })
    const second = await kill(to, 'ann', { action: 'release', id: two })
    const third = await kill(to, 'ann', { action: 'release', id: three })
    const asked = kill(to, 'ben', { action: 'endorse' })
    await ruled(to, first.body['id'], releases(one))
    await ruled(to, second.body['id'], releases(two))
    expect(viewOf(await asked)).toMatchObject({ id: first.body['id'], state: 'effective' })
    const left = (await riskOf(to)).proposals
    expect(left.map(({ id, endorsements }) => [id, endorsements])).toStrictEqual([
      [third.body['id'], []],
    ])
    expect(said(await kill(to, 'ben', { action: 'endorse' }))).toStrictEqual([403, 'secondPerson'])
    const elsewhere = await kill(to, 'ben', { action: 'endorse', scope: { strategy: 'a' } })
    expect(said(elsewhere)).toStrictEqual([422, 'unknownKillSwitch'])
  })
  test('waits for nobody who engaged one that stands no longer', async () => {
    const to = await office()
    const [one, two] = [await engaged(to, 'ben'), await engaged(to, 'kim')]
    const both = await kill(to, 'ann', { action: 'release' })
    expect(said(await endorse(to, 'ben', both.body['id']))).toStrictEqual([403, 'secondPerson'])
    const alone = await kill(to, 'ann', { action: 'release', id: one })
    await to.write('risk-guard', riskStream(pair), releases(one)(alone.body['id'] as ProposalId))
    await to.caughtUp()
    const asked = endorse(to, 'ben', both.body['id'])
    await ruled(to, both.body['id'], releases(two))
    expect((await asked).status).toBe(200)
  })
  test('engaged and released under one key at once is one of the two', async () => {
    const to = await office()
    await engaged(to, 'kim')
    const [engage, release] = await Promise.all([
      kill(to, 'ann', { action: 'engage', mode: 'halt' }, 'k'),
      kill(to, 'ann', { action: 'release' }, 'k'),
    ])
    expect(said(engage)[0]).toBe(201)
    expect(said(release)).toStrictEqual([422, 'idempotencyKeyReused'])
    const [released, engagedToo] = await Promise.all([
      kill(to, 'ben', { action: 'release', scope: {} }, 'r'),
      kill(to, 'ben', { action: 'engage', mode: 'halt' }, 'r'),
    ])
    expect(released.status).toBe(202)
    expect(said(engagedToo)).toStrictEqual([422, 'idempotencyKeyReused'])
  })
})

test('no more than a thousand requests wait at once, but what tightens is always heard', async () => {
  const to = await office()
  const id = (await engaged(to, 'kim')) as KillSwitchId
  for (let from = 0; from < 1_000; from += 200) {
    const some = Array.from({ length: 200 }, (_, n) => uuidOf<ProposalId>(from + n + 1))
    const asked = (proposalId: ProposalId) =>
      ({
        type: 'KillSwitchReleaseRequested',
        book: 'pair' as BookId,
        proposalId,
        killSwitchIds: [id],
        reason: 'again' as Line,
      }) as const
    await to.write('api', controlStream('pair' as BookId), ...some.map(asked))
  }
  await to.caughtUp()
  for (const told of [await loosen(to, 'ann'), await kill(to, 'ann', { action: 'release', id })])
    expect(said(told)).toStrictEqual([429, 'tooManyRequests'])
  expect((await loosen(to, 'ann')).headers['retry-after']).toBe('60')
  const asked = put(to, 'ann', 'limits', { limits: { maxOpenOrders: 2 } })
  while (to.knowledge.directory.pending('pair' as BookId).length === 1_000)
    await new Promise((resolve) => setImmediate(resolve))
  const last = to.knowledge.directory.pending('pair' as BookId).at(-1)
  const proposal = last?.asked.event.proposalId
  if (proposal === undefined) throw new Error('it is recorded')
  await to.write('risk-guard', riskStream('pair' as BookId), refuses(proposal))
  expect(said(await asked)).toStrictEqual([409, 'controlRefused'])
})

describe('control', () => {
  test('goes to dual as soon as the guard says so', async () => {
    const to = await office()
    const asked = put(to, 'ann', 'control', { book: 'main', control: 'dual' }, 'c')
    const proposal = async (): Promise<ProposalId> => {
      for (;;) {
        const [first] = to.knowledge.directory.pending('main' as BookId)
        if (first !== undefined) return first.asked.event.proposalId
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const ruledOn = { ...ruling, book: 'main' as BookId }
    await to.write('risk-guard', riskStream('main' as BookId), {
      type: 'ControlChanged',
      ...ruledOn,
      proposalId: await proposal(),
      control: 'dual',
    })
    const told = await asked
    expect(told.status).toBe(200)
    expect(viewOf(told)).toMatchObject({ type: 'control', control: 'dual', state: 'effective' })
    const limits = { book: 'main', limits: { maxOpenOrders: 300 } }
    expect(viewOf(await put(to, 'ann', 'limits', limits)).needs).toBe('secondPerson')
  })
  test('goes back to single by two, and is asked for by the role risk', async () => {
    const to = await office()
    const told = await put(to, 'ann', 'control', { control: 'single' })
    expect([told.status, viewOf(told).needs]).toStrictEqual([202, 'secondPerson'])
    const key = await to.issueKey('tom', 'trader', 'operator', 'auditor', 'admin')
    await to.caughtUp()
    const others = { ...to, keys: { ...to.keys, ann: key } }
    expect((await put(others, 'ann', 'control', { control: 'single' })).body['detail']).toBe(
      'To change who controls a book a key needs the role risk.',
    )
    expect((await endorse(others, 'ann', told.body['id'])).body['detail']).toBe(
      'To endorse what others ask for a key needs the role risk.',
    )
  })
})

import { describe, expect, test } from 'vitest'
import { loosen, type Office, office, viewOf, type Who } from '#apps/api/testing/office'
import type { AssessmentReply } from '#schemas/api/control'
import type * as t from 'io-ts'

const found = {
  from: '2026-01-01T00:00:00Z',
  to: '2026-01-02T00:00:00Z',
  decisions: 9,
  newlyDenied: 2,
  newlyApproved: 1,
  deniedNotional: '20',
  approvedNotional: '10',
  deniedPnl: '-3',
}
let made = 0
const assess = async (
  to: Office,
  who: Who,
  id: unknown,
  change: object = {},
): Promise<readonly t.TypeOf<typeof AssessmentReply>[]> => {
  const path = `/v1/risk/proposals/${String(id)}/assessment`
  const key = to.keys[who]
  const told = await to.post(path, { ...found, ...change }, `a${String((made += 1))}`, { key })
  expect(told.status).toBe(201)
  return viewOf(told).assessments
}

describe('what was found out about a proposal', () => {
  test('tells who has computed it, and whether that is whoever asked for the limits', async () => {
    const to = await office()
    const { body } = await loosen(to, 'ann')
    await assess(to, 'ann', body['id'], { decisions: 9999, newlyDenied: 0 })
    const shown = await assess(to, 'ben', body['id'])
    expect(shown).toMatchObject([
      { person: 'ann', byProposer: true, decisions: 9999, newlyDenied: 0 },
      { person: 'ben', byProposer: false, decisions: 9, newlyDenied: 2 },
    ])
  })
  test('by another key of the same person is still by whoever asked', async () => {
    const to = await office()
    const { body } = await loosen(to, 'ann')
    const second = { ...to, keys: { ...to.keys, ann: await to.issueKey('ann', 'auditor') } }
    await to.caughtUp()
    expect(await assess(second, 'ann', body['id'])).toMatchObject([{ byProposer: true }])
  })
  test('is the newest of each person, and nobody displaces what another has found', async () => {
    const to = await office()
    const { body } = await loosen(to, 'ann')
    await assess(to, 'ben', body['id'])
    for (const decisions of [4, 5, 6, 7, 8, 9])
      await assess(to, 'ann', body['id'], { decisions, newlyDenied: 0 })
    const shown = await assess(to, 'kim', body['id'])
    expect(shown.map(({ person, decisions }) => [person, decisions])).toStrictEqual([
      ['ben', 9],
      ['ann', 9],
      ['kim', 9],
    ])
  })
})

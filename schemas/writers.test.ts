import { describe, expect, test } from 'vitest'
import { factOf, facts } from '#schemas/events/ledger'
import { categories } from '#schemas/streams'
import { apps, writes } from '#schemas/writers'

/** Who writes what, one line for each app, prefix and type. */
const lines = apps.flatMap((app) =>
  Object.entries(writes[app]).flatMap(([prefix, types]) =>
    types.map((type) => ({ app, prefix, type })),
  ),
)

describe('who writes what', () => {
  test('every event has a writer', () => {
    const written = new Set<string>(lines.map(({ type }) => type))
    expect(facts.map(({ type }) => type).filter((type) => !written.has(type))).toStrictEqual([])
  })
  test('every event that is written exists', () => {
    expect(lines.filter(({ type }) => !factOf.has(type))).toStrictEqual([])
  })
  test('every event goes to streams of one category only', () => {
    const prefixes = new Map<string, Set<string>>()
    for (const { type, prefix } of lines) {
      prefixes.set(type, new Set([...(prefixes.get(type) ?? []), prefix]))
    }
    expect([...prefixes].filter(([, of]) => of.size > 1)).toStrictEqual([])
  })
  test('every prefix is that of a category, and every category has a writer', () => {
    const known = categories.map((category) => `${category}-`).toSorted()
    expect([...new Set(lines.map(({ prefix }) => prefix))].toSorted()).toStrictEqual(known)
  })
  test('nobody is named twice for the same', () => {
    const named = lines.map(({ app, prefix, type }) => `${app} ${prefix} ${type}`)
    expect(named.filter((line, index) => named.indexOf(line) !== index)).toStrictEqual([])
  })
  test('what only one app may decide has one writer', () => {
    const writersOf = (type: string) =>
      lines.filter((line) => line.type === type).map(({ app }) => app)
    for (const type of ['OrderApproved', 'OrderDenied', 'MarksTaken']) {
      expect(writersOf(type)).toStrictEqual(['risk-guard'])
    }
    for (const type of ['OrderSubmissionStarted', 'OrderFilled', 'OrderLapsed', 'OrderRefused']) {
      expect(writersOf(type)).toStrictEqual(['gateway'])
    }
    expect(writersOf('OrderIntentRecorded')).toStrictEqual(['api'])
  })
})

describe('facts', () => {
  test('have one name each', () => {
    expect(factOf.size).toBe(facts.length)
  })
  test('are named in the past tense of our own vocabulary', () => {
    for (const { type } of facts) expect(type).toMatch(/^([A-Z][a-z]+){2,4}$/)
  })
})

import { describe, expect, test } from 'vitest'
import { frameTypes } from '#schemas/api/stream'
import { facts } from '#schemas/events/ledger'
import { table, toldOf, toldTypes } from './stream-table.ts'

describe('the table of frames', () => {
  test('has a row for every event that there is, and none for others', () => {
    expect(Object.keys(table).toSorted()).toEqual(facts.map(({ type }) => type).toSorted())
  })
  test('says why something is not told', () => {
    const silent = facts.flatMap(({ type }) => {
      const told = toldOf(type)
      return told.shows === 'nothing' ? [[type, told.because] as const] : []
    })
    expect(silent.map(([type]) => type)).toEqual([
      'MarksTaken',
      'PersonAdmitted',
      'ApiKeyIssued',
      'ApiKeyRevoked',
    ])
    for (const [, because] of silent) expect(because).not.toBe('')
    expect(toldTypes.length + silent.length).toBe(facts.length)
  })
  test('uses every name once, and no other', () => {
    const names = facts.flatMap(({ type }) => {
      const told = toldOf(type)
      return told.shows === 'nothing' || typeof told.type === 'function' ? [] : [told.type]
    })
    expect([...names, 'order.partiallyFilled', 'order.filled'].toSorted()).toEqual(
      [...frameTypes].toSorted(),
    )
  })
  test('names are a noun and what happened to it', () => {
    for (const type of frameTypes)
      expect(type).toMatch(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*ed$|\.(set|paid|withdrawn)$/)
  })
})

import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { facts } from '#schemas/events/ledger'
import { retired } from '#schemas/events/retired'
import { decodeStored, encodeProposed } from '#schemas/stored'
import {
  asStored,
  goldenName,
  goldenNames,
  goldenNamesOf,
  keysNotShown,
  pinned,
  readGolden,
  samples,
} from '#schemas/testing/golden'

/** Every version of every fact that was ever written. */
const written = [
  ...facts.flatMap(({ type, version }) =>
    Array.from({ length: version }, (_, index) => ({ type, version: index + 1 })),
  ),
  ...retired.map(({ type, version }) => ({ type, version })),
]
const today = new Set(facts.flatMap(({ type, version }) => goldenNamesOf(type, version)))

describe('a stored shape is for ever', () => {
  test('each version of each fact has its file: npx tsx schemas/testing/write-golden.ts', () => {
    const without = written.filter(
      ({ type, version }) => !goldenNames().includes(goldenName(type, version)),
    )
    expect(without).toStrictEqual([])
  })
  test('each file is of a version that is still known: nothing that was written is forgotten', () => {
    const known = new Set(written.flatMap(({ type, version }) => goldenNamesOf(type, version)))
    expect(goldenNames().filter((name) => !known.has(name))).toStrictEqual([])
  })
  test.each(facts)(
    'every key of $type is shown: npx tsx schemas/testing/write-golden.ts',
    (fact) => {
      expect(keysNotShown(fact)).toStrictEqual([])
    },
  )
  test.each(goldenNames())('%s is read as it always was', (name) => {
    const golden = readGolden(name)
    expect(golden.map(({ sample }) => sample)).toStrictEqual([...samples])
    for (const { data, metadata, event, envelope } of golden) {
      const { id, type } = envelope as { readonly id: string; readonly type: string }
      const decoded = decodeStored(asStored({ data, metadata }, { id, type }))
      if (E.isLeft(decoded)) throw new Error(`${name}: ${decoded.left.detail}`)
      expect(pinned(decoded.right.event)).toStrictEqual(event)
      expect(pinned(decoded.right.metadata)).toStrictEqual(envelope)
    }
  })
  test.each(goldenNames().filter((name) => today.has(name)))(
    '%s is written as it always was',
    (name) => {
      for (const { data, metadata, envelope } of readGolden(name)) {
        const { id, type } = envelope as { readonly id: string; readonly type: string }
        const decoded = decodeStored(asStored({ data, metadata }, { id, type }))
        if (E.isLeft(decoded)) throw new Error(`${name}: ${decoded.left.detail}`)
        expect(encodeProposed(decoded.right)).toStrictEqual({ id, type, data, metadata })
      }
    },
  )
})

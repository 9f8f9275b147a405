/** Stored events as they were first written, kept so that every later build is held to reading them. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as t from 'io-ts'
import { Metadata, type ProposedEvent, type StoredEvent } from '#schemas/envelope'
import type { Fact } from '#schemas/events/fact'
import type { LedgerEvent } from '#schemas/events/ledger'
import { type Structure, structureOf } from '#schemas/structure'
import { leafSamples } from '#schemas/testing/samples'
import type { EventId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

/** Two texts as the store has them, and what they have always meant (a bigint is written 12n). */
export interface Golden {
  readonly sample: Sample
  readonly data: string
  readonly metadata: string
  readonly event: unknown
  readonly envelope: unknown
}
/** With every optional key, with none, and with the largest and longest values. */
export const samples = ['whole', 'bare', 'largest'] as const
export type Sample = (typeof samples)[number]

export const goldenFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'golden')
/** The first file of a version; where an optional key came later, `part` 2 and so on show it. */
export const goldenName = (type: string, version: number, part = 1): string =>
  `${type}.v${String(version)}${part === 1 ? '' : `-${String(part)}`}.json`
export const goldenNamesOf = (type: string, version: number): readonly string[] => {
  const own = new RegExp(`^${type}\\.v${String(version)}(-[0-9]+)?\\.json$`)
  return goldenNames().filter((name) => own.test(name))
}
/** The keys of the fact as it is today that no golden file of it shows. */
export const keysNotShown = (fact: Fact): readonly string[] => {
  const shown = new Set(
    goldenNamesOf(fact.type, fact.version)
      .flatMap(readGolden)
      .flatMap(({ data }) => keysIn(JSON.parse(data), '')),
  )
  return keysIn(sampleJson(fact.data, 'whole'), '').filter((key) => !shown.has(key))
}
const keysIn = (json: unknown, path: string): readonly string[] =>
  typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([key, value]) => [
        `${path}/${key}`,
        ...keysIn(value, `${path}/${key}`),
      ])
    : []
export const goldenNames = (): readonly string[] => readdirSync(goldenFolder).toSorted()
export const readGolden = (name: string): readonly Golden[] =>
  JSON.parse(readFileSync(join(goldenFolder, name), 'utf8')) as readonly Golden[]

/** A value as JSON that a person can read; what is a bigint in code ends in `n`. */
export const pinned = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'bigint' ? `${item.toString()}n` : item,
    ),
  )

/** The event as a store would give it back. */
export const asStored = (
  texts: Pick<Golden, 'data' | 'metadata'>,
  columns: { readonly id: string; readonly type: string },
): StoredEvent => ({
  ...texts,
  ...columns,
  position: 1n,
  stream: 'order-00000000-0000-7000-8000-000000000001',
  revision: 0n,
  recordedAt: 0 as Instant,
})

/** The same sample of a fact on every run. */
export const sampleOf = (fact: Fact, sample: Sample): ProposedEvent => {
  const data = decoded(fact.data, sampleJson(fact.data, sample)) as object
  const metadata = decoded(Metadata, sampleJson(Metadata, sample)) as Metadata
  // Not the same id as that of its cause.
  const itself = metadata.id.replace(/1$/, '2') as EventId
  return {
    metadata: { ...metadata, id: itself, type: fact.type, version: fact.version },
    event: { type: fact.type, ...data } as unknown as LedgerEvent,
  }
}

const decoded = (codec: t.Any, json: unknown): unknown => {
  const result = codec.decode(json)
  if (result._tag === 'Left') throw new Error(`the sample of ${codec.name} is not one`)
  return result.right as unknown
}

const sampleJson = (codec: t.Any, sample: Sample): unknown => {
  const structure = structureOf(codec)
  return structure.kind === 'leaf'
    ? leafSamples(codec)[sample]
    : partsJson(codec, structure, sample)
}

const partsJson = (codec: t.Any, structure: Structure, sample: Sample): unknown => {
  switch (structure.kind) {
    case 'primitive':
      return { string: 'text', number: 1, boolean: sample === 'whole', null: null }[structure.type]
    case 'literal':
      return structure.value
    case 'words':
      return structure.words.at(sample === 'whole' ? 0 : -1)
    case 'list':
      if (sample === 'bare') return []
      return [sampleJson(structure.item, sample), sampleJson(structure.item, 'whole')]
    case 'tuple':
      return structure.items.map((item) => sampleJson(item, sample))
    case 'dictionary':
      return { 'BTC/USDT': sampleJson(structure.codomain, sample) }
    case 'record': {
      const { required, optional } = structure
      const fields = sample === 'bare' ? required : [...required, ...optional]
      return Object.fromEntries(fields.map((field) => [field.key, sampleJson(field.codec, sample)]))
    }
    default:
      throw new Error(`no sample is known of ${codec.name}`)
  }
}

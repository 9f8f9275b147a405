/** Decoders made once from a codec's structure: the codec's verdict and value, several times faster. */
import type * as t from 'io-ts'
import { type Field, type RecordShape, structureOf } from '#schemas/structure'

/** The value, or undefined where the codec refuses it. For what JSON.parse gives; no value of ours is undefined. */
export type Decode<A> = (u: unknown) => A | undefined

export const compileDecoder = <A>(codec: t.Type<A, unknown, unknown>): Decode<A> =>
  decoderOf(codec) as Decode<A>

/** The decoder of an event: its stored data, with its name beside it. */
export const compileEventDecoder = <Type extends string, Data>(
  type: Type,
  data: t.Type<Data, unknown, unknown>,
): Decode<{ readonly type: Type } & Data> => {
  const structure = structureOf(data)
  if (structure.kind !== 'record') throw new Error(`the data of ${type} is not a record`)
  return recordDecoder(structure, data.name, type) as Decode<{ readonly type: Type } & Data>
}

const decoderOf = (codec: t.Any): Decode<unknown> => {
  const structure = structureOf(codec)
  switch (structure.kind) {
    case 'leaf':
      return structure.leaf.parse
    case 'primitive':
      return primitives[structure.type]
    case 'literal':
      return (u) => (u === structure.value ? u : undefined)
    case 'words': {
      const words: ReadonlySet<unknown> = new Set(structure.words)
      return (u) => (words.has(u) ? u : undefined)
    }
    case 'record':
      return recordDecoder(structure, codec.name)
    case 'list':
      return listDecoder(decoderOf(structure.item))
    case 'tuple':
      return tupleDecoder(structure.items.map(decoderOf))
    case 'dictionary':
      return dictionaryDecoder(decoderOf(structure.codomain))
    case 'union':
      return unionDecoder(structure.members.map(decoderOf))
    case 'refinement': {
      const decode = decoderOf(structure.of)
      return (u) => {
        const value = decode(u)
        return value !== undefined && structure.holds(value) ? value : undefined
      }
    }
    case 'unknown':
    case 'opaque':
      throw new Error(`${codec.name} cannot be compiled: make it a leaf()`)
  }
}

const primitives: Readonly<Record<'string' | 'number' | 'boolean' | 'null', Decode<unknown>>> = {
  string: (u) => (typeof u === 'string' ? u : undefined),
  number: (u) => (typeof u === 'number' ? u : undefined),
  boolean: (u) => (typeof u === 'boolean' ? u : undefined),
  null: (u) => (u === null ? u : undefined),
}

/**
 * JavaScript for the record, as a person would write it: closures that loop over its keys are slower than
 * io-ts, because V8 gives up on the shape of what they build. Only names from our own codecs enter the text.
 */
const recordDecoder = (
  { required, optional, unknownKeys }: RecordShape,
  name: string,
  type?: string,
): Decode<unknown> => {
  if (unknownKeys === 'kept') throw new Error(`${name} keeps unknown keys: make it exact`)
  const fields = [...required, ...optional].map((field, index) => ({
    ...field,
    key: JSON.stringify(field.key),
    decode: `decode${String(index)}`,
    value: `value${String(index)}`,
  }))
  const always = fields.slice(0, required.length)
  const perhaps = fields.slice(required.length)
  const literal = always.map(({ key, value }) => `${key}: ${value}`)
  const closes = unknownKeys === 'refused'
  const source = [
    'return (u) => {',
    "  if (typeof u !== 'object' || u === null || Array.isArray(u)) return undefined",
    ...always.map(
      ({ key, decode, value }) =>
        `  const ${value} = ${decode}(u[${key}]); if (${value} === undefined) return undefined`,
    ),
    ...(closes ? [`  let known = ${String(always.length)}`] : []),
    `  const record = { ${[...(type === undefined ? [] : [`type: ${JSON.stringify(type)}`]), ...literal].join(', ')} }`,
    ...perhaps.map(
      ({ key, decode, value }) =>
        `  if (u[${key}] !== undefined) { const ${value} = ${decode}(u[${key}]); if (${value} === undefined) return undefined; record[${key}] = ${value}${closes ? '; known += 1' : ''} }`,
    ),
    ...(closes ? ['  if (Object.keys(u).length !== known) return undefined'] : []),
    '  return record',
    '}',
  ].join('\n')
  const make = new Function(...fields.map(({ decode }) => decode), source) as Make
  return make(...[...required, ...optional].map(({ codec }: Field) => decoderOf(codec)))
}
type Make = (...decoders: readonly Decode<unknown>[]) => Decode<unknown>

const listDecoder =
  (decode: Decode<unknown>): Decode<unknown> =>
  (u) => {
    if (!Array.isArray(u)) return undefined
    const list: unknown[] = []
    for (let index = 0; index < u.length; index += 1) {
      const value = decode(u[index])
      if (value === undefined) return undefined
      list.push(value)
    }
    return list
  }

/** Further items are dropped, as io-ts does. */
const tupleDecoder =
  (decoders: readonly Decode<unknown>[]): Decode<unknown> =>
  (u) => {
    if (!Array.isArray(u)) return undefined
    const list: unknown[] = []
    for (let index = 0; index < decoders.length; index += 1) {
      const value = decoders[index]?.(u[index])
      if (value === undefined) return undefined
      list.push(value)
    }
    return list
  }

const dictionaryDecoder =
  (decode: Decode<unknown>): Decode<unknown> =>
  (u) => {
    if (typeof u !== 'object' || u === null || Array.isArray(u)) return undefined
    const dictionary: Record<string, unknown> = {}
    for (const [key, given] of Object.entries(u)) {
      const value = decode(given)
      if (value === undefined) return undefined
      dictionary[key] = value
    }
    return dictionary
  }

const unionDecoder =
  (decoders: readonly Decode<unknown>[]): Decode<unknown> =>
  (u) => {
    for (const decode of decoders) {
      const value = decode(u)
      if (value !== undefined) return value
    }
    return undefined
  }

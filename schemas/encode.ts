/** Encoders made once from a codec's structure: the canonical JSON of a value, or a defect where it is none. */
import type * as t from 'io-ts'
import { isWellFormed, quoted } from '#schemas/canonical-json'
import type { Leaf } from '#schemas/leaf'
import { type Field, type RecordShape, structureOf } from '#schemas/structure'

/** Throws where the value is not the codec's: what cannot be read back is never written. */
export type Encode<A> = (a: A) => string

/** The same text as canonicalJson(codec.encode(a)). */
export const compileEncoder = <A>(codec: t.Type<A, unknown, unknown>): Encode<A> =>
  encoderOf(codec, codec.name) as Encode<A>

const encoderOf = (codec: t.Any, path: string): Encode<unknown> => {
  const structure = structureOf(codec)
  switch (structure.kind) {
    case 'leaf':
      return leafEncoder(structure.leaf, path, codec.name)
    case 'primitive':
    case 'literal':
    case 'words':
      return plainEncoder(codec, path)
    case 'unknown':
    case 'opaque':
      throw new Error(`${codec.name} cannot be compiled: make it a leaf()`)
    case 'record':
      return recordEncoder(structure, path)
    case 'list': {
      const encode = encoderOf(structure.item, `${path}[]`)
      return (a) => `[${listOf(a, path).map(encode).join(',')}]`
    }
    case 'tuple': {
      const encoders = structure.items.map((item, index) =>
        encoderOf(item, `${path}[${String(index)}]`),
      )
      return (a) => {
        const items = listOf(a, path)
        if (items.length !== encoders.length) refuse(path, codec.name)
        return `[${encoders.map((encode, index) => encode(items[index])).join(',')}]`
      }
    }
    case 'dictionary':
      return dictionaryEncoder(encoderOf(structure.codomain, `${path}{}`), path)
    case 'union': {
      const members = structure.members.map((member) => ({
        is: member.is,
        encode: encoderOf(member, path),
      }))
      return (a) => members.find(({ is }) => is(a))?.encode(a) ?? refuse(path, codec.name)
    }
    case 'refinement': {
      const encode = encoderOf(structure.of, path)
      return (a) => (structure.holds(a) ? encode(a) : refuse(path, codec.name))
    }
  }
}

const refuse = (path: string, name: string): never => {
  throw new TypeError(`${path} is not a ${name}: it would be written and never read again`)
}

const leafEncoder = (
  { is, encode, plain }: Leaf<unknown>,
  path: string,
  name: string,
): Encode<unknown> => {
  return (a) => {
    if (!is(a)) return refuse(path, name)
    const json = encode(a)
    if (typeof json === 'number') return String(json)
    return plain ? `"${json}"` : quoted(json)
  }
}

/** Words, literals and primitives are their own JSON. */
const plainEncoder =
  (codec: t.Any, path: string): Encode<unknown> =>
  (a) => {
    if (!codec.is(a)) return refuse(path, codec.name)
    if (typeof a === 'string' && !isWellFormed(a))
      return refuse(path, 'text without half characters')
    if (typeof a === 'number' && !Number.isFinite(a)) return refuse(path, 'number')
    return JSON.stringify(a)
  }

const recordEncoder = ({ required, optional }: RecordShape, path: string): Encode<unknown> => {
  const part =
    (isRequired: boolean) =>
    ({ key, codec }: Field) => ({
      key,
      isRequired,
      head: `,${quoted(key)}:`,
      encode: encoderOf(codec, `${path}.${key}`),
    })
  const parts = [...required.map(part(true)), ...optional.map(part(false))].toSorted((a, b) =>
    a.key < b.key ? -1 : 1,
  )
  return (a) => {
    const record = recordOf(a, path)
    let text = ''
    for (const { key, isRequired, head, encode } of parts) {
      const value = record[key]
      if (value !== undefined || isRequired) text += head + encode(value)
    }
    return `{${text.slice(1)}}`
  }
}

const integer = /^(0|[1-9][0-9]*)$/

const dictionaryEncoder =
  (encode: Encode<unknown>, path: string): Encode<unknown> =>
  (a) => {
    const record = recordOf(a, path)
    const members = Object.keys(record)
      .toSorted()
      .map((key) => {
        if (integer.test(key) || key === '__proto__' || !isWellFormed(key)) {
          return refuse(`${path}{${key}}`, 'name that every reader keeps in its place')
        }
        return `${quoted(key)}:${encode(record[key])}`
      })
    return `{${members.join(',')}}`
  }

const recordOf = (a: unknown, path: string): Readonly<Record<string, unknown>> =>
  typeof a === 'object' && a !== null && !Array.isArray(a)
    ? (a as Record<string, unknown>)
    : refuse(path, 'record')

const listOf = (a: unknown, path: string): readonly unknown[] =>
  Array.isArray(a) ? (a as readonly unknown[]) : refuse(path, 'list')

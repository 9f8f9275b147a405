/** What a codec is made of, in one small vocabulary for everything that is derived from codecs. */
import type * as t from 'io-ts'
import type { ClosedType } from '#schemas/codec'
import { type Leaf, leafOf } from '#schemas/leaf'

export type Structure =
  | { readonly kind: 'leaf'; readonly leaf: Leaf<unknown> }
  | { readonly kind: 'primitive'; readonly type: 'string' | 'number' | 'boolean' | 'null' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | RecordShape
  | { readonly kind: 'list'; readonly item: t.Any }
  | { readonly kind: 'tuple'; readonly items: readonly t.Any[] }
  | { readonly kind: 'dictionary'; readonly codomain: t.Any }
  | { readonly kind: 'union'; readonly members: readonly t.Any[] }
  | {
      readonly kind: 'refinement'
      readonly of: t.Any
      readonly holds: (value: unknown) => boolean
    }
  /** A codec of somebody's own making: nothing can be derived from it. */
  | { readonly kind: 'opaque' }

/** Unknown keys are kept by an open record, dropped by an exact one, refused by a closed one. */
export interface RecordShape {
  readonly kind: 'record'
  readonly unknownKeys: 'kept' | 'dropped' | 'refused'
  readonly required: readonly Field[]
  readonly optional: readonly Field[]
}
export interface Field {
  readonly key: string
  readonly codec: t.Any
}

type Tagged =
  | t.StringC
  | t.NumberC
  | t.BooleanC
  | t.NullC
  | t.UnknownC
  | t.LiteralC<string | number | boolean>
  | t.KeyofC<Record<string, unknown>>
  | t.InterfaceType<t.Props>
  | t.PartialType<t.Props>
  | t.ExactType<t.Any>
  | t.IntersectionType<t.Any[]>
  | ClosedType<t.HasProps>
  | t.ArrayType<t.Any>
  | t.ReadonlyArrayType<t.Any>
  | t.TupleType<t.Any[]>
  | t.DictionaryType<t.Any, t.Any>
  | t.UnionType<t.Any[]>
  | t.RefinementType<t.Any>
  | t.ReadonlyType<t.Any>

export const structureOf = (codec: t.Any): Structure => {
  const leaf = leafOf(codec)
  if (leaf !== undefined) return { kind: 'leaf', leaf }
  const c = codec as unknown as Tagged
  switch (c._tag) {
    case 'StringType':
      return { kind: 'primitive', type: 'string' }
    case 'NumberType':
      return { kind: 'primitive', type: 'number' }
    case 'BooleanType':
      return { kind: 'primitive', type: 'boolean' }
    case 'NullType':
      return { kind: 'primitive', type: 'null' }
    case 'UnknownType':
      return { kind: 'unknown' }
    case 'LiteralType':
      return { kind: 'literal', value: c.value }
    case 'KeyofType':
      return { kind: 'words', words: Object.keys(c.keys) }
    case 'InterfaceType':
      return record(fieldsOf(c.props), [])
    case 'PartialType':
      return record([], fieldsOf(c.props))
    case 'IntersectionType':
      return joined(c.types.map(recordOf))
    case 'ExactType':
      return { ...recordOf(c.type), unknownKeys: 'dropped' }
    case 'ClosedType':
      return { ...recordOf(c.type), unknownKeys: 'refused' }
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return { kind: 'list', item: c.type }
    case 'TupleType':
      return { kind: 'tuple', items: c.types }
    case 'DictionaryType':
      return { kind: 'dictionary', codomain: c.codomain }
    case 'UnionType':
      return { kind: 'union', members: c.types }
    case 'RefinementType':
      return { kind: 'refinement', of: c.type, holds: c.predicate }
    case 'ReadonlyType':
      return structureOf(c.type)
    default:
      return { kind: 'opaque' }
  }
}

const fieldsOf = (props: t.Props): readonly Field[] =>
  Object.entries(props).map(([key, codec]) => ({ key, codec }))

const record = (required: readonly Field[], optional: readonly Field[]): RecordShape => ({
  kind: 'record',
  unknownKeys: 'kept',
  required,
  optional,
})

const recordOf = (codec: t.Any): RecordShape => {
  const structure = structureOf(codec)
  if (structure.kind !== 'record') throw new Error(`${codec.name} is not a record`)
  return structure
}

const joined = (records: readonly RecordShape[]): RecordShape => {
  const required = records.flatMap((r) => r.required)
  const optional = records.flatMap((r) => r.optional)
  const keys = [...required, ...optional].map(({ key }) => key)
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice !== undefined) throw new Error(`an intersection says ${twice} twice`)
  return record(required, optional)
}

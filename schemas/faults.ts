/** What is wrong with a value, field by field, in sentences for the person who sent it. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { pointerOf } from '#schemas/canonical-json'
import { annotationOf, namesNotYet } from '#schemas/codec'
import { didYouMean } from '#schemas/nearest'
import { type Field, type RecordShape, structureOf } from '#schemas/structure'

export interface FieldFault {
  /** RFC 6901; empty for the whole body. */
  readonly pointer: string
  /** `malformed`: not this kind of JSON at all. The others: well-formed, and wrong here. */
  readonly code: 'malformed' | 'unknownField' | 'invalid' | 'notSupported'
  /** A sentence. */
  readonly detail: string
}
type FaultCode = FieldFault['code']
type Path = readonly string[]

/** An answer is not to be many times larger than what it answers. */
const faultsMax = 100

/** Every fault of a value that the codec refuses, in the order of the codec's fields. */
export const faultsIn = (codec: t.Any, value: unknown): readonly FieldFault[] => {
  const faults = [...walk(codec, value, [])]
  if (faults.length > faultsMax) {
    const rest = `There are ${String(faults.length - faultsMax)} more faults.`
    return [...faults.slice(0, faultsMax), { pointer: '', code: 'invalid', detail: rest }]
  }
  if (faults.length > 0 || E.isRight(codec.decode(value))) return faults
  return [fault([], 'invalid', `is not a ${codec.name}`, value)]
}

/** One fault of the field that stands at this path: for rules that hold between fields. */
export const fieldFault = (path: Path, code: FaultCode, says: string): FieldFault => ({
  pointer: pointerOf(path),
  code,
  detail: `${path.length === 0 ? 'the body' : path.join('.')} ${says}.`,
})

const fault = (path: Path, code: FaultCode, says: string, value: unknown): FieldFault =>
  fieldFault(path, code, `${says}; it is ${shown(value)}`)

const shownMax = 60
/** The value as it was sent, cut where it is long; of lists and records only that they are. */
const shown = (value: unknown): string => {
  if (value === undefined) return 'absent'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a record'
  const text = JSON.stringify(value)
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
}

const walk = (codec: t.Any, value: unknown, path: Path): readonly FieldFault[] => {
  const structure = structureOf(codec)
  const wrong = (code: FaultCode, says: string) => [fault(path, code, says, value)]
  switch (structure.kind) {
    case 'leaf': {
      if (structure.leaf.parse(value) !== undefined) return []
      const { code, detail } = structure.leaf.refusal(value)
      return wrong(code, detail)
    }
    case 'primitive':
      if (structure.type === 'null' ? value === null : typeof value === structure.type) return []
      return wrong('malformed', `must be ${inWords[structure.type]}`)
    case 'unknown':
      return []
    case 'opaque':
      if (E.isRight(codec.decode(value))) return []
      return wrong('invalid', descriptionOf(codec))
    case 'literal':
      return choice(codec, [structure.value], value, path)
    case 'words':
      return choice(codec, structure.words, value, path)
    case 'record':
      return isRecord(value)
        ? recordFaults(codec, structure, value, path)
        : wrong('malformed', 'must be a record (a JSON object)')
    case 'list':
      if (!Array.isArray(value)) return wrong('malformed', 'must be a list')
      return value.flatMap((item, index) => walk(structure.item, item, [...path, String(index)]))
    case 'tuple': {
      const length = structure.items.length
      if (!Array.isArray(value) || value.length < length) {
        return wrong('malformed', `must be a list of ${String(length)}`)
      }
      return structure.items.flatMap((item, index) =>
        walk(item, value[index], [...path, String(index)]),
      )
    }
    case 'dictionary':
      if (!isRecord(value)) return wrong('malformed', 'must be a record (a JSON object)')
      return Object.entries(value).flatMap(([key, item]) =>
        key === '__proto__'
          ? [fieldFault([...path, key], 'unknownField', 'cannot be a name')]
          : walk(structure.codomain, item, [...path, key]),
      )
    case 'union':
      return unionFaults(structure.members, value, path)
    case 'refinement': {
      const inside = walk(structure.of, value, path)
      if (inside.length > 0 || E.isRight(codec.decode(value))) return inside
      return wrong('invalid', descriptionOf(codec))
    }
  }
}

const inWords = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
} as const

const descriptionOf = (codec: t.Any): string => {
  const description = annotationOf(codec)?.['description']
  return typeof description === 'string' ? description : `must be ${codec.name}`
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One word out of a few. A word that will come later is told from one that is a mistake. */
const choice = (
  codec: t.Any,
  allowed: readonly (string | number | boolean)[],
  value: unknown,
  path: Path,
): readonly FieldFault[] => {
  if (allowed.some((word) => word === value)) return []
  const list = allowed.map(String).join(', ')
  const must = allowed.length === 1 ? `must be ${list}` : `must be one of ${list}`
  if (typeof value !== typeof allowed[0]) return [fault(path, 'malformed', must, value)]
  const word = String(value)
  if (namesNotYet(codec).includes(word)) {
    return [fieldFault(path, 'notSupported', `${must}; ${word} is not supported yet`)]
  }
  const said = fault(path, 'invalid', must, value)
  return [{ ...said, detail: said.detail + didYouMean(word, allowed.map(String)) }]
}

const recordFaults = (
  codec: t.Any,
  { required, optional, unknownKeys }: RecordShape,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): readonly FieldFault[] => {
  const inside = [...required, ...optional].flatMap((field: Field) =>
    Object.hasOwn(value, field.key)
      ? walk(field.codec, value[field.key], [...path, field.key])
      : [],
  )
  const missing = required
    .filter(({ key }) => !Object.hasOwn(value, key))
    .map(({ key }) => fieldFault([...path, key], 'invalid', 'is missing'))
  if (unknownKeys !== 'refused') return [...inside, ...missing]
  const known = [...required, ...optional].map(({ key }) => key)
  const unknown = Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => unknownField(key, known, namesNotYet(codec), path))
  return [...inside, ...missing, ...unknown]
}

const unknownField = (
  key: string,
  known: readonly string[],
  later: readonly string[],
  path: Path,
): FieldFault => {
  const at = [...path, key]
  if (later.includes(key)) return fieldFault(at, 'notSupported', 'is not supported yet')
  const hint = didYouMean(key, [...known, ...later])
  const fields = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`
  return {
    pointer: pointerOf(at),
    code: 'unknownField',
    detail: `unknown field ${key.slice(0, shownMax)}${hint === '' ? `; ${fields}.` : `.${hint}`}`,
  }
}

/** Of a value that no member accepts: what is wrong with the member that was meant, where one can tell. */
const unionFaults = (
  members: readonly t.Any[],
  value: unknown,
  path: Path,
): readonly FieldFault[] => {
  const each = members.map((member) => walk(member, value, path))
  if (each.some((faults) => faults.length === 0)) return []
  // The member that was meant is right about what kind of value this is.
  const meant = each.filter((faults) => !faults.some(({ pointer }) => pointer === pointerOf(path)))
  const [only] = meant.length === 1 ? meant : each.length === 1 ? each : []
  if (only !== undefined) return only
  const kinds = members.map((member) => member.name).join(' or ')
  const code = each.flat().every((one) => one.code === 'malformed') ? 'malformed' : 'invalid'
  return [fault(path, code, `must be ${kinds}`, value)]
}

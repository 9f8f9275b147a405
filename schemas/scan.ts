/**
 * Scanners made once from a codec's structure: they read what our encoder has written straight from its bytes, checking
 * each value as they go, and leave everything else to JSON.parse and the codec.
 */
import type * as t from 'io-ts'
import { scanFamiliar, scanText, type Scan } from '#schemas/bytes'
import type { Leaf } from '#schemas/leaf'
import { type Field, type RecordShape, structureOf } from '#schemas/structure'

export const compileScanner = <A>(codec: t.Type<A, unknown, unknown>): Scan<A> =>
  scannerOf(codec) as Scan<A>

/** The scanner of an event: its stored data, with its name beside it. */
export const compileEventScanner = <Type extends string, Data>(
  type: Type,
  data: t.Type<Data, unknown, unknown>,
): Scan<{ readonly type: Type } & Data> => {
  const structure = structureOf(data)
  if (structure.kind !== 'record') throw new Error(`the data of ${type} is not a record`)
  return recordScanner(structure, type) as Scan<{ readonly type: Type } & Data>
}

const never: Scan<never> = () => undefined

const scannerOf = (codec: t.Any): Scan<unknown> => {
  const structure = structureOf(codec)
  switch (structure.kind) {
    case 'leaf':
      return leafScanner(structure.leaf)
    case 'primitive':
      return primitives[structure.type]
    case 'words': {
      const words: ReadonlySet<string> = new Set(structure.words)
      return scanFamiliar((text) => (words.has(text) ? text : undefined))
    }
    case 'record':
      return recordScanner(structure)
    case 'list':
      return listScanner(scannerOf(structure.item))
    case 'tuple':
      return tupleScanner(structure.items.map(scannerOf))
    case 'refinement': {
      const scan = scannerOf(structure.of)
      return (cursor) => {
        const value = scan(cursor)
        return value !== undefined && structure.holds(value) ? value : undefined
      }
    }
    // The first member of a union that fits is meant, and of a name that stands twice the last value.
    case 'literal':
    case 'dictionary':
    case 'union':
    case 'unknown':
    case 'opaque':
      return never
  }
}

const leafScanner = ({ scan, parse }: Leaf<unknown>): Scan<unknown> => scan ?? scanText(parse)

const scanTrue = 0x74727565
const scanBoolean: Scan<boolean> = (cursor) => {
  const { bytes, at } = cursor
  if (wordAt(bytes, at) === scanTrue) {
    cursor.at = at + 4
    return true
  }
  if (bytes[at] !== 0x66 || wordAt(bytes, at + 1) !== 0x616c7365) return undefined
  cursor.at = at + 5
  return false
}
/** Four bytes as a number. */
const wordAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 24) |
  ((bytes[at + 1] ?? 0) << 16) |
  ((bytes[at + 2] ?? 0) << 8) |
  (bytes[at + 3] ?? 0)

const primitives: Readonly<Record<'string' | 'number' | 'boolean' | 'null', Scan<unknown>>> = {
  string: scanText((text) => text),
  number: never,
  boolean: scanBoolean,
  null: never,
}

const [comma, opening, closing] = [44, 91, 93]

const listScanner =
  (scan: Scan<unknown>): Scan<unknown> =>
  (cursor) => {
    const { bytes } = cursor
    if (bytes[cursor.at] !== opening) return undefined
    cursor.at += 1
    const list: unknown[] = []
    if (bytes[cursor.at] === closing) {
      cursor.at += 1
      return list
    }
    for (;;) {
      const value = scan(cursor)
      if (value === undefined) return undefined
      list.push(value)
      const next = bytes[cursor.at]
      cursor.at += 1
      if (next === closing) return list
      if (next !== comma) return undefined
    }
  }

const tupleScanner =
  (scanners: readonly Scan<unknown>[]): Scan<unknown> =>
  (cursor) => {
    const { bytes } = cursor
    const values: unknown[] = []
    for (let index = 0; index < scanners.length; index += 1) {
      if (bytes[cursor.at] !== (index === 0 ? opening : comma)) return undefined
      cursor.at += 1
      const value = scanners[index]?.(cursor)
      if (value === undefined) return undefined
      values.push(value)
    }
    if (bytes[cursor.at] !== closing) return undefined
    cursor.at += 1
    return values
  }

/** JavaScript that is true where this text stands in the bytes. */
const stands = (text: string): string =>
  Array.from(
    text,
    (letter, index) => `b[at + ${String(index)}] === ${String(letter.charCodeAt(0))}`,
  ).join(' && ')

/** As in compileDecoder: written out, for V8 to know the shape of what is built. Names are in the encoder's order. */
const recordScanner = (
  { required, optional, unknownKeys }: RecordShape,
  type?: string,
): Scan<unknown> => {
  const fields = [...required, ...optional].map((field, index) => ({
    ...field,
    isRequired: index < required.length,
    scan: `scan${String(index)}`,
    value: `value${String(index)}`,
  }))
  // Names of letters alone: they are written without an escape.
  if (unknownKeys !== 'dropped' || fields.some(({ key }) => !/^[A-Za-z]+$/.test(key))) return never
  const sorted = fields.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const firstRequired = sorted.findIndex(({ isRequired }) => isRequired)
  const read = sorted.map(({ key, isRequired, scan, value }, index) => {
    // Behind a required field there always is a comma; before the first it depends on what there was.
    const before = firstRequired !== -1 && index > firstRequired ? 'comma' : index === 0 ? '' : 'if'
    const head = (comma: string): string => {
      const text = `${comma}"${key}":`
      const then = `c.at = at + ${String(text.length)}; ${value} = ${scan}(c); if (${value} === undefined) return undefined; ${before === 'comma' ? '' : 'some = true'}`
      return `if (${stands(text)}) { ${then} }`
    }
    const taken =
      before === 'comma'
        ? head(',')
        : before === ''
          ? head('')
          : `if (some) { ${head(',')}${isRequired ? ' else return undefined' : ''} } else ${head('')}`
    return `  let ${value}; at = c.at; ${taken}${isRequired ? ' else return undefined' : ''}`
  })
  const literal = [
    ...(type === undefined ? [] : [`type: ${JSON.stringify(type)}`]),
    ...fields.flatMap(({ key, isRequired, value }) => (isRequired ? [`${key}: ${value}`] : [])),
  ]
  const source = [
    'return (c) => {',
    '  const b = c.bytes; let at = 0; let some = false',
    '  if (b[c.at] !== 123) return undefined',
    '  c.at += 1',
    ...read,
    '  if (b[c.at] !== 125) return undefined',
    '  c.at += 1',
    `  const record = { ${literal.join(', ')} }`,
    ...fields.flatMap(({ key, isRequired, value }) =>
      isRequired ? [] : [`  if (${value} !== undefined) record.${key} = ${value}`],
    ),
    '  return record',
    '}',
  ].join('\n')
  const make = new Function(...fields.map(({ scan }) => scan), source) as Make
  return make(...[...required, ...optional].map(({ codec }: Field) => scannerOf(codec)))
}
type Make = (...scanners: readonly Scan<unknown>[]) => Scan<unknown>

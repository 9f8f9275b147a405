/** One text for each value of plain data, whatever the order in which its maps, sets and records were filled. */

/** Two values have the same text where they are the same data: no field and `undefined` are one. */
export const canonicalText = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      // With its length, so that no text can be mistaken for two.
      return `${String(value.length)}:${value}`
    case 'bigint':
      return `${value.toString()}n`
    case 'object':
      return value === null ? 'null' : textOfObject(value)
    default:
      return String(value)
  }
}

const textOfObject = (value: object): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (value instanceof Set) return `set{${[...value].map(canonicalText).toSorted().join(',')}}`
  if (!(value instanceof Map)) return textOfRecord(value)
  const entries = entriesOf(value).map(([key, each]) => `${key}=${canonicalText(each)}`)
  return `map{${entries.join(',')}}`
}
/** As below, without a list of its entries: nearly everything is a record. */
const textOfRecord = (value: object): string => {
  let text = ''
  for (const key of Object.keys(value).toSorted()) {
    const each: unknown = Reflect.get(value, key)
    if (each !== undefined) text += `${String(key.length)}:${key}=${canonicalText(each)},`
  }
  return `{${text}}`
}
const kindOf = (value: object): string => (value instanceof Map ? 'map' : '')

/** Of a map or a record: the key as text, and the value; by key. */
const entriesOf = (value: object): readonly (readonly [string, unknown])[] => {
  const all: readonly (readonly [unknown, unknown])[] =
    value instanceof Map
      ? [...value]
      : Object.entries(value).filter(([, each]) => each !== undefined)
  const entries = all.map(([key, each]) => [canonicalText(key), each] as const)
  return entries.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
}

/**
 * The same in pieces, so that large data need not be one text: what is in maps and records, down to a depth, each
 * as a piece of its own.
 */
export const canonicalPieces = function* (value: unknown, depth: number): Generator<string> {
  const isWhole =
    depth === 0 ||
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    value instanceof Set
  if (isWhole) {
    yield canonicalText(value)
    return
  }
  yield `${kindOf(value)}{`
  for (const [key, each] of entriesOf(value)) {
    yield `${key}=`
    yield* canonicalPieces(each, depth - 1)
    yield ','
  }
  yield '}'
}

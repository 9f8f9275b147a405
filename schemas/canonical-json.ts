/** JSON in the one form that RFC 8785 (JCS) allows, so that equal values are equal bytes and can be hashed. */
import * as E from 'fp-ts/lib/Either.js'

/** What cannot be said in canonical JSON: where it stands (RFC 6901), and why. */
export interface NotJson {
  readonly pointer: string
  readonly detail: string
}

export interface CanonicalOptions {
  /** What is stored may be read by tools that reorder keys which look like integers: refuse such keys. */
  readonly stored?: boolean
}

/** Deeper than any document of ours, and far from the end of the stack. */
const depthMax = 100

/** The canonical text, or what stands in its way. Use it for what came from outside. */
export const toCanonicalJson = (
  value: unknown,
  { stored = false }: CanonicalOptions = {},
): E.Either<NotJson, string> => {
  const faults: NotJson[] = []
  const text = write(value, { path: [], stored, faults })
  const [fault] = faults
  return fault === undefined ? E.right(text) : E.left(fault)
}

/** The canonical text of what we made ourselves: that it cannot be written is our mistake, and thrown. */
export const canonicalJson = (value: unknown, options?: CanonicalOptions): string => {
  const text = toCanonicalJson(value, options)
  if (E.isRight(text)) return text.right
  const { pointer, detail } = text.left
  throw new TypeError(`no canonical JSON: ${pointer === '' ? 'the value' : pointer} ${detail}`)
}

/** `~` and `/` inside a step are written `~0` and `~1` (RFC 6901). */
export const pointerOf = (path: readonly string[]): string =>
  path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** Its quotes and escapes are exactly those of JSON.stringify (ECMAScript is what RFC 8785 is defined by). */
export const quoted = (text: string): string => JSON.stringify(text)

interface Writing {
  /** Of what is being written, changed in place as the writing goes on. */
  readonly path: string[]
  readonly stored: boolean
  readonly faults: NotJson[]
}

const integer = /^(0|[1-9][0-9]*)$/
const loneSurrogate = /\p{Surrogate}/u
export const isWellFormed = (text: string): boolean => !loneSurrogate.test(text)

const write = (value: unknown, writing: Writing): string => {
  if (writing.faults.length > 0) return ''
  if (writing.path.length > depthMax) {
    return refuse(writing, `is nested deeper than ${String(depthMax)} levels`)
  }
  switch (typeof value) {
    case 'string':
      return isWellFormed(value)
        ? quoted(value)
        : refuse(writing, 'holds half of a character (a lone surrogate)')
    case 'number':
      return Number.isFinite(value)
        ? JSON.stringify(value)
        : refuse(writing, `is ${String(value)}, which JSON has no number for`)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? writeArray(value, writing) : writeRecord(value, writing)
    default:
      return refuse(writing, `is ${value === undefined ? 'undefined' : `a ${typeof value}`}`)
  }
}

const writeArray = (values: readonly unknown[], writing: Writing): string => {
  // Not `map`: it would skip holes.
  const items = Array.from(values, (value, index) =>
    within(writing, String(index), () => write(value, writing)),
  )
  return `[${items.join(',')}]`
}

const writeRecord = (record: object, writing: Writing): string => {
  const prototype: unknown = Object.getPrototypeOf(record)
  if (prototype !== Object.prototype && prototype !== null) {
    return refuse(writing, 'is not a plain object')
  }
  // Without a comparison, sort() orders by UTF-16 code units, as RFC 8785 asks.
  const members = Object.keys(record)
    .toSorted()
    .map((key) =>
      within(writing, key, () =>
        writeMember(key, (record as Record<string, unknown>)[key], writing),
      ),
    )
  return `{${members.join(',')}}`
}

const writeMember = (key: string, value: unknown, writing: Writing): string => {
  if (!isWellFormed(key)) return refuse(writing, 'has half of a character in its name')
  if (writing.stored && integer.test(key)) {
    return refuse(writing, 'has a name that looks like an integer, which some readers reorder')
  }
  return `${quoted(key)}:${write(value, writing)}`
}

const within = ({ path }: Writing, step: string, writeIt: () => string): string => {
  path.push(step)
  const text = writeIt()
  path.pop()
  return text
}

const refuse = ({ path, faults }: Writing, detail: string): string => {
  faults.push({ pointer: pointerOf(path), detail })
  return ''
}

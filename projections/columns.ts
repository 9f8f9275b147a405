/** How the values of a row are kept in PostgreSQL: exactly, each as the text that stands for it. */
import { canonicalJson } from '#schemas/canonical-json'
import { compileDecoder, compileEventDecoder } from '#schemas/compile'
import { compileEncoder } from '#schemas/encode'
import {
  type Amount,
  formatDecimal,
  placesOfAmount,
  placesOfQuantity,
} from '#schemas/values/decimal'
import { formatInstant, type Instant, parseInstant } from '#schemas/values/instant'
import { MoneyByAccount, MoneyByCurrency } from '#schemas/values/money'

/**
 * Money is `numeric` without a scale: exact to any number of places, kept as written, and summed and compared
 * by SQL. Never a float. Times are `timestamptz`, exact to the microsecond as ours are.
 */
export type SqlType = 'text' | 'numeric' | 'bigint' | 'boolean' | 'timestamptz' | 'jsonb'

/** A value as the database gives and takes it: canonical text, or null. */
export type Cell = string | null

export interface Column<A> {
  readonly sql: SqlType
  readonly nullable: boolean
  readonly write: (value: A) => Cell
  readonly read: (cell: Cell) => A
}

const required = <A>(
  sql: SqlType,
  write: (value: A) => string,
  read: (text: string) => A,
): Column<A> => ({
  sql,
  nullable: false,
  write,
  read: (cell) => {
    if (cell === null) throw new Error(`a ${sql} column is null where it never may be`)
    return read(cell)
  },
})

/** The same, where there may be none. */
export const optional = <A>(column: Column<A>): Column<A | undefined> => ({
  sql: column.sql,
  nullable: true,
  write: (value) => (value === undefined ? null : column.write(value)),
  read: (cell) => (cell === null ? undefined : column.read(cell)),
})

const grammar = /^(-?)(\d+)(?:\.(\d+))?$/
/** Sums and products may have more digits before the point than any figure of an event. */
const decimalFrom = (text: string, places: number): bigint => {
  const [, sign, integer, fraction = ''] = grammar.exec(text) ?? []
  if (integer === undefined || fraction.length > places) {
    throw new Error(`a numeric column holds ${text}, which is not ours`)
  }
  const magnitude = BigInt(integer + fraction.padEnd(places, '0'))
  return sign === '-' ? -magnitude : magnitude
}
/** As PostgreSQL writes a time in UTC: `2026-01-31 09:30:00.25+00`. */
const instantFrom = (text: string): Instant => {
  const instant = parseInstant(text.replace(' ', 'T').replace('+00', 'Z'))
  if (instant === undefined) throw new Error(`a time column holds ${text}, which is not a time`)
  return instant
}
const numeric = <A extends bigint>(places: number): Column<A> =>
  required<A>(
    'numeric',
    (value) => formatDecimal(value, places),
    (text) => decimalFrom(text, places) as A,
  )

export const text = <A extends string>(): Column<A> =>
  required<A>(
    'text',
    (value) => value,
    (cell) => cell as A,
  )
/** Price, quantity, ratio: 18 places. */
export const decimal18 = <A extends bigint>(): Column<A> => numeric<A>(placesOfQuantity)
/** Amounts of money: 36 places. */
export const decimal36 = <A extends bigint>(): Column<A> => numeric<A>(placesOfAmount)
export const whole: Column<bigint> = required('bigint', String, BigInt)
export const count: Column<number> = required('bigint', String, Number)
export const flag: Column<boolean> = required('boolean', String, (cell) => cell === 'true')
/** One event writes its time into many rows, one after the other: the last text is kept. */
const instantText = (): ((instant: Instant) => string) => {
  let last: Instant | undefined
  let written = ''
  return (instant) => {
    if (instant !== last) {
      written = formatInstant(instant)
      last = instant
    }
    return written
  }
}
export const time: Column<Instant> = required('timestamptz', instantText(), instantFrom)

/** A small structure; what reads it answers undefined where it is not that structure. */
const document = <A>(
  name: string,
  write: (value: A) => string,
  read: (value: unknown) => A | undefined,
): Column<A> =>
  required<A>('jsonb', write, (cell) => {
    const value = read(JSON.parse(cell))
    if (value === undefined) throw new Error(`a ${name} column holds ${cell}`)
    return value
  })

/** By its codec. */
export const json = <A>(codec: Parameters<typeof compileDecoder<A>>[0]): Column<A> =>
  document<A>(codec.name, compileEncoder(codec), compileDecoder(codec))

/** An event with all that it says; its name is in no column, for it is always the same. */
export const eventOf = <Type extends string, Data>({
  type,
  data,
}: {
  readonly type: Type
  readonly data: Parameters<typeof compileDecoder<Data>>[0]
}): Column<{ readonly type: Type } & Data> =>
  document<{ readonly type: Type } & Data>(
    type,
    compileEncoder<Data>(data),
    compileEventDecoder(type, data),
  )

const moneyIn =
  <A>(of: (value: unknown) => A) =>
  (value: unknown): Readonly<Record<string, A>> | undefined =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, of(inner)]))
      : undefined
const amountFrom = (value: unknown): Amount => decimalFrom(String(value), placesOfAmount) as Amount
const moneyFrom = moneyIn(amountFrom)
/** Not by the codecs of events, which bound a figure's digits: these are sums. */
export const moneyByCurrency: Column<MoneyByCurrency> = document(
  'money',
  (money) => canonicalJson(MoneyByCurrency.encode(money)),
  moneyFrom,
)
export const moneyByAccount: Column<MoneyByAccount> = document(
  'books',
  (books) => canonicalJson(MoneyByAccount.encode(books)),
  moneyIn((value) => moneyFrom(value) ?? {}),
)

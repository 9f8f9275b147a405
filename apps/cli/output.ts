/** How answers are shown: a table for people, JSON and CSV for programs. */
import type { Terminal } from './terminal.ts'

export const formats = ['table', 'json', 'csv'] as const
export type Format = (typeof formats)[number]

export type Row = Readonly<Record<string, unknown>>

/** One column: its name, and where its value stands in a row (`fee.amount`), or how it is made of the row. */
export type Column = string | { readonly name: string; readonly of: (row: Row) => unknown }

/** A list in the wanted format. JSON shows the whole rows; table and CSV the columns. */
export const showList = async (
  terminal: Terminal,
  format: Format,
  rows: readonly Row[],
  columns: readonly Column[],
): Promise<void> => {
  switch (format) {
    case 'json':
      return terminal.out(`${JSON.stringify(rows, undefined, 2)}\n`)
    case 'csv':
      return terminal.out(
        csvOf(
          columns.map(nameOf),
          rows.map((row) => cellsOf(row, columns)),
        ),
      )
    case 'table':
      return terminal.out(
        await tableOf(
          terminal,
          columns.map(nameOf),
          rows.map((row) => cellsOf(row, columns).map(shortened)),
        ),
      )
  }
}

/** One object: as a list of its fields for people, as one row for programs. */
export const showOne = async (
  terminal: Terminal,
  format: Format,
  row: Row,
  columns: readonly Column[] = Object.keys(row),
): Promise<void> => {
  if (format === 'json') return terminal.out(`${JSON.stringify(row, undefined, 2)}\n`)
  if (format === 'csv') return showList(terminal, format, [row], columns)
  const fields = columns
    .map((column) => [nameOf(column), cell(valueOf(row, column))] as const)
    .filter(([, value]) => value !== '')
  const width = Math.max(0, ...fields.map(([name]) => name.length))
  terminal.out(
    fields.map(([name, value]) => `${terminal.bold(name.padEnd(width))}  ${value}\n`).join(''),
  )
}

/** Exact amounts have up to 36 decimals; a table has no room for them, and says so. JSON and CSV have them all. */
export const shortened = (text: string): string =>
  // A sentence says its figures in full.
  /[a-z]{3}/.test(text) ? text : text.replace(/(?<![\w.])(-?\d+\.\d{8})\d+(?![\w.])/g, '$1…')

const nameOf = (column: Column): string =>
  typeof column === 'string' ? (column.split('.').at(-1) ?? column) : column.name

const valueOf = (row: Row, column: Column): unknown => {
  if (typeof column !== 'string') return column.of(row)
  return column
    .split('.')
    .reduce<unknown>((value, key) => (isRow(value) ? value[key] : undefined), row)
}
export const isRow = (u: unknown): u is Row =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

const cellsOf = (row: Row, columns: readonly Column[]): readonly string[] =>
  columns.map((column) => cell(valueOf(row, column)))

/** A value in one cell. Money becomes `1.5 USDT`; records keep their order, and one in another stands in parentheses. */
export const cell = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(inner).join(', ')
  if (!isRow(value)) return ''
  if ('code' in value && 'message' in value) return cell(value['message'])
  if ('amount' in value && 'currency' in value) {
    return `${cell(value['amount'])} ${cell(value['currency'])}`
  }
  return Object.entries(value)
    .map(([name, held]) =>
      /^[A-Z0-9]+$/.test(name) ? `${inner(held)} ${name}` : `${name} ${inner(held)}`,
    )
    .join(', ')
}
const inner = (value: unknown): string =>
  isRow(value) && !('amount' in value) ? `(${cell(value)})` : cell(value)

/** RFC 4180. */
export const csvOf = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('')
const quoted = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

const figure = /^-?\d+(\.\d+)?$/

/** Columns without borders; figures stand to the right. */
export const tableOf = async (
  terminal: Pick<Terminal, 'bold'>,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<string> => {
  // Loaded here, so that other formats start without it.
  const { default: Table } = await import('cli-table3')
  const figures = header.map((_, index) =>
    rows.every((row) => figure.test(row[index] ?? '') || (row[index] ?? '') === ''),
  )
  const table = new Table({
    head: header.map((name) => terminal.bold(name)),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: figures.map((right) => (right && rows.length > 0 ? 'right' : 'left')),
  })
  table.push(...rows.map((row) => [...row]))
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`
}
const noBorders = Object.fromEntries(
  [
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].flatMap((names) => names.map((name) => [name, ''])),
)

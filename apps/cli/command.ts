/** What all commands have in common: their options, how they reach the ledger, and how they are explained. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Client, Request } from './client.ts'
import type { ConnectionOptions } from './connection.ts'
import { type Column, type Format, formats, isRow, type Row, showList, showOne } from './output.ts'
import type { Terminal } from './terminal.ts'

export type Told = ConnectionOptions & { readonly output: Format }

/** What a command that reads or writes the ledger is given. */
export interface Errand<Options> {
  readonly terminal: Terminal
  readonly options: Options & Told
  readonly client: Client
  readonly say: (sentence: string) => void
}

/** The options that say which ledger, and how to show what it says. */
export const addressed = (command: Command): Command =>
  command
    .option('--url <address>', 'the ledger, if it is not on this machine')
    .option('--key <key>', 'the API key (DAYBOOK_KEY; else the file key in the data folder)')
    .option('--data <folder>', 'the data folder of a ledger on this machine (DAYBOOK_DATA)')
    .option('--port <port>', 'the port of a ledger on this machine (DAYBOOK_PORT)')
    .addOption(
      new Option('-o, --output <format>', 'how to show the answer')
        .choices(formats)
        .default('table'),
    )

/** A command that asks the ledger. `run` answers the exit code where it is not 0. */
export const asking = <Options>(
  command: Command,
  terminal: Terminal,
  run: (errand: Errand<Options>, ...names: string[]) => Promise<number | undefined | void>,
): Command =>
  addressed(command).action(async (...given: unknown[]) => {
    // Commander gives the arguments, then the options, then the command.
    const options = given.at(-2) as Options & Told
    const names = given
      .slice(0, -2)
      .flat()
      .filter((name) => typeof name === 'string')
    const say = (sentence: string): void => terminal.err(`${sentence}\n`)
    const code = await run(
      { terminal, options, say, client: lazyClient(options, terminal, say) },
      ...names,
    )
    if (code !== undefined) terminal.finish(code)
  })

/** Found when it is first needed: a dry run needs none. */
const lazyClient = (
  options: Told,
  terminal: Terminal,
  say: (sentence: string) => void,
): Client => ({
  send: async (request) => {
    const [{ client }, { findLedger }] = await Promise.all([
      import('./client.ts'),
      import('./connection.ts'),
    ])
    return client({ connection: findLedger(options, terminal), say }).send(request)
  },
})

/** What a list can be narrowed by and how it is paged, as the api names it. */
export interface ListCommand {
  readonly path: string
  readonly columns: readonly Column[]
  readonly filters: readonly string[]
  readonly paged: boolean
}

/** A command that shows a list. */
export const listing = (
  command: Command,
  terminal: Terminal,
  { path, columns, filters, paged }: ListCommand,
): Command => {
  if (paged) {
    command
      .option('--limit <count>', 'how many, 1 to 1000', '100')
      .option('--starting-after <id>', 'what is older than this one')
      .option('--ending-before <id>', 'what is newer than this one')
      .option('--after <position>', 'once what stands in the log up to there is in the list')
  }
  return asking<Readonly<Record<string, string>>>(
    command,
    terminal,
    async ({ options, client, say }) => {
      const page = paged ? ['limit', 'startingAfter', 'endingBefore', 'after'] : []
      const query = Object.fromEntries(
        [...filters, ...page].map((name) => [name, asTime(name, options[name])]),
      )
      const reply = await client.send({ method: 'GET', path, query })
      const rows = rowsOf(reply)
      await showList(terminal, options.output, rows, columns)
      if (rows.length === 0) say('There are none.')
      const last = rows.at(-1)?.['id']
      if (reply['hasMore'] === true && typeof last === 'string') {
        say(`There are more: --starting-after ${last}`)
      }
    },
  )
}
/** A day begins at midnight, UTC. */
const asTime = (name: string, value: string | undefined): string | undefined =>
  (name === 'from' || name === 'to') && value !== undefined && /^\d{4}-\d\d-\d\d$/.test(value)
    ? `${value}T00:00:00Z`
    : value

export const rowsOf = (reply: Row): readonly Row[] =>
  Array.isArray(reply['data']) ? reply['data'].filter(isRow) : []

/** An example that can be pasted, below the options. */
export const example = (command: Command, terminal: Terminal, ...lines: string[]): Command =>
  command.addHelpText(
    'after',
    `\nExample:\n${lines.map((line) => `  ${terminal.calledAs} ${line}\n`).join('')}`,
  )

/** Shows what would be sent, and sends nothing. */
export const showRequest = (terminal: Terminal, request: Request, address = ''): void => {
  const { method, path, body, idempotencyKey, waitSeconds } = request
  const headers = [
    ...(idempotencyKey === undefined ? [] : [`Idempotency-Key: ${idempotencyKey}`]),
    ...(waitSeconds === undefined ? [] : [`Prefer: wait=${String(waitSeconds)}`]),
    ...(body === undefined ? [] : ['Content-Type: application/json']),
  ]
  terminal.out(
    `${[`${method} ${address}${path}`, ...headers].join('\n')}\n` +
      (body === undefined ? '' : `\n${JSON.stringify(body, undefined, 2)}\n`),
  )
  terminal.err('Nothing was sent (--dry-run).\n')
}

/** What every command that writes takes. */
export interface Written {
  readonly idempotencyKey?: string
  readonly dryRun?: boolean
}

/** A command that sends one request: with a key of its own, so that the same again is done once, or only shown. */
export const sending = <Options extends Written>(
  command: Command,
  terminal: Terminal,
  requestOf: (options: Options, ...names: string[]) => Omit<Request, 'idempotencyKey'>,
  show: (errand: Errand<Options>, answer: Row) => Promise<number | void> = showAnswer,
): Command => {
  command
    .option('--idempotency-key <key>', 'a name for this request: the same again is done once')
    .option('--dry-run', 'show the request and send nothing')
  return asking<Options>(command, terminal, async (errand, ...names) => {
    const { options, client, say } = errand
    const asked = requestOf(options, ...names)
    const keyed = asked.method === 'DELETE' ? {} : { idempotencyKey: keyOf(options, say) }
    const request = { ...asked, ...keyed }
    if (options.dryRun === true) return showRequest(terminal, request)
    return show(errand, await client.send(request))
  })
}
const keyOf = ({ idempotencyKey }: Written, say: (sentence: string) => void): string =>
  idempotencyKeyFor(idempotencyKey, say)
const showAnswer = ({ terminal, options }: Errand<Written>, answer: Row): Promise<void> =>
  showOne(terminal, options.output, answer)

/** Whole seconds. */
export const secondsUpTo =
  (most: number) =>
  (text: string): number => {
    if (!/^\d{1,6}$/.test(text) || Number(text) > most) {
      throw new InvalidArgumentError(`It is a whole number of seconds from 0 to ${String(most)}.`)
    }
    return Number(text)
  }

/** What was given, without what was not: the ledger has its own defaults. */
export const given = (fields: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** A key for a request that was given none, said so that it can be used again. */
export const idempotencyKeyFor = (
  chosen: string | undefined,
  say: (sentence: string) => void,
): string => {
  if (chosen !== undefined) return chosen
  const made = crypto.randomUUID()
  say(`Idempotency-Key: ${made}`)
  return made
}

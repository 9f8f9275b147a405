/** `daybook stream`: every event of the ledger as it happens, from any position on, one line each. */
import type { Command } from 'commander'
import type { StreamClient, StreamEnd } from '#adapters/http/stream-client'
import { UsageError } from '#apps/process/failure'
import type { StreamFrame } from '#schemas/api/stream'
import { Refusal } from './client.ts'
import { addressed, example, given, type Told } from './command.ts'
import { cell, csvOf, type Format } from './output.ts'
import type { Terminal } from './terminal.ts'

interface Stream extends Told {
  readonly after?: string
  readonly account?: string
  readonly types?: string
  readonly count?: string
}

export const streamCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('stream')
    .description(
      'Tell what happens as it happens, until Ctrl-C; a line that breaks is taken up again',
    )
    .option('--after <position>', 'from what follows this log position on; else from now')
    .option('--account <id>', 'of this account')
    .option('--types <types>', 'with commas between, such as order,killSwitch.engaged')
    .option('--count <number>', 'end after so many')
  addressed(command).action((options: Stream) => follow(options, terminal))
  example(command, terminal, 'stream', 'stream --after 0 --types order -o json')
}

const whole = (name: string, text: string | undefined): bigint | undefined => {
  if (text === undefined) return undefined
  if (!/^\d{1,18}$/.test(text)) throw new UsageError(`--${name} ${text}: it is a whole number.`)
  return BigInt(text)
}

const follow = async (options: Stream, terminal: Terminal): Promise<void> => {
  const after = whole('after', options.after)
  const count = whole('count', options.count)
  const [{ listenToStream }, { findLedger }] = await Promise.all([
    import('#adapters/http/stream-client'),
    import('./connection.ts'),
  ])
  const { url, key, howToStart } = findLedger(options, terminal)
  const silence = setTimeout(() => {
    terminal.err(`No ledger answers at ${url}; asking again … ${howToStart}\n`)
  }, patienceMs)
  let [told, last] = [0n, after]
  const client = listenToStream({
    urls: [url],
    key,
    ...given({ after, account: options.account, types: options.types }),
    onFrame: (frame, text) => {
      // What had come already when enough was told.
      if (told === count) return
      terminal.out(lineOf(options.output, frame, text))
      told += 1n
      last = BigInt(frame.logPosition)
      if (told === count) client.close()
    },
    onConnection: (state, detail) => {
      clearTimeout(silence)
      if (state === 'disconnected' && told !== count) {
        terminal.err(`The line broke (${detail}); taking it up again …\n`)
      }
    },
  })
  const end = await untilStopped(client).finally(() => clearTimeout(silence))
  if (end._tag === 'Refused') throw new Refusal(`${end.problem.detail} (${end.problem.code})`)
  if (last !== undefined) terminal.err(`Go on with: stream --after ${last.toString()}\n`)
}
const patienceMs = 3_000

const untilStopped = async (client: StreamClient): Promise<StreamEnd> => {
  const stop = (): void => client.close()
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, stop)
  return client.ended.finally(() => {
    for (const signal of signals) process.off(signal, stop)
  })
}

const fields = ['id', 'account', 'symbol', 'side', 'quantity', 'status', 'reason']
const lineOf = (format: Format, { type, logPosition, data }: StreamFrame, text: string): string => {
  if (format === 'json') return `${text}\n`
  const cells = fields.map((name) => cell(data[name]))
  if (format === 'csv') return csvOf([logPosition, type, ...cells], [])
  const line = [logPosition.padStart(8), type.padEnd(22), ...cells.filter((text) => text !== '')]
  return `${line.join('  ').trimEnd()}\n`
}

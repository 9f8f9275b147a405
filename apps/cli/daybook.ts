/** All commands, and what becomes of their mistakes: 0 done, 1 the ledger said no, 2 used wrongly. */
import { Command, CommanderError } from 'commander'
import { errorOf, exitCodes, usageSentence } from '#apps/process/failure'
import { withoutSecrets } from '#apps/process/secrets'
import { version } from '#apps/process/version'
import { completionCommand } from './completion.ts'
import { doctorCommand } from './doctor.ts'
import { accountsCommand } from './accounts.ts'
import { booksCommand } from './books.ts'
import { keysCommand } from './keys.ts'
import {
  balancesCommand,
  fillsCommand,
  instrumentsCommand,
  pnlCommand,
  positionsCommand,
} from './lists.ts'
import { candlesCommand, ticksCommand } from './market.ts'
import { logCommand } from './log-copy.ts'
import { migrateCommand } from './migrate.ts'
import { ordersCommand } from './orders.ts'
import { riskCommand } from './risk.ts'
import { runCommand } from './run-command.ts'
import { statusCommand } from './status.ts'
import { streamCommand } from './stream.ts'
import type { Screen } from './terminal.ts'

const commands = [
  runCommand,
  statusCommand,
  doctorCommand,
  ordersCommand,
  fillsCommand,
  positionsCommand,
  balancesCommand,
  pnlCommand,
  booksCommand,
  accountsCommand,
  instrumentsCommand,
  candlesCommand,
  ticksCommand,
  streamCommand,
  riskCommand,
  keysCommand,
  logCommand,
  migrateCommand,
  completionCommand,
]

/** Runs one command line; answers the exit code. */
export const daybook = async (words: readonly string[], screen: Screen): Promise<number> => {
  let code: number = exitCodes.done
  const terminal = { ...screen, finish: (finished: number) => void (code = finished) }
  const program = new Command('daybook')
    .description('A trading ledger: every order, decision and fill an event that is never altered')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showSuggestionAfterError()
  for (const add of commands) add(program, terminal)
  try {
    await program.parseAsync([...words], { from: 'user' })
    return code
  } catch (error) {
    return codeOf(error, screen)
  }
}

const codeOf = (error: unknown, terminal: Screen): number => {
  // Commander has said what is wrong, or has shown what was asked for.
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usedWrongly
  }
  const sentence = usageSentence(error)
  if (sentence !== undefined) {
    terminal.err(`${sentence}\n`)
    return exitCodes.usedWrongly
  }
  const { name, message, stack } = errorOf(error)
  terminal.err(`${withoutSecrets(name === 'Refusal' ? message : (stack ?? message))}\n`)
  return exitCodes.failed
}

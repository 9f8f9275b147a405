/** `daybook migrate`: brings a PostgreSQL of your own to today's shape. */
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { UsageError } from '#apps/process/failure'
import { settingText } from '#apps/process/secret-files'
import { Refusal } from './client.ts'
import { example } from './command.ts'
import type { Terminal } from './terminal.ts'

interface Options {
  readonly database?: string
}

export const migrateCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('migrate')
    .description('Prepare a PostgreSQL server of your own: schemas, and a role for each app')
    .option('--database <url>', 'which, as its owner (DAYBOOK_DATABASE)')
    .action(async (options: Options) => {
      const url = options.database ?? settingText(terminal.environment, 'DAYBOOK_DATABASE') ?? ''
      if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
        throw new UsageError('Say which: --database postgres://owner:password@host:5432/daybook')
      }
      // Loaded here: nothing else on the command line needs a database.
      const { migrate } = await import('#adapters/postgres/migrate')
      const steps = await migrate(url)
      if (E.isLeft(steps)) throw new Refusal(steps.left.message)
      for (const step of steps.right) terminal.out(`${step}\n`)
      terminal.err(steps.right.length === 0 ? 'It is up to date.\n' : 'It is up to date now.\n')
    })
  example(command, terminal, 'migrate --database postgres://daybook:secret@127.0.0.1:5432/daybook')
}

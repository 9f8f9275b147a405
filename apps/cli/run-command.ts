/** `daybook run`: its options, and what it needs of this process. */
import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from '#apps/process/failure'
import { example } from './command.ts'
import type { RunOptions } from './run/settings.ts'
import type { Terminal } from './terminal.ts'

export const runCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('run')
    .description('Run the whole ledger on this machine until Ctrl-C')
    .option('--data <folder>', 'where everything is kept (DAYBOOK_DATA; ./daybook-data)')
    .option('--port <port>', 'of the api (DAYBOOK_PORT; 8080)')
    .option('--key <key>', 'the first API key (DAYBOOK_KEY; one is made)')
    .option('--log <where>', 'embedded, postgres://… or esdb://… (DAYBOOK_LOG; embedded)')
    .option('--database <url>', 'of the read models (DAYBOOK_DATABASE; embedded)')
    .option(
      '--market <source>',
      'simulated[:seed] or replay:<file>[,<file>…][@speed] (DAYBOOK_MARKET; simulated)',
    )
    .option('--symbols <list>', 'which, with commas between (DAYBOOK_SYMBOLS; all)')
    .option('--venue <venue>', 'where orders go (DAYBOOK_VENUE; paper)')
    .option('--limits <file>', 'the risk limits of a new ledger, as JSON')
    .option('--empty', 'begin a new ledger with a person and a key, and nothing else')
    .action(async (options: RunOptions) => {
      const [{ run }, { runSettings }] = await Promise.all([
        import('./run/run.ts'),
        import('./run/settings.ts'),
      ])
      const settings = runSettings(options, terminal.environment)
      const bundles = bundleFolder()
      const code = await run(settings, {
        out: terminal.out,
        err: terminal.err,
        environment: terminal.environment,
        calledAs: terminal.calledAs,
        programOf: (app) => join(bundles, `${app}.mjs`),
        nodeOptions: ['--enable-source-maps'],
        onSignal: (told) => {
          for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
            process.on(signal, () => told(signal))
          }
        },
      })
      terminal.finish(code)
    })
  example(command, terminal, 'run', 'run --data /tmp/second --port 8081 --market simulated:7')
}

/** The apps lie beside this program, once they are built. */
const bundleFolder = (): string => {
  const program = realpathSync(process.argv[1] ?? '')
  if (program.endsWith('.mjs')) return dirname(program)
  throw new UsageError(
    'The apps are run as they are built: make build, then node build/apps/cli.mjs run',
  )
}

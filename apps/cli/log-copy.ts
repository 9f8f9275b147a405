/** `daybook log copy`: moves a log to another store, and shows that nothing was lost or changed. */
import { type Command, Option } from 'commander'
import { UsageError } from '#apps/process/failure'
import { settingText } from '#apps/process/secret-files'
import { Refusal } from './client.ts'
import { example } from './command.ts'
import { type Format, formats, showOne } from './output.ts'
import { stopping } from './stopping.ts'
import type { Terminal } from './terminal.ts'

interface Options {
  readonly from?: string
  readonly to?: string
  readonly data?: string
  readonly dryRun?: boolean
  readonly verifyOnly?: boolean
  readonly output: Format
}

export const logCommand = (program: Command, terminal: Terminal): void => {
  const group = program.command('log').description('The event log itself')
  const command = group
    .command('copy')
    .description('Copy the log to another store, or go on doing so, and verify every event')
    .option('--from <where>', 'embedded, postgres://… or esdb://… (DAYBOOK_LOG; embedded)')
    .option('--to <where>', 'the same; in PostgreSQL as its owner (DAYBOOK_LOG_TO)')
    .option('--data <folder>', 'the data folder that embedded means (DAYBOOK_DATA)')
    .option('--dry-run', 'say what would be copied, and write nothing')
    .option('--verify-only', 'compare both logs, and write nothing')
    .addOption(
      new Option('-o, --output <format>', 'how to show the answer')
        .choices(formats)
        .default('table'),
    )
    .action(async (options: Options) => {
      if (options.dryRun === true && options.verifyOnly === true) {
        throw new UsageError('--dry-run and --verify-only are two different questions: ask one.')
      }
      await copy(options, terminal)
    })
  example(
    command,
    terminal,
    'log copy --from embedded --to esdb://127.0.0.1:2113?tls=false',
    'log copy --from esdb://127.0.0.1:2113?tls=false --to postgres://daybook:secret@127.0.0.1/daybook',
  )
}

const modeOf = ({ dryRun, verifyOnly }: Options) => {
  if (dryRun === true) return 'tryOut'
  return verifyOnly === true ? 'verify' : 'copy'
}

const copy = async (options: Options, terminal: Terminal): Promise<void> => {
  const { environment, err } = terminal
  const from = options.from ?? (settingText(environment, 'DAYBOOK_LOG') || 'embedded')
  const to = options.to ?? settingText(environment, 'DAYBOOK_LOG_TO') ?? ''
  if (to === '') throw new UsageError('Say where to: --to embedded, postgres://… or esdb://…')
  if (from === to) throw new UsageError('--from and --to are the same log.')
  const [
    { checkPlace, openPatiently },
    { copyLog },
    words,
    { openProgress },
    { watchSource },
    { dataFolder, readKey },
  ] = await Promise.all([
    import('./log-place.ts'),
    import('./log-copying.ts'),
    import('./log-copy-words.ts'),
    import('./log-progress.ts'),
    import('./log-source.ts'),
    import('./run/data-folder.ts'),
  ])
  const folder = dataFolder(
    options.data ?? settingText(environment, 'DAYBOOK_DATA') ?? 'daybook-data',
  )
  const mode = modeOf(options)
  const source = { where: from, option: '--from', folder, isWritten: false } as const
  const target = { where: to, option: '--to', folder, isWritten: mode === 'copy' } as const
  for (const wanted of [source, target]) checkPlace(wanted)
  const stop = stopping()
  const opened: { readonly close: () => Promise<void> }[] = []
  try {
    const first = await openPatiently(source, err)
    opened.push(first)
    const second = await openPatiently(target, err)
    opened.push(second)
    const watched = await watchSource(first.log)
    const progress = await openProgress(first.log, err)
    const end = await copyLog({
      from: watched.log,
      to: second.log,
      mode,
      progress: progress.tell,
      stopping: stop.signal,
    })
    progress.close()
    if (end._tag !== 'Done') throw new Refusal(words.failureWords(end))
    await showEnd(terminal, options, { from: first.name, to: second.name, ...end })
    const isNewFolder = to === 'embedded' && readKey(folder) === undefined
    const isSeen = mode === 'tryOut' || first.use !== 'unknown'
    const use = isSeen ? first.use : await watched.look(end.position, stop.signal)
    const sentences = words.successWords({ ...end, mode, use, isNewFolder })
    for (const sentence of sentences) err(`${sentence}\n`)
  } finally {
    for (const { close } of opened.toReversed()) await close()
    stop.forget()
  }
}

interface Ended {
  readonly from: string
  readonly to: string
  readonly same: number
  readonly added: number
  readonly position: bigint
}
const showEnd = (
  terminal: Terminal,
  options: Options,
  { from, to, same, added, position }: Ended,
): Promise<void> =>
  showOne(terminal, options.output, {
    from,
    to,
    same,
    [modeOf(options) === 'tryOut' ? 'missing' : 'added']: added,
    position: position.toString(),
  })

/** `daybook risk what-if`: what other limits would have made of past intents. */
import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '#apps/process/failure'
import { settingText } from '#apps/process/secret-files'
import { asking, type Errand, example, idempotencyKeyFor } from './command.ts'
import type { Row } from './output.ts'
import type { Terminal } from './terminal.ts'

export interface WhatIfOptions {
  readonly limits?: string
  readonly set: readonly string[]
  readonly proposal?: string
  readonly attach?: boolean
  readonly book: string
  readonly from?: string
  readonly to?: string
  readonly rows: number
  readonly log?: string
  readonly idempotencyKey?: string
}

const rowsUsual = 100
const rowsMost = 10_000

export const whatIfCommand = (risk: Command, terminal: Terminal): void => {
  const command = risk
    .command('what-if')
    .description('Decide past intents again under other limits: which would have gone otherwise')
    .option('--limits <file>', 'a JSON file with the limits that differ from those in force')
    .option('--set <name=value>', 'one of them; again for more', collected, [])
    .option('--proposal <id>', 'the limits that this proposal asks for')
    .option('--attach', 'add what was found to the proposal, for whoever endorses it')
    .option('--book <id>', 'the book', 'main')
    .option('--from <where>', 'the first decision: a log position, or a time (the first of all)')
    .option('--to <where>', 'the last decision, the same (the last of all)')
    .option('--rows <count>', 'how many differences to show one by one', rowsOf, rowsUsual)
    .option('--log <where>', 'embedded, postgres://… or esdb://… (DAYBOOK_LOG; embedded)')
    .option('--idempotency-key <key>', 'a name for what is attached: the same again is done once')
  asking<WhatIfOptions>(command, terminal, run)
  example(
    command,
    terminal,
    'risk what-if --limits tighter.json --from 2026-11-01',
    'risk what-if --set maxOrderNotional=20000 -o json',
    'risk what-if --proposal 6f2c… --attach',
  )
}
const collected = (text: string, before: readonly string[]): readonly string[] => [...before, text]
const rowsOf = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > rowsMost)
    throw new InvalidArgumentError(`It is a whole number from 0 to ${String(rowsMost)}.`)
  return Number(text)
}

const run = async (errand: Errand<WhatIfOptions>): Promise<void> => {
  const { terminal, options } = errand
  const [{ askedOf, findOut }, words] = await Promise.all([
    import('./what-if-run.ts'),
    import('./what-if-words.ts'),
  ])
  const asked = askedOf(options)
  const where = options.log ?? (settingText(terminal.environment, 'DAYBOOK_LOG') || 'embedded')
  const { subject, result } = await findOut(asked, { ...options, where }, terminal)
  await words.showWhatIf(terminal, options.output, subject, result)
  for (const remark of words.remarksOn(subject, result)) errand.say(remark)
  if (options.attach !== true) return
  const shown = await attach(errand, words.assessmentOf(result))
  for (const remark of words.remarksOnAttached(options.proposal ?? '', shown, result))
    errand.say(remark)
}

const attach = async (
  { client, options, say }: Errand<WhatIfOptions>,
  body: Row | undefined,
): Promise<Row> => {
  const { proposal = '' } = options
  if (body === undefined) throw new UsageError('There is nothing to attach.')
  return client.send({
    method: 'POST',
    path: `/v1/risk/proposals/${encodeURIComponent(proposal)}/assessment`,
    body,
    idempotencyKey: idempotencyKeyFor(options.idempotencyKey, say),
  })
}

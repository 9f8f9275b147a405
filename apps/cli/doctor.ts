/** `daybook doctor`: what runs, what does not, why, and what to do about it. */
import type { Command } from 'commander'
import { settingText } from '#apps/process/secret-files'
import { addressed, example, type Told } from './command.ts'
import { showList } from './output.ts'
import { dataFolder, logFileOf, readKey } from './run/data-folder.ts'
import type { Terminal } from './terminal.ts'
import type { Finding } from './finding.ts'
import { ledgerFindings } from './doctor-ledger.ts'
import { folderFindings, nodeFinding, portFinding, processFindings } from './doctor-machine.ts'

export const doctorCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('doctor')
    .description('Look for what is wrong with a ledger; exit code 1 where something is')
  addressed(command).action(async (options: Told) => {
    const findings = await examine(options, terminal)
    await showList(
      terminal,
      options.output,
      findings.map((finding) => ({ todo: '', ...finding })),
      options.output === 'table'
        ? ['check', 'health', 'says']
        : ['check', 'health', 'says', 'todo'],
    )
    for (const { check, health, todo } of findings) {
      if (health !== 'ok' && todo !== undefined) terminal.err(`${check}: ${todo}\n`)
    }
    const count = findings.filter(({ health }) => health === 'wrong').length
    terminal.err(count === 0 ? 'Nothing is wrong.\n' : `${String(count)} wrong.\n`)
    terminal.finish(count === 0 ? 0 : 1)
  })
  example(command, terminal, 'doctor', 'doctor --url https://ledger.example --key dbk_…')
}

/** Every finding, in the order in which one depends on another. */
const examine = async (options: Told, terminal: Terminal): Promise<readonly Finding[]> => {
  const { environment, calledAs } = terminal
  const node = nodeFinding(process.versions.node)
  const given = options.key ?? settingText(environment, 'DAYBOOK_KEY')
  if (options.url !== undefined) {
    const place = { url: options.url.replace(/\/+$/, ''), key: given, logOf: () => undefined }
    return [node, ...(await ledgerFindings(place, Date.now))]
  }
  const named = options.data ?? settingText(environment, 'DAYBOOK_DATA')
  const folder = dataFolder(named ?? 'daybook-data')
  const start = `${calledAs} run${named === undefined ? '' : ` --data ${named}`}`
  const { findings, file } = folderFindings(folder, start)
  if (file === undefined) return [node, ...findings]
  const port = options.port ?? settingText(environment, 'DAYBOOK_PORT')
  const url =
    port === undefined ? (file.url ?? 'http://127.0.0.1:8080') : `http://127.0.0.1:${port}`
  return [
    node,
    ...findings,
    ...processFindings(file, start),
    ...(file.postgresPort === undefined ? [] : [await portFinding('postgres', file.postgresPort)]),
    ...(await ledgerFindings(
      { url, key: given ?? readKey(folder), logOf: (app) => logFileOf(folder, app) },
      Date.now,
    )),
  ]
}

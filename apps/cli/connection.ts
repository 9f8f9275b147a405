/** Finds the ledger that a command is meant for, and the key to it. */
import { UsageError } from '#apps/process/failure'
import { settingText } from '#apps/process/secret-files'
import { dataFolder, readKey, readLedgerFile } from './run/data-folder.ts'
import { stillRuns } from './run/lock.ts'
import type { Terminal } from './terminal.ts'

export interface ConnectionOptions {
  readonly url?: string
  readonly key?: string
  readonly data?: string
  readonly port?: string
}

export interface Connection {
  readonly url: string
  readonly key: string
  /** The supervisor of this ledger lives on this machine: what does not answer now will soon. */
  readonly supervised: boolean
  /** The end of the sentence "no ledger answers at …". */
  readonly howToStart: string
}

const defaultData = 'daybook-data'
const defaultPort = '8080'

/** What is said on the command line wins over the environment, and both over what the data folder says. */
export const findLedger = (options: ConnectionOptions, terminal: Terminal): Connection => {
  const { environment, calledAs } = terminal
  const named = options.data ?? settingText(environment, 'DAYBOOK_DATA')
  const folder = dataFolder(named ?? defaultData)
  const port =
    options.port ??
    (options.data === undefined ? settingText(environment, 'DAYBOOK_PORT') : undefined)
  const remote = options.url !== undefined
  const file = remote ? undefined : readLedgerFile(folder)
  const url = remote ? checkedUrl(options.url ?? '') : localUrl(port, file?.url)
  const key =
    options.key ?? settingText(environment, 'DAYBOOK_KEY') ?? (remote ? undefined : readKey(folder))
  const mark = file?.processes?.find(({ pid }) => pid === file.pid)
  const start = `${calledAs} run${named === undefined ? '' : ` --data ${named}`}`
  const howToStart = remote
    ? 'Is the address right, and is it running?'
    : `Start one with: ${start}`
  if (key === undefined || key === '')
    throw new UsageError(noKey(url, folder.keyFile, start, remote))
  return { url, key, supervised: mark !== undefined && stillRuns(mark), howToStart }
}

const noKey = (url: string, keyFile: string, start: string, remote: boolean): string =>
  remote
    ? `A key is needed for ${url}: give --key, or set DAYBOOK_KEY.`
    : `There is no ledger here: ${keyFile} does not exist. Start one with: ${start}\n` +
      'Or say where it is: --data <folder>, or --url <address> --key <key>.'

const localUrl = (port: string | undefined, written: string | undefined): string => {
  if (port === undefined || port === '') return written ?? `http://127.0.0.1:${defaultPort}`
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`The port is ${port}; it is a whole number from 1 to 65535.`)
  }
  return `http://127.0.0.1:${port}`
}

const checkedUrl = (text: string): string => {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(`--url is ${text}; it looks like http://127.0.0.1:8080.`)
  }
  return text.replace(/\/+$/, '')
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { UsageError } from '#apps/process/failure'
import {
  dataFolder,
  explained,
  firstKey,
  formatVersion,
  prepareFolder,
  readLedgerFile,
  writeLedgerFile,
} from './data-folder.ts'
import { clearLeftovers } from './leftovers.ts'
import { lock, markOf, startOf, stillRuns } from './lock.ts'

describe('a data folder', () => {
  test('is made for its owner alone', () => {
    const folder = dataFolder(join(temporary(), 'deep', 'below'))
    prepareFolder(folder)
    expect(statSync(folder.path).mode & 0o777).toBe(0o700)
    prepareFolder(folder)
  })
  test('that holds something else is refused by name', () => {
    const folder = dataFolder(temporary())
    writeFileSync(join(folder.path, 'holiday.jpg'), '')
    expect(() => prepareFolder(folder)).toThrow(/holds other files \(holiday\.jpg\) and no ledger/)
  })
  test('that a crash left half made is taken as it is', () => {
    const folder = dataFolder(temporary())
    mkdirSync(folder.postgres)
    writeFileSync(`${folder.ledgerFile}.4711`, '{')
    prepareFolder(folder)
  })
  test('that is a file is refused', () => {
    const path = join(temporary(), 'file')
    writeFileSync(path, '')
    expect(() => prepareFolder(dataFolder(path))).toThrow(/is not a folder\. Choose another/)
  })
  test('below a file is refused, to whoever starts it and to whoever looks for it', () => {
    const path = join(temporary(), 'file')
    writeFileSync(path, '')
    const below = dataFolder(join(path, 'data'))
    expect(() => prepareFolder(below)).toThrow(/is not a folder\. Choose another/)
    expect(() => readLedgerFile(dataFolder(path))).toThrow(/file is not a folder\. Choose another/)
  })
  test.runIf(process.platform === 'linux')('where nothing can be made is refused at once', () => {
    expect(() => prepareFolder(dataFolder('/proc/nope/deep'))).toThrow(
      /The data folder \/proc\/nope\/deep cannot be made there/,
    )
  })
  test.each([
    ['ENOSPC', 'lies on a disk that is full'],
    ['EACCES', 'may not be written by this user'],
    ['EROFS', 'read-only'],
  ])('that answers %s is explained', (code, says) => {
    const fail = () => {
      throw Object.assign(new Error(code), { code })
    }
    expect(() => explained(dataFolder('/data'), fail)).toThrow(UsageError)
    expect(() => explained(dataFolder('/data'), fail)).toThrow(says)
  })
})

describe('daybook.json', () => {
  test('is read as it was written, by its owner alone', () => {
    const folder = dataFolder(temporary())
    const file = { formatVersion, version: '1.2.3', url: 'http://127.0.0.1:8080', pid: 1 } as const
    writeLedgerFile(folder, file)
    expect(readLedgerFile(folder)).toStrictEqual(file)
    expect(statSync(folder.ledgerFile).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder.path)).toStrictEqual(['daybook.json'])
  })
  test('that is absent is no error', () => {
    expect(readLedgerFile(dataFolder(temporary()))).toBeUndefined()
  })
  test('of another format is refused with what helps', () => {
    const folder = dataFolder(temporary())
    writeFileSync(folder.ledgerFile, '{"formatVersion":2,"version":"3.0.0"}')
    expect(() => readLedgerFile(folder)).toThrow(
      /has format 2, made by Daybook 3\.0\.0; this build reads format 1\. Start it with that build/,
    )
  })
  test.each(['', '{', '[]', '{"formatVersion":1}'])('that is damaged is refused: %j', (text) => {
    const folder = dataFolder(temporary())
    writeFileSync(folder.ledgerFile, text)
    expect(() => readLedgerFile(folder)).toThrow(/cannot be read as this ledger's state/)
  })
})

describe('the first key', () => {
  test('is made once, kept for its owner alone, and stays', () => {
    const folder = dataFolder(temporary())
    const made = firstKey(folder, undefined)
    expect(made.key).toMatch(/^dbk_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/)
    expect(made.fresh).toBe(true)
    expect(statSync(folder.keyFile).mode & 0o777).toBe(0o600)
    expect(firstKey(folder, undefined)).toStrictEqual({ key: made.key, fresh: false })
    expect(firstKey(folder, another).key).toBe(made.key)
  })
  test('may be given', () => {
    const folder = dataFolder(temporary())
    expect(firstKey(folder, another)).toStrictEqual({ key: another, fresh: true })
    expect(readFileSync(folder.keyFile, 'utf8')).toBe(`${another}\n`)
  })
  test('that is none is refused, and not repeated', () => {
    const folder = dataFolder(temporary())
    expect(() => firstKey(folder, 'hunter2')).toThrow(/is not an API key/)
    expect(() => firstKey(folder, 'hunter2')).not.toThrow(/hunter2/)
  })
})

describe('the lock of a folder', () => {
  test('is given to one, and the next is told who has it', () => {
    const folder = dataFolder(temporary())
    const held = lock(folder)
    expect(held.wasLeftBehind).toBe(false)
    expect(() => lock(folder)).toThrow(
      `in use by daybook run with process id ${String(process.pid)}`,
    )
    held.release()
    lock(folder).release()
    expect(readdirSync(folder.path)).toStrictEqual([])
  })
  test('of a process that is gone is taken over, and that is known', async () => {
    const folder = dataFolder(temporary())
    writeFileSync(folder.lockFile, JSON.stringify(await goneProcess()))
    const held = lock(folder)
    expect(held.wasLeftBehind).toBe(true)
    expect(() => lock(folder)).toThrow('in use')
    held.release()
  })
  test('of a process whose number is now somebody else’s is taken over', () => {
    const folder = dataFolder(temporary())
    writeFileSync(folder.lockFile, JSON.stringify({ pid: process.pid, started: 'another boot:1' }))
    expect(lock(folder).wasLeftBehind).toBe(true)
  })
  test.each(['', '{"pid":'])(
    'that was half written when the machine went down is taken over: %j',
    (text) => {
      const folder = dataFolder(temporary())
      writeFileSync(folder.lockFile, text)
      lock(folder).release()
    },
  )
})

describe('a process', () => {
  test('is known by its number and its beginning', async () => {
    expect(stillRuns(markOf('me', process.pid))).toBe(true)
    expect(stillRuns({ name: 'me', pid: process.pid, started: 'another boot:1' })).toBe(false)
    expect(stillRuns(await goneProcess())).toBe(false)
    expect(startOf(2 ** 30)).toBeUndefined()
  })
  test('that a killed run left behind is ended, and no other', async () => {
    const frozen = spawn('sleep', ['1000'], { stdio: 'ignore' })
    const other = spawn('sleep', ['1000'], { stdio: 'ignore' })
    const ended = once(frozen, 'exit')
    const mark = markOf('gateway', frozen.pid ?? 0)
    const stranger = { ...markOf('api', other.pid ?? 0), started: 'another boot:1' }
    process.kill(frozen.pid ?? 0, 'SIGSTOP')
    const file = { formatVersion, version: '0', processes: [mark, stranger] } as const
    const file1 = { ...file, processes: [...file.processes] }
    expect(
      await clearLeftovers(file1, (ms) => new Promise((go) => setTimeout(go, ms))),
    ).toStrictEqual(['gateway'])
    await ended
    expect(other.exitCode).toBeNull()
    other.kill()
    await once(other, 'exit')
  })
})

const another = `dbk_abcdefgh_${'A'.repeat(43)}`

const goneProcess = async () => {
  const child = spawn('true', { stdio: 'ignore' })
  const mark = markOf('gone', child.pid ?? 0)
  await once(child, 'exit')
  return mark
}

const made: string[] = []
const temporary = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'daybook-folder-'))
  made.push(path)
  return path
}
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true })
})

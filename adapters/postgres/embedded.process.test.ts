/** The embedded server where it is hard: killed, left over, in the way, on folders that will not do. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type EmbeddedPostgres, type EmbeddedSettings, startEmbeddedPostgres } from './embedded.ts'
import { isAlive } from './embedded-postmaster.ts'
import { hostOf } from './embedded-socket.ts'

let template: string
let place: string
let started: EmbeddedPostgres[] = []
const temporary = (): string => mkdtempSync(join(tmpdir(), 'daybook-test-'))
/** With owners, modes and times. */
const copy = (from: string, to: string): void => {
  expect(spawnSync('cp', ['-a', from, to]).status).toBe(0)
}
beforeAll(async () => {
  template = join(temporary(), 'postgres')
  const made = await startEmbeddedPostgres({ folder: template, disposable: true })
  if (E.isLeft(made)) throw new Error(made.left.message)
  await made.right.stop()
})
afterAll(() => {
  rmSync(dirname(template), { recursive: true, force: true })
})
beforeEach(() => {
  // 0700, as a home folder: as root the server's own user may not look into it.
  place = temporary()
  copy(template, join(place, 'postgres'))
})
afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()))
  started = []
  rmSync(place, { recursive: true, force: true })
})

const start = async (settings: Partial<EmbeddedSettings> = {}) => {
  const server = await startEmbeddedPostgres({
    folder: join(place, 'postgres'),
    disposable: true,
    ...settings,
  })
  if (E.isRight(server)) started.push(server.right)
  return server
}
const running = async (settings: Partial<EmbeddedSettings> = {}): Promise<EmbeddedPostgres> => {
  const server = await start(settings)
  if (E.isLeft(server)) throw new Error(server.left.message)
  return server.right
}
const ask = async (url: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return rows
  } finally {
    await client.end()
  }
}

test('it is durable, answers on this machine alone, and only to its password', async () => {
  const server = await running()
  const settings = await ask(
    server.url(),
    `select name, setting from pg_settings where name in
       ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'unix_socket_permissions', 'data_checksums')`,
  )
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toStrictEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    listen_addresses: '127.0.0.1',
    unix_socket_permissions: '0700',
    data_checksums: 'on',
  })
  for (const host of [
    hostOf(join(place, 'postgres'), server.port),
    hostOf(undefined, server.port),
  ]) {
    const url = (password: string): string => `postgres://daybook:${password}@${host}/daybook`
    expect(await ask(url(server.password()), 'select 1 as one')).toStrictEqual([{ one: 1 }])
    await expect(ask(url('wrong'), 'select')).rejects.toMatchObject({ code: '28P01' })
  }
  expect(statSync(join(place, 'postgres/password')).mode & 0o777).toBe(0o600)
  expect(statSync(join(place, 'postgres')).mode & 0o777).toBe(0o700)
})

/** The address that a session was reached at; null is the socket's. */
const reachedAt = async ({ url }: EmbeddedPostgres): Promise<unknown> =>
  (await ask(url(), 'select host(inet_server_addr()) as at'))[0]?.['at']

test('it is reached by its socket, whatever its folder is called', async () => {
  const folder = join(place, `its, "o'wn" %41 @ ö`)
  renameSync(join(place, 'postgres'), folder)
  expect(await reachedAt(await running({ folder }))).toBeNull()
})

test('where the path is too long for a socket it is reached by the loopback', async () => {
  const folder = join(place, 'f'.repeat(100))
  renameSync(join(place, 'postgres'), folder)
  const server = await running({ folder })
  expect(server.url()).toContain(`@127.0.0.1:${String(server.port)}/`)
  expect(await reachedAt(server)).toBe('127.0.0.1')
})

test('where no socket can be made it starts all the same, on the same port', async () => {
  const server = await running()
  await server.stop()
  mkdirSync(join(place, `postgres/.s.PGSQL.${String(server.port)}/kept`), { recursive: true })
  const again = await running({ port: server.port })
  expect(again.port).toBe(server.port)
  expect(await reachedAt(again)).toBe('127.0.0.1')
})

test('what a killed server leaves of its socket is in nobody’s way', async () => {
  const server = await running()
  process.kill(server.pid, 'SIGKILL')
  await server.ended
  const lock = join(place, `postgres/.s.PGSQL.${String(server.port)}.lock`)
  const lines = readFileSync(lock, 'utf8').split('\n')
  // Somebody else has got that pid.
  writeFileSync(lock, [String(process.ppid), ...lines.slice(1)].join('\n'))
  const again = await running({ port: server.port })
  expect(again.url()).toBe(server.url())
  expect(await reachedAt(again)).toBeNull()
})

test('it stops, stops again, and has stopped also when it was killed', async () => {
  const server = await running()
  process.kill(server.pid, 'SIGKILL')
  await server.ended
  expect(await server.stop()).toBe('clean')
  const again = await running()
  expect(again.pid).not.toBe(server.pid)
  expect(await again.stop()).toBe('clean')
  expect(await again.stop()).toBe('clean')
  expect(isAlive(again.pid)).toBe(false)
})

test('one that does not stop is killed, and what was committed is there afterwards', async () => {
  const server = await running()
  await ask(server.url(), 'create table kept (n integer)')
  process.kill(server.pid, 'SIGSTOP')
  expect(await server.stop(100)).toBe('killed')
  const again = await running()
  expect(await ask(again.url(), 'select * from kept')).toStrictEqual([])
})

test('one that was left over is stopped before a new one starts', async () => {
  const left = await running()
  const server = await running()
  expect(isAlive(left.pid)).toBe(false)
  expect(await left.ended).toContain('fast shutdown')
  expect(await ask(server.url(), 'select 1 as one')).toStrictEqual([{ one: 1 }])
})

test('a stranger who has got the old pid is left alone', async () => {
  const server = await running()
  const lock = join(place, 'postgres/data/postmaster.pid')
  const lines = readFileSync(lock, 'utf8').split('\n')
  process.kill(server.pid, 'SIGKILL')
  await server.ended
  // Our own parent stands for any other process of this machine.
  const stranger = process.ppid
  writeFileSync(lock, [String(stranger), ...lines.slice(1)].join('\n'))
  const again = await running()
  expect(isAlive(stranger)).toBe(true)
  expect(await ask(again.url(), 'select 1 as one')).toStrictEqual([{ one: 1 }])
})

test("a copy of another server's folder does not stop that server", async () => {
  const original = await running()
  copy(join(place, 'postgres'), join(place, 'copy'))
  const other = await running({ folder: join(place, 'copy') })
  expect(isAlive(original.pid)).toBe(true)
  for (const { url } of [original, other]) {
    expect(await ask(url(), 'select 1 as one')).toStrictEqual([{ one: 1 }])
  }
})

test('two run beside each other, and a port that is taken is not fought for', async () => {
  copy(template, join(place, 'second'))
  const first = await running()
  const second = await running({ folder: join(place, 'second'), port: first.port })
  expect(second.port).not.toBe(first.port)
  expect(await ask(first.url(), 'select 1 as one')).toStrictEqual([{ one: 1 }])
  await second.stop()
  const blocker = createServer().listen(second.port, '127.0.0.1')
  const third = await running({ folder: join(place, 'second'), port: second.port })
  expect(third.port).not.toBe(second.port)
  blocker.close()
})

test('the folder of another PostgreSQL is refused, with what to do', async () => {
  writeFileSync(join(place, 'postgres/data/PG_VERSION'), '15\n')
  const refused = await start()
  expect(refused).toMatchObject(E.left({ _tag: 'OtherPostgresVersion' }))
  const message = E.isLeft(refused) ? refused.left.message : ''
  expect(message).toMatch(/made by PostgreSQL 15; .* brings PostgreSQL 18.*pg_upgrade/)
})

test('a file where the folder should be is refused in words', async () => {
  writeFileSync(join(place, 'file'), '')
  expect(await start({ folder: join(place, 'file/postgres') })).toMatchObject(
    E.left({ _tag: 'FolderUnusable' }),
  )
})

test('a lost password is asked back, not made anew', async () => {
  rmSync(join(place, 'postgres/password'))
  expect(await start()).toMatchObject(
    E.left({ _tag: 'FolderUnusable', message: expect.stringContaining('Put it back') as string }),
  )
})

test('what was half made when it was killed is made anew', async () => {
  renameSync(join(place, 'postgres/data'), join(place, 'postgres/data.new'))
  rmSync(join(place, 'postgres/data.new/global'), { recursive: true })
  const server = await running()
  expect(await ask(server.url(), 'select 1 as one')).toStrictEqual([{ one: 1 }])
})

/** A small program that starts a server and stops it, run as another user. */
const asUser = (uid: number, gid: number, folder: string): string => {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('embedded.ts', import.meta.url).href)}
    const server = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)}, disposable: true })
    if (server._tag === 'Left') console.log(server.left._tag + ': ' + server.left.message)
    else console.log('ready ' + (await server.right.stop()))`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { uid, gid, encoding: 'utf8', env: { TMPDIR: place, HOME: place } },
  )
  return stdout.trim() || stderr
}

const [uid, gid] = [65_534, 65_534]
/** From a checkout below a folder of root's own an ordinary user cannot start anything. */
const mayReadUs = (): boolean =>
  process.getuid?.() === 0 &&
  spawnSync(
    process.execPath,
    ['-e', `require('fs').accessSync(${JSON.stringify(import.meta.filename)})`],
    {
      uid,
      gid,
      cwd: '/',
    },
  ).status === 0

test.runIf(mayReadUs())('an ordinary user starts it too, where he may write', () => {
  chmodSync(place, 0o777)
  expect(asUser(uid, gid, join(place, 'his/postgres'))).toBe('ready clean')
  mkdirSync(join(place, 'ours'), { mode: 0o755 })
  expect(asUser(uid, gid, join(place, 'ours/postgres'))).toMatch(
    /^FolderUnusable: .*cannot be written .*--data/,
  )
})

test.runIf(process.getuid?.() === 0)('a full disk is said to be full', async () => {
  const small = join(place, 'small')
  mkdirSync(small)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small])
  // Where this may not be mounted (a container), there is nothing to see.
  if (mounted.status !== 0) return
  try {
    expect(await start({ folder: join(small, 'postgres') })).toMatchObject(
      E.left({ _tag: 'FolderUnusable', message: expect.stringContaining('is full') as string }),
    )
  } finally {
    spawnSync('umount', [small])
  }
})

test('it lives in its own process group, out of reach of Ctrl-C', async () => {
  const server = await running()
  const [, , , , group] = readFileSync(`/proc/${String(server.pid)}/stat`, 'utf8').split(' ')
  expect(group).toBe(String(server.pid))
})

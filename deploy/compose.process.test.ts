/** docker-compose.yml without Docker: every service of the profile `live` by hand, in order, until all are healthy. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#adapters/postgres/embedded'
import { type DoubleProcess, startDouble } from '#adapters/testing/eventstore-double/process'
import { freePort } from '#apps/demo/ledger'
import { until } from '#apps/testing/processes'
import { type Container, healthOf, mountSecrets, type Place, startContainer } from './by-hand.ts'
import { readCompose, root } from './compose.ts'

const { services } = readCompose()
const inLive = Object.entries(services).filter(
  ([, { image, profiles }]) => image === 'daybook:local' && profiles?.includes('live'),
)
const apps = inLive.filter(([name]) => name !== 'migrate')

const folder = mkdtempSync(join(tmpdir(), 'daybook-compose-'))
const running = new Map<string, Container>()
let postgres: EmbeddedPostgres
let double: DoubleProcess
let place: Place
let apiPort: string

/** As the first step of the README: fresh secrets, by the very script. */
const writeSecrets = (): string => {
  mkdirSync(join(folder, 'deploy'))
  copyFileSync(join(root, 'deploy/secrets.sh'), join(folder, 'deploy/secrets.sh'))
  const { status, stdout } = spawnSync('bash', [join(folder, 'deploy/secrets.sh')], {
    encoding: 'utf8',
  })
  expect({ status, stdout }).toStrictEqual({
    status: 0,
    stdout: ['log_url', 'postgres_password', 'database_url', 'first_key']
      .map((name) => `wrote deploy/secrets/${name}\n`)
      .join(''),
  })
  return join(folder, 'deploy/secrets')
}

beforeAll(async () => {
  // The container's own folder is entered by a user who is not this one.
  spawnSync('chmod', ['755', folder])
  const secrets = writeSecrets()
  const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), disposable: true })
  if (E.isLeft(server)) throw new Error(server.left.message)
  postgres = server.right
  const client = new pg.Client({ connectionString: postgres.url() })
  await client.connect()
  const password = readFileSync(join(secrets, 'postgres_password'), 'utf8')
  await client.query(`alter role daybook password ${pg.escapeLiteral(password)}`)
  await client.end()
  double = await startDouble(join(folder, 'events.jsonl'))
  const [hub, paper, api] = [await freePort(), await freePort(), await freePort()].map(String)
  apiPort = api ?? ''
  place = {
    folder,
    secrets: join(folder, 'run/secrets'),
    addresses: new Map([
      ['eventstore:2113', double.url().replace(/^esdb:\/\/|\?.*$/g, '')],
      ['postgres:5432', `127.0.0.1:${String(postgres.port)}`],
      ...['market-data:7001', '0.0.0.0:7001'].map(
        (there) => [there, `127.0.0.1:${hub ?? ''}`] as const,
      ),
      ...['paper-venue:7002', '0.0.0.0:7002'].map(
        (there) => [there, `127.0.0.1:${paper ?? ''}`] as const,
      ),
      ['0.0.0.0', '127.0.0.1'],
    ]),
  }
  mountSecrets(secrets, place)
})
afterAll(async () => {
  for (const { child } of running.values()) child.kill('SIGKILL')
  await postgres.stop()
  await double.stop()
  spawnSync('chmod', ['-R', 'u+w', folder])
  rmSync(folder, { recursive: true, force: true })
})

const started = async (
  name: string,
  own: Readonly<Record<string, string>> = {},
): Promise<Container> => {
  const service = services[name]
  if (service === undefined) throw new Error(`there is no service ${name}`)
  const ports = { DAYBOOK_HEALTH_PORT: String(await freePort()) }
  const container = startContainer(name, service, place, { ...ports, ...own })
  running.set(name, container)
  return container
}
const stopped = async (container: Container): Promise<number | string> => {
  container.child.kill('SIGTERM')
  const code = await container.ended
  running.delete(container.name)
  return code
}
const untilHealthy = async (container: Container): Promise<void> => {
  let says = ''
  const isHealthy = async (): Promise<boolean> => {
    says = await healthOf(container)
    if (container.child.exitCode !== null) throw new Error(`${container.name}: ${container.said()}`)
    return says === 'healthy'
  }
  await until(`${container.name} to be healthy`, isHealthy, 40_000).catch((cause: unknown) => {
    throw new Error(`${container.name} says: ${says}\n${container.said()}`, { cause })
  })
}

/** The order that the hosted run places, word for word. */
const hostedOrder = (): readonly string[] => {
  const { jobs } = parse(readFileSync(join(root, '.github/workflows/ci.yml'), 'utf8')) as {
    readonly jobs: { readonly image: { readonly steps: readonly { readonly run?: string }[] } }
  }
  const run = jobs.image.steps
    .map((step) => step.run ?? '')
    .find((text) => text.includes('orders place'))
  const [, command = ''] = /\bapi node (build\/apps\/cli\.mjs .*)/.exec(run ?? '') ?? []
  return command.trim().replace('127.0.0.1:8080', `127.0.0.1:${apiPort}`).split(' ')
}

describe('the profile live, by hand', () => {
  test('migrate prepares the database and ends', async () => {
    const migrate = await started('migrate')
    expect({ code: await migrate.ended, said: migrate.said() }).toMatchObject({ code: 0 })
    running.delete('migrate')
    const again = startContainer('migrate-again', services['migrate'] ?? {}, place, {})
    expect(await again.ended).toBe(0)
    expect(again.said()).toBe('It is up to date.\n')
  })
  test('every app becomes healthy, and an order is filled', async () => {
    for (const [name] of apps) await started(name, name === 'api' ? { DAYBOOK_PORT: apiPort } : {})
    await Promise.all([...running.values()].map(untilHealthy))
    // Within the container of the api, whose key is a file.
    const order = spawnSync(process.execPath, hostedOrder(), {
      cwd: root,
      env: running.get('api')?.environment,
      encoding: 'utf8',
    })
    expect(order).toMatchObject({ status: 0 })
    expect(order.stdout).toMatch(/^status +filled$/m)
  })
  test('each ends in order when it is told to, and has written to its volume alone', async () => {
    const containers = [...running.values()]
    const codes = await Promise.all(
      containers.map(async (container) => [container.name, await stopped(container)] as const),
    )
    expect(codes).toStrictEqual(apps.map(([name]) => [name, 0]))
    for (const { name, strays } of containers) expect(strays(), name).toStrictEqual([])
    expect(readdirSync(join(folder, 'market-data/data'))).not.toStrictEqual([])
  })
})

test('the profile backtest: a ledger of its own in one container, on a recorded market', async () => {
  const port = String(await freePort())
  const { backtest } = services
  if (backtest === undefined) throw new Error('there is no back-test')
  const command = (backtest.command ?? []).map((word) => (word === '8080' ? port : word))
  const container = startContainer('backtest', { ...backtest, command }, place, {
    DAYBOOK_HEALTH_PORT: port,
    DAYBOOK_MARKET: 'simulated:7',
  })
  running.set('backtest', container)
  await untilHealthy(container)
  expect(await stopped(container)).toBe(0)
  expect(container.said()).toContain('Daybook is ready')
  expect(container.strays()).toStrictEqual([])
})

test('nothing is imported that the image leaves out', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  const files = readdirSync(join(root, 'build'), { recursive: true, encoding: 'utf8' })
  const imported = files
    .filter((path) => path.endsWith('.mjs'))
    .flatMap((path) => [
      ...readFileSync(join(root, 'build', path), 'utf8').matchAll(
        /\b(?:from|import|import\()\s*"([@a-z][\w@./:-]*)"/g,
      ),
    ])
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    )
  const builtIn = new Set(['crypto', 'fs', 'path', 'process', 'url', 'util'])
  const missing = [...new Set(imported)].filter(
    (name) => !(name in dependencies) && !builtIn.has(name),
  )
  expect(imported.length).toBeGreaterThan(10)
  expect(missing).toStrictEqual([])
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCompose, root, type Service } from './compose.ts'

const { services, networks, volumes, secrets } = readCompose()
const entries = Object.entries(services)
const appServices = entries.filter(([, { image }]) => image === 'daybook:local')
const processes = appServices.filter(([name]) => name !== 'migrate')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

const profileOf = (profile: string): readonly string[] =>
  entries.filter(([, { profiles }]) => profiles?.includes(profile)).map(([name]) => name)

describe('the profiles', () => {
  const apps = ['api', 'risk-guard', 'gateway', 'projector', 'market-data', 'paper-venue']
  test.each([
    ['live', ['eventstore', 'postgres', 'migrate', ...apps]],
    [
      'cluster',
      [
        'certificates',
        'eventstore-1',
        'eventstore-2',
        'eventstore-3',
        'postgres',
        'migrate',
        ...apps,
      ],
    ],
    ['backtest', ['backtest']],
    ['both', ['eventstore', 'postgres', 'migrate', ...apps, 'backtest']],
  ])('%s starts these', (profile, names) => {
    expect([...profileOf(profile)].sort()).toStrictEqual([...names].sort())
  })
  test('nothing starts without one', () => {
    expect(entries.filter(([, { profiles }]) => (profiles ?? []).length === 0)).toStrictEqual([])
  })
})

describe('every app', () => {
  /** Long-running programs: what has a main and is neither a tool for people nor a demonstration. */
  const programs = readdirSync(join(root, 'apps'))
    .filter((name) => existsSync(join(root, 'apps', name, 'main.ts')))
    .filter((name) => !['cli', 'demo'].includes(name))
  test('is a service of its own, run by its own entry point', () => {
    const run = processes.map(([name, { command }]) => [name, command])
    expect(new Map(run as [string, string[]][])).toStrictEqual(
      new Map(programs.map((name) => [name, [`build/apps/${name}.mjs`]])),
    )
  })
  test.each(processes)(
    '%s is closed: no writing, no rights, no way to more of them',
    (_, service) => {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        restart: 'unless-stopped',
      })
    },
  )
  test.each(processes)('%s waits for the database to have its shape', (_, service) => {
    expect(service.depends_on?.['migrate']).toStrictEqual({
      condition: 'service_completed_successfully',
    })
  })
  test.each(appServices)('%s has only settings that the README explains', (_, service) => {
    const names = Object.keys(service.environment ?? {}).map((name) => name.replace(/_FILE$/, ''))
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toStrictEqual([])
  })
  test.each(appServices)(
    '%s reads each secret that it has, and has each that it reads',
    (_, service) => {
      const read = Object.values(service.environment ?? {})
        .filter((value) => value.startsWith('/run/secrets/'))
        .map((value) => value.slice('/run/secrets/'.length))
      expect(read.sort()).toStrictEqual([...(service.secrets ?? [])].sort())
    },
  )
})

test('what a service waits for is in each of its profiles, or is not required', () => {
  const broken = entries.flatMap(([name, { depends_on: needs, profiles }]) =>
    Object.entries(needs ?? {}).flatMap(([needed, { required }]) => {
      const there = services[needed]?.profiles ?? []
      const missing = (profiles ?? []).filter((profile) => !there.includes(profile))
      return services[needed] === undefined || (missing.length > 0 && required !== false)
        ? [`${name} needs ${needed}`]
        : []
    }),
  )
  expect(broken).toStrictEqual([])
})

test('what is waited for until it is healthy can say so', () => {
  const waitedFor = entries.flatMap(([, { depends_on: needs }]) =>
    Object.entries(needs ?? {}).flatMap(([name, { condition }]) =>
      condition === 'service_healthy' ? [name] : [],
    ),
  )
  const silent = waitedFor.filter((name) => services[name]?.healthcheck?.test === undefined)
  expect(silent).toStrictEqual([])
})

const namesOf = (part: Service['networks']): readonly string[] =>
  part instanceof Array ? part : Object.keys(part ?? {})

test('networks, volumes and secrets are those that are declared, and all are used', () => {
  const used = (part: 'networks' | 'secrets') =>
    [...new Set(entries.flatMap(([, service]) => namesOf(service[part])))].sort()
  expect(used('networks')).toStrictEqual(Object.keys(networks).sort())
  expect(used('secrets')).toStrictEqual(Object.keys(secrets).sort())
  const named = entries.flatMap(([, service]) =>
    (service.volumes ?? []).flatMap((volume) =>
      typeof volume === 'string' ? [volume.split(':')[0] ?? ''] : [],
    ),
  )
  expect([...new Set(named)].sort()).toStrictEqual(Object.keys(volumes).sort())
})

test('only the api and the back-test can be reached, and only from this machine', () => {
  const reached = entries.filter(([, { ports }]) => ports !== undefined)
  expect(reached.map(([name]) => name)).toStrictEqual(['api', 'backtest'])
  for (const [, { ports }] of reached) {
    for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  }
  expect(networks['ledger']?.internal).toBe(true)
})

test('an image is built by one service alone, whom all that run it wait for', () => {
  for (const image of ['daybook:local', 'daybook-standalone:local']) {
    const users = entries.filter(([, service]) => service.image === image)
    const [builder, ...others] = users.filter(([, { build }]) => build !== undefined)
    expect(others).toStrictEqual([])
    for (const [name, { depends_on: needs, pull_policy: pulls }] of users) {
      if (name === builder?.[0]) continue
      expect(needs, name).toHaveProperty(builder?.[0] ?? '')
      // It is in no registry.
      expect(pulls, name).toBe('never')
    }
  }
})

describe('the nodes of the cluster', () => {
  const nodes = entries.filter(([name]) => /^eventstore-\d$/.test(name))
  const volumeAt = (service: Service, target: string): string | undefined =>
    (service.volumes ?? []).flatMap((volume) => {
      const [source, at] = typeof volume === 'string' ? volume.split(':') : []
      return at === target && source !== undefined ? [source] : []
    })[0]
  const script = readFileSync(join(root, 'deploy/certificates.sh'), 'utf8')

  test.each(nodes)(
    '%s replicates at an address of its own, which its certificate names',
    (name, service) => {
      const own = (service.networks as Record<string, { ipv4_address?: string }>)['nodes']
      const address = service.environment?.['EVENTSTORE_REPLICATION_IP']
      expect(address).toBe(own?.ipv4_address)
      expect(address).toBe(`172.30.240.1${name.slice(-1)}`)
      expect(script).toContain('127.0.0.1,172.30.240.1$node')
      expect(networks['nodes']?.ipam?.config).toStrictEqual([{ subnet: '172.30.240.0/24' }])
      expect(service.environment?.['EVENTSTORE_NODE_HOST_ADVERTISE_AS']).toBe(name)
      expect(script).toContain('localhost,eventstore-$node')
    },
  )
  test('each asks the other two for the cluster', () => {
    const addresses = nodes.map(([, { environment }]) => environment?.['EVENTSTORE_REPLICATION_IP'])
    const seeds = nodes.map(([, { environment }]) => environment?.['EVENTSTORE_GOSSIP_SEED'])
    expect(seeds).toStrictEqual(
      addresses.map((own) =>
        addresses
          .filter((address) => address !== own)
          .map((address) => `${address ?? ''}:2113`)
          .join(','),
      ),
    )
  })
  test('no key of a node, nor of who signs them, is in reach of anybody else', () => {
    const keys = nodes.map(([, service]) => volumeAt(service, '/certificates/node'))
    expect(new Set(keys).size).toBe(nodes.length)
    for (const key of [...keys, 'authority-key']) {
      const users = entries.filter(([, { volumes: mounted }]) =>
        (mounted ?? []).some(
          (volume) => typeof volume === 'string' && volume.startsWith(`${key}:`),
        ),
      )
      const owner = nodes.find((_, index) => keys[index] === key)?.[0]
      expect(users.map(([name]) => name)).toStrictEqual(
        owner === undefined ? ['certificates'] : ['certificates', owner],
      )
    }
  })
  test.each(processes)('%s reads whom to trust, and cannot change it', (_, service) => {
    expect(service.volumes).toContain('authority:/certificates/ca:ro')
  })
})

test('each image has a version of its own', () => {
  for (const [, { image }] of entries) expect(image).toMatch(/^[a-z0-9./-]+:(?!latest$)[\w.-]+$/)
})

test('no secret stands in the file: each is a file that the script writes and git ignores', () => {
  const script = readFileSync(join(root, 'deploy/secrets.sh'), 'utf8')
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n')
  for (const [name, { file }] of Object.entries(secrets)) {
    expect(file).toBe(`./deploy/secrets/${name}`)
    expect(script).toContain(`keep ${name}`)
  }
  expect(ignored).toContain('deploy/secrets')
})

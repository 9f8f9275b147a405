/** Which apps a ledger on one machine consists of, and what each of them is told. */
import type { AppName } from '#schemas/writers'

/** In the order in which they are stopped: first what takes orders, last what the others stand on. */
export const stopOrder = [
  'api',
  'risk-guard',
  'gateway',
  'projector',
  'paper-venue',
  'market-data',
] as const satisfies readonly AppName[]
export type ChildName = (typeof stopOrder)[number]

/** What `daybook run` was asked for. */
export interface RunSettings {
  readonly data: string
  readonly port: number
  readonly key: string | undefined
  /** `embedded`, or the address of a PostgreSQL server or an EventStoreDB. */
  readonly log: string
  readonly database: string | undefined
  readonly market: string
  readonly symbols: string | undefined
  readonly venue: string
  readonly limits: string | undefined
  readonly empty: boolean
}

export interface Places {
  readonly hub: string
  readonly paper: string
  readonly healthPorts: Readonly<Record<ChildName, number>>
  readonly log: (app: ChildName) => string
  readonly database: (app: ChildName) => string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Of our own environment only what a program needs to run, and settings of ours that are no secret. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'NODE_EXTRA_CA_CERTS']
const kept = (own: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(own).flatMap(([name, value]) =>
      value !== undefined &&
      (inherited.includes(name) || (name.startsWith('DAYBOOK_') && !secret.has(name)))
        ? [[name, value]]
        : [],
    ),
  )
const secret = new Set(
  ['DAYBOOK_KEY', 'DAYBOOK_LOG', 'DAYBOOK_DATABASE'].flatMap((name) => [name, `${name}_FILE`]),
)

/** What only some of them may know. */
const own = (
  app: ChildName,
  settings: RunSettings,
  key: string,
): Readonly<Record<string, string | undefined>> => {
  switch (app) {
    case 'api':
      return {
        DAYBOOK_PORT: String(settings.port),
        DAYBOOK_KEY: key,
        DAYBOOK_LIMITS: settings.limits,
        DAYBOOK_EMPTY: settings.empty ? 'yes' : undefined,
      }
    case 'market-data':
      return { DAYBOOK_SYMBOLS: settings.symbols, DAYBOOK_DATA: settings.data }
    case 'risk-guard':
    case 'gateway':
    case 'projector':
    case 'paper-venue':
      return {}
  }
}

export const environmentOf = (
  app: ChildName,
  settings: RunSettings,
  places: Places,
  key: string,
  from: Environment,
): Readonly<Record<string, string>> => {
  const told = {
    ...own(app, settings, key),
    DAYBOOK_MARKET: settings.market,
    DAYBOOK_VENUE: settings.venue,
    DAYBOOK_LOG: places.log(app),
    DAYBOOK_DATABASE: places.database(app),
    DAYBOOK_HUB: places.hub,
    DAYBOOK_PAPER: places.paper,
    DAYBOOK_HEALTH_PORT: String(places.healthPorts[app]),
    // The same after a restart: one row per app in the state of the ledger.
    DAYBOOK_INSTANCE: 'local',
  }
  const known = Object.entries(told).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  // What we say ourselves was perhaps told us by a file, and then is not said twice.
  const files = new Set(known.map(([name]) => `${name}_FILE`))
  const others = Object.entries(kept(from)).filter(([name]) => !files.has(name))
  return Object.fromEntries([...others, ...known])
}

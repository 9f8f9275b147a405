/** What the api is told: where to listen, which venue, and how a first run is furnished. */
import * as t from 'io-ts'
import { type PresentedKey, presentedKey } from '#adapters/http/bearer'
import { requestsPerSecond } from '#adapters/http/pacing'
import {
  Clients,
  Flag,
  optional,
  Port,
  required,
  shared,
  Text,
  wholeNumber,
} from '#apps/process/settings'
import { VenueId } from '#schemas/values/ids'

/** A key is known by its name and hash from here on; its secret is forgotten. */
const FirstKey = new t.Type<PresentedKey, PresentedKey, unknown>(
  'FirstKey',
  (u): u is PresentedKey => typeof u === 'object' && u !== null && 'secretHash' in u,
  (u, context) => {
    const key = typeof u === 'string' ? presentedKey(u) : undefined
    return key === undefined ? t.failure(u, context) : t.success(key)
  },
  t.identity,
)

/** As browsers name them: scheme, host and port, and nothing after it. */
const Origins = new t.Type<readonly string[], readonly string[], unknown>(
  'Origins',
  (u): u is readonly string[] => Array.isArray(u),
  (u, context) => {
    const origins = typeof u === 'string' ? u.split(',').map((origin) => origin.trim()) : []
    const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text
    return origins.length > 0 && origins.every(isOrigin)
      ? t.success(origins)
      : t.failure(u, context)
  },
  t.identity,
)
const PerSecond = wholeNumber('PerSecond', 0, 1_000_000)

export const config = {
  log: shared.log,
  database: shared.database,
  hub: shared.hub,
  /** Of this machine only, unless somebody says otherwise: keys travel in the clear. */
  host: optional('DAYBOOK_HOST', Text, 'an address of this machine', '127.0.0.1'),
  port: optional('DAYBOOK_PORT', Port, 'a port from 0 to 65535', 8080),
  key: required('DAYBOOK_KEY', FirstKey, 'a key: dbk_, 8 of a-z and 0-9, _, and 43 of base64url'),
  venue: optional('DAYBOOK_VENUE', VenueId, 'a venue such as paper', 'paper' as VenueId),
  /** Of the WebSocket, in this process. */
  streamClients: optional('DAYBOOK_STREAM_CLIENTS', Clients, 'a number from 1 to 4000', 1_000),
  /** Of one key; nobody counts where it is 0. */
  rate: optional(
    'DAYBOOK_RATE_LIMIT',
    PerSecond,
    'requests a second from 1 to 1000000, or 0 for any number',
    requestsPerSecond,
  ),
  cors: optional<readonly string[], readonly string[]>(
    'DAYBOOK_CORS',
    Origins,
    'origins such as https://desk.example, with commas between',
    [],
  ),
  isEmpty: optional('DAYBOOK_EMPTY', Flag, 'yes or no', false),
  limits: optional('DAYBOOK_LIMITS', Text, 'a file of limits', undefined),
} as const

/** Whatever is sent: an answer that is documented, no 5xx, no event without an acknowledgement, no crash. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { problemCodesOf } from '#adapters/http/openapi'
import type { Route } from '#adapters/http/route'
import {
  type AnyRequest,
  anyRequest,
  awkward,
  type Meaningful,
  whole,
} from '#apps/api/testing/any-request'
import { type Desk, deskWith } from '#apps/api/testing/desk'
import { keyNamed, type Sent, type Told } from '#apps/api/testing/ledger'
import { routeRows } from '#apps/api/testing/route-rows'
import { systemClock } from '#adapters/system/clock'
import { Problem } from '#schemas/api/problem'
import { fc } from '#testing/prop'

let desk: Desk
let keys: Readonly<Record<string, string | undefined>>
let isDocumented: (route: Route, told: Told) => boolean
let ms = 0
beforeEach(async () => {
  // Nobody answers here for the guard: whoever waits for it waits no longer than he looks at the clock.
  desk = await deskWith({ clock: { ...systemClock, monotonicMs: () => (ms += 10_000) } })
  keys = {
    owner: keyNamed('owner'),
    tess: desk.tess.key,
    roleless: await desk.keyWith(),
    unknown: keyNamed('nobody'),
    none: undefined,
  }
  isDocumented = await documentation(desk)
})

const meaningfulIn = ({ tess, killSwitch }: Desk, spare: string): Meaningful => ({
  orders: [tess.working, tess.filled],
  // The keys that are asked with are not revoked by chance.
  keys: [spare],
  accounts: ['main'],
  account: ['main'],
  book: ['main'],
  symbol: ['BTC/USDT'],
  venue: ['paper'],
  currency: ['USDT', 'BTC'],
  person: ['ann', 'bob'],
  orderId: [tess.working, tess.filled],
  id: [killSwitch, 'side', 'third'],
  action: ['engage', 'engage', 'release'],
  amount: ['0.000000001', '1'],
  quantity: ['0.5', '1'],
  type: ['limit', 'market'],
  limitPrice: ['60000'],
  interval: ['1m', '1d'],
  limit: ['1', '7'],
  after: ['1', '2'],
})

/** Whether an answer is what openapi.json says of its route and status. */
const documentation = async (ledger: Desk) => {
  const document = (await ledger.send('/openapi.json')).body
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ ...document, $id: 'doc' })
  const escaped = (part: string): string =>
    encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))
  return (route: Route, told: Told): boolean => {
    const path = route.path.replace(/:([a-zA-Z]+)/g, '{$1}')
    const type = String(told.headers['content-type']).split(';')[0] ?? ''
    const place = [
      'paths',
      path,
      route.method.toLowerCase(),
      'responses',
      String(told.status),
      'content',
      type,
      'schema',
    ]
    const validate = ajv.getSchema(`doc#/${place.map(escaped).join('/')}`)
    if (validate === undefined) throw new Error(`${place.join(' ')} is not documented`)
    return validate(type.endsWith('json') ? told.body : told.text) === true
  }
}

const sentOf = (one: AnyRequest, key: string): readonly [string, Sent] => {
  const search = new URLSearchParams(
    one.query.map(([name, value]): [string, string] => [name, value]),
  )
  const bearer = keys[key]
  return [
    `${one.path}${search.size === 0 ? '' : `?${search.toString()}`}`,
    {
      method: one.route.method,
      key: bearer,
      ...(one.hasBody && one.route.method !== 'GET' ? { body: one.body } : {}),
      headers: {
        ...(one.hasBody ? { 'content-type': one.contentType } : {}),
        ...(one.idempotencyKey === undefined ? {} : { 'idempotency-key': one.idempotencyKey }),
        ...(one.prefer === undefined ? {} : { prefer: one.prefer }),
      },
    },
  ]
}

/** What every answer has to be, whatever was asked. */
const checked = async (route: Route, url: string, sent: Sent): Promise<number> => {
  const before = (await desk.events()).length
  const told = await desk.send(url, sent)
  const written = (await desk.events()).length - before
  const promised = route.replies[told.status]
  expect(told.status === 503 ? promised : told.status).toSatisfy(
    (status: unknown) => typeof status === 'object' || (typeof status === 'number' && status < 500),
  )
  if (told.status === 404 && told.text.includes('There is no ')) return told.status
  expect(isDocumented(route, told), `${told.status} ${told.text}`).toBe(true)
  if (told.status >= 400 && promised === undefined) {
    const problem = Problem.decode(told.body)
    if (E.isLeft(problem)) throw new Error(told.text)
    expect(problemCodesOf(route)).toContain(problem.right.code)
    expect(written).toBe(0)
    // A body, however long, is not sent back.
    expect(told.text.length).toBeLessThan(40_000)
  } else if (typeof promised === 'object') {
    const codec = promised as t.Type<unknown, unknown, unknown>
    const decoded = codec.decode(told.body)
    expect(E.isRight(decoded) && codec.encode(decoded.right)).toStrictEqual(told.body)
  }
  // Whoever is new is admitted with his first key.
  expect(written).toBeLessThanOrEqual(2)
  return told.status
}

describe('whatever is asked', () => {
  test('of the routes that are there is answered as is documented, and only an acknowledged request is recorded', async () => {
    const spare = await desk.post('/v1/keys', { person: 'spare', roles: [] }, 'spare')
    const meaningful = meaningfulIn(desk, String(spare.body['id']))
    const bodyFor = (route: Route) =>
      routeRows[`${route.method} ${route.path}`]?.good(desk).body ?? {}
    const routes = desk.routes.filter(({ path }) => path !== '/v1/stream')
    const statuses = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(
        anyRequest(routes, { meaningful, bodyFor }),
        fc.constantFrom('owner', 'owner', 'owner', 'owner', 'tess', 'roleless', 'unknown', 'none'),
        async (one, key) => {
          const status = await checked(one.route, ...sentOf(one, key))
          const name = `${one.route.method} ${one.route.path} ${String(status)}`
          statuses.set(name, (statuses.get(name) ?? 0) + 1)
        },
      ),
      { numRuns: 500 },
    )
    // Much was recorded: otherwise this would have looked at refusals only.
    const writing = routes.filter(({ body }) => body !== undefined)
    const done = writing.filter(({ method, path, replies }) =>
      Object.keys(replies).some((status) => statuses.has(`${method} ${path} ${status}`)),
    )
    expect(done.length).toBeGreaterThan(writing.length / 2)
  }, 60_000)
  test('of paths and methods that are not there is refused', async () => {
    const path = fc.oneof(
      fc.constantFrom('/v1/orders/a/b', '/v1//orders', '/', '/v2/orders', '/V1/ORDERS'),
      awkward.map((text) => `/v1/${encodeURIComponent(whole(text))}`),
    )
    const method = fc.constantFrom(
      'GET',
      'POST',
      'DELETE',
      'PUT',
      'PATCH',
      'OPTIONS',
      'HEAD' as const,
    )
    await fc.assert(
      fc.asyncProperty(path, method, fc.constantFrom('owner', 'none'), async (url, verb, key) => {
        const told = await desk.send(url, {
          method: verb as NonNullable<Sent['method']>,
          key: keys[key],
        })
        expect([400, 404, 405]).toContain(told.status)
        if (verb !== 'HEAD') expect(E.isRight(Problem.decode(told.body))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

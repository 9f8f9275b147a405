/** Every route × who asks × how: made from the routes themselves, so that one without a row fails. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { problemCodesOf } from '#adapters/http/openapi'
import { statusOf } from '#adapters/http/problems'
import type { KeyedRoute, Route } from '#adapters/http/route'
import { type Desk, deskWith } from '#apps/api/testing/desk'
import { keyNamed, openLedger, type Sent, type Told } from '#apps/api/testing/ledger'
import { type Ask, routeRows } from '#apps/api/testing/route-rows'
import { Problem } from '#schemas/api/problem'
import type { Role } from '#schemas/values/trading'

const routes = await (async () => {
  const ledger = await openLedger()
  await ledger.close()
  return ledger.routes
})()
const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`
const keyedRoutes = routes.filter((route): route is KeyedRoute => route.access === 'key')
const rowOf = (route: Route) => {
  const row = routeRows[nameOf(route)]
  if (row === undefined) throw new Error(`${nameOf(route)} has no row`)
  return row
}

/** As the route's description wants it asked; what is given here wins. */
const ask = (desk: Desk, route: Route, { path, body }: Ask, sent: Sent): Promise<Told> =>
  desk.send(path, {
    method: route.method,
    ...(body === undefined ? {} : { body }),
    ...sent,
    headers: {
      ...(route.access === 'key' && route.idempotencyKey !== undefined
        ? { 'idempotency-key': `${nameOf(route)} ${String(counter++)}` }
        : {}),
      ...sent.headers,
    },
  })
let counter = 0

/** Refused as documented, with nothing recorded. */
const refused = async (
  desk: Desk,
  route: Route,
  asked: () => Promise<Told>,
  code: string,
): Promise<Told> => {
  const before = (await desk.events()).length
  const told = await asked()
  const decoded = Problem.decode(told.body)
  if (E.isLeft(decoded)) throw new Error(`${String(told.status)} ${told.text}`)
  const problem = decoded.right
  expect({ code: problem.code, detail: problem.detail }).toMatchObject({ code })
  expect(told.status).toBe(statusOf(problem.code))
  expect(problemCodesOf(route)).toContain(problem.code)
  expect(told.headers['request-id']).toBe(problem.requestId)
  expect(await desk.events()).toHaveLength(before)
  return told
}
/** Answered as documented: no field less, none more. */
const granted = (route: Route, told: Told): void => {
  const reply = route.replies[told.status]
  if (reply === undefined) throw new Error(`${String(told.status)} ${told.text}`)
  if (typeof reply === 'string') {
    expect(String(told.headers['content-type'])).toContain(reply)
    return
  }
  const codec = reply as t.Type<unknown, unknown, unknown>
  const decoded = codec.decode(told.body)
  if (E.isLeft(decoded)) throw new Error(told.text)
  expect(codec.encode(decoded.right)).toStrictEqual(told.body)
}
const keyFor = async (desk: Desk, route: KeyedRoute): Promise<string> =>
  rowOf(route).as?.(desk) ?? desk.keyWith(...(route.roles?.anyOf.slice(0, 1) ?? []))

test('every route has a row, and every row a route', () => {
  expect(Object.keys(routeRows).toSorted()).toStrictEqual(routes.map(nameOf).toSorted())
})

describe.each(keyedRoutes.map((route) => [nameOf(route), route] as const))('%s', (_, route) => {
  const row = rowOf(route)
  test('without a key, and with one that nobody was given, is refused before all else', async () => {
    const desk = await deskWith()
    for (const key of [undefined, keyNamed('nobody'), 'hunter2']) {
      const told = await refused(
        desk,
        route,
        () => ask(desk, route, { path: row.good(desk).path, body: { no: 1 } }, { key }),
        'unauthenticated',
      )
      expect(told.headers['www-authenticate']).toMatch(/^Bearer /)
    }
  })
  const { roles } = route
  if (roles !== undefined) {
    test('without the role is refused, and told which it takes, whatever the body', async () => {
      const desk = await deskWith()
      const key = await desk.keyWithout(...roles.anyOf)
      for (const asked of [row.good(desk), { path: row.good(desk).path, body: { no: 1 } }]) {
        const told = await refused(desk, route, () => ask(desk, route, asked, { key }), 'forbidden')
        expect(told.body['detail']).toBe(
          `To ${roles.to} a key needs the role ${roles.anyOf.join(' or ')}.`,
        )
      }
    })
  }
  test('with the role is answered as it is described', async () => {
    const desk = await deskWith()
    for (const role of row.as === undefined ? (route.roles?.anyOf ?? [undefined]) : ['own']) {
      const fresh = role === undefined || role === 'own' ? desk : await deskWith()
      const key =
        role === 'own'
          ? row.as?.(fresh)
          : await fresh.keyWith(...(role === undefined ? [] : [role as Role]))
      const told = await ask(fresh, route, row.good(fresh), { key })
      expect([told.status, told.text]).toStrictEqual([row.status, told.text])
      if (row.status < 400) granted(route, told)
      expect(told.headers['request-id']).toBeDefined()
    }
  })
  test('that touches what is another’s takes more than the role of its owner', async () => {
    const { others } = row
    if (others === undefined) return
    const desk = await deskWith()
    for (const role of others.not) {
      const key = await desk.keyWith(role)
      await refused(desk, route, () => ask(desk, route, others.ask(desk), { key }), 'forbidden')
    }
    for (const role of others.but) {
      const fresh = await deskWith()
      const key = await fresh.keyWith(role)
      const told = await ask(fresh, route, others.ask(fresh), { key })
      expect([told.status < 300, told.text]).toStrictEqual([true, told.text])
      granted(route, told)
    }
  })
  test('that is malformed is refused with what is wrong', async () => {
    const desk = await deskWith()
    const key = await keyFor(desk, route)
    const { path, body } = row.good(desk)
    const asks = (change: Partial<Ask>, sent: Sent = {}) =>
      ask(
        desk,
        route,
        { path, ...(body === undefined ? {} : { body }), ...change },
        { key, ...sent },
      )
    const mark = path.includes('?') ? '&' : '?'
    const query = (more: string) => () => asks({ path: `${path}${mark}${more}` })
    await refused(desk, route, query('surely=not'), 'unknownField')
    await refused(desk, route, query('surely=not&surely=not'), 'invalid')
    if (route.method === 'GET') return
    const text = (raw: string) => () => asks({}, { body: raw })
    if (route.body === undefined) {
      await refused(desk, route, text('{}'), 'invalid')
      return
    }
    const bodies = ['{', '', '[]', '"a"', 'null', '{"a":1,"a":2}', '\ufeff{}']
    for (const raw of bodies) await refused(desk, route, text(raw), 'malformed')
    await refused(desk, route, text(`{"a":"${'x'.repeat(70_000)}"}`), 'payloadTooLarge')
    await refused(
      desk,
      route,
      () => asks({}, { headers: { 'content-type': 'text/plain' } }),
      'unsupportedMediaType',
    )
    await refused(desk, route, () => asks({ body: { ...body, surely: 'not' } }), 'unknownField')
  })
  test('that means nothing is refused with what is wrong', async () => {
    const desk = await deskWith()
    const key = await keyFor(desk, route)
    for (const [asked, code] of row.wrong) {
      // What needs another role than the route's first is asked with all of them.
      const all = row.as === undefined && route.roles === undefined ? await desk.keyWithout() : key
      await refused(desk, route, () => ask(desk, route, asked(desk), { key: all }), code)
    }
  })
  test('is named by its Idempotency-Key, once and for one body', async () => {
    if (route.idempotencyKey === undefined) return
    const desk = await deskWith()
    const key = await keyFor(desk, route)
    const { path, body = {} } = row.good(desk)
    const named = (headers: Readonly<Record<string, string>>, change: object = {}) =>
      ask(desk, route, { path, body: { ...body, ...change } }, { key, headers })
    if (route.idempotencyKey === 'required') {
      await refused(desk, route, () => named({ 'idempotency-key': '' }), 'missingIdempotencyKey')
    }
    await refused(desk, route, () => named({ 'idempotency-key': 'ü' }), 'malformed')
    await refused(desk, route, () => named({ 'idempotency-key': 'x'.repeat(256) }), 'malformed')
    const first = await named({ 'idempotency-key': 'once' })
    expect([first.status, first.text]).toStrictEqual([row.status, first.text])
    await desk.caughtUp()
    const before = (await desk.events()).length
    const again = await named({ 'idempotency-key': 'once' })
    expect(again.status).toBe(first.status)
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect([again.body['id'], again.body['logPosition']]).toStrictEqual([
      first.body['id'],
      first.body['logPosition'],
    ])
    expect(await desk.events()).toHaveLength(before)
    await refused(
      desk,
      route,
      () => named({ 'idempotency-key': 'once' }, otherwise(body)),
      'idempotencyKeyReused',
    )
  })
})

/** Another body that is right as well. */
const otherwise = (body: Readonly<Record<string, unknown>>): object => {
  if ('quantity' in body) return { quantity: '2' }
  if ('amount' in body) return { amount: '2' }
  if ('deniedPnl' in body) return { deniedPnl: '-4' }
  if ('currency' in body) return { control: 'single' }
  if ('leverage' in body || 'id' in body) return { leverage: '3' }
  return 'roles' in body ? { roles: [] } : { reason: 'otherwise' }
}

describe.each(
  routes.filter(({ access }) => access === 'anybody').map((r) => [nameOf(r), r] as const),
)('%s', (_, route) => {
  test('is answered to anybody, with a key or without', async () => {
    const desk = await deskWith()
    const row = rowOf(route)
    for (const key of [undefined, 'hunter2', desk.tess.key]) {
      const told = await ask(desk, route, row.good(desk), { key })
      expect(told.status).toBe(row.status)
      granted(route, told)
    }
  })
})

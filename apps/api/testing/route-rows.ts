/** One right request for every route, requests that mean nothing, and those that touch what is somebody else's. */
import type { Desk } from '#apps/api/testing/desk'
import type { Sent } from '#apps/api/testing/ledger'
import { limitBuy } from '#apps/api/testing/with-ledger'
import type { ProblemCode } from '#schemas/codes'
import type { Role } from '#schemas/values/trading'

/** What is asked besides method, key and Idempotency-Key, which the route's description says. */
export interface Ask {
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
}
export interface Row {
  readonly good: (desk: Desk) => Ask
  readonly status: number
  /** Well-formed, and wrong: what it is refused with. */
  readonly wrong: readonly (readonly [ask: (desk: Desk) => Ask, code: ProblemCode])[]
  /** Somebody else's: who may not touch it, and who may. */
  readonly others?: {
    readonly ask: (desk: Desk) => Ask
    readonly not: readonly Role[]
    readonly but: readonly Role[]
  }
  /** Whose key it is asked with, where not any with the role will do. */
  readonly as?: (desk: Desk) => string
  readonly sent?: Sent['headers']
}

const nobody = '00000000-0000-8000-8000-000000000000'
const list = (path: string, ...more: Row['wrong']): Row => ({
  good: () => ({ path }),
  status: 200,
  wrong: [
    [() => ({ path: and(path, 'limit=0') }), 'invalid'],
    [() => ({ path: and(path, 'startingAfter=nobody') }), 'invalid'],
    ...more,
  ],
})
const and = (path: string, more: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}${more}`
const by =
  (path: string, more: string): ((desk: Desk) => Ask) =>
  () => ({ path: and(path, more) })
const alone = (path: string, status = 200): Row => ({ good: () => ({ path }), status, wrong: [] })
const posted =
  (path: string, right: Readonly<Record<string, unknown>>) =>
  (change: Readonly<Record<string, unknown>> = {}) =>
  (): Ask => ({ path, body: { ...right, ...change } })

const order = posted('/v1/orders', limitBuy)
const key = posted('/v1/keys', { person: 'ann', roles: ['trader'] })
const account = posted('/v1/accounts', { id: 'side' })
const money = { currency: 'USDT', amount: '1' }
const deposit = posted('/v1/accounts/main/deposits', money)
const withdrawal = posted('/v1/accounts/main/withdrawals', money)
const engage = posted('/v1/risk/kill-switch', { action: 'engage', reason: 'odd' })
// It loosens, so that it is answered without waiting for the guard.
const limits = posted('/v1/risk/limits', { limits: { maxOpenOrders: 201 }, reason: 'more' })

const control = posted('/v1/risk/control', {
  book: 'pair',
  control: 'single',
  reason: 'alone again',
})
const endorse = (path: string): Ask => ({ path, body: { reason: 'I agree' } })
const assess = (path: string, change: Readonly<Record<string, unknown>> = {}): Ask => ({
  path,
  body: {
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-02T00:00:00Z',
    decisions: 10,
    newlyDenied: 2,
    newlyApproved: 1,
    deniedNotional: '20',
    approvedNotional: '10',
    deniedPnl: '-3',
    ...change,
  },
})
const book = posted('/v1/books', { id: 'side', currency: 'USDT' })

/** By method and path, as the routes are declared. */
export const routeRows: Readonly<Record<string, Row>> = {
  'POST /v1/orders': {
    good: order(),
    status: 201,
    wrong: [
      [order({ quantity: '0' }), 'invalid'],
      [order({ symbol: 'DOGE/USDT' }), 'unknownSymbol'],
      [order({ account: 'nobody' }), 'unknownAccount'],
      [order({ venue: 'nowhere' }), 'unknownVenue'],
      [order({ limitprice: '1' }), 'unknownField'],
    ],
  },
  'GET /v1/orders': list(
    '/v1/orders',
    [by('/v1/orders', 'account=nobody'), 'unknownAccount'],
    [by('/v1/orders', 'symbol=DOGE/USDT'), 'unknownSymbol'],
    [by('/v1/orders', 'status=lost'), 'invalid'],
    [by('/v1/orders', 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'), 'invalid'],
  ),
  'GET /v1/orders/:id': {
    good: ({ tess }) => ({ path: `/v1/orders/${tess.filled}` }),
    status: 200,
    wrong: [
      [() => ({ path: `/v1/orders/${nobody}` }), 'notFound'],
      [() => ({ path: '/v1/orders/mine' }), 'notFound'],
    ],
  },
  'DELETE /v1/orders/:id': {
    good: ({ tess }) => ({ path: `/v1/orders/${tess.working}` }),
    status: 202,
    as: ({ tess }) => tess.key,
    wrong: [
      [() => ({ path: `/v1/orders/${nobody}` }), 'notFound'],
      [({ tess }) => ({ path: `/v1/orders/${tess.filled}` }), 'orderEnded'],
    ],
    others: {
      ask: ({ tess }) => ({ path: `/v1/orders/${tess.working}` }),
      not: ['trader'],
      but: ['risk', 'operator'],
    },
  },
  'GET /v1/fills': list('/v1/fills', [by('/v1/fills', 'account=nobody'), 'unknownAccount']),
  'GET /v1/positions': list('/v1/positions', [by('/v1/positions', 'state=half'), 'invalid']),
  'GET /v1/pnl': {
    ...alone('/v1/pnl'),
    wrong: [[by('/v1/pnl', 'account=nobody'), 'unknownAccount']],
  },
  'GET /v1/balances': {
    ...alone('/v1/balances'),
    wrong: [[by('/v1/balances', 'account=nobody'), 'unknownAccount']],
  },
  'GET /v1/accounts': list('/v1/accounts'),
  'GET /v1/instruments': list('/v1/instruments', [
    by('/v1/instruments', 'venue=nowhere'),
    'unknownVenue',
  ]),
  'GET /v1/candles': {
    ...alone('/v1/candles?symbol=BTC/USDT&interval=1m'),
    wrong: [[by('/v1/candles?interval=1m', 'symbol=DOGE/USDT'), 'unknownSymbol']],
  },
  'GET /v1/ticks': {
    ...alone('/v1/ticks?symbol=BTC/USDT'),
    wrong: [[by('/v1/ticks', 'symbol=DOGE/USDT'), 'unknownSymbol']],
  },
  'GET /v1/risk': {
    ...alone('/v1/risk'),
    wrong: [[by('/v1/risk', 'book=side'), 'notFound']],
  },
  'GET /v1/risk/decisions': list('/v1/risk/decisions', [
    by('/v1/risk/decisions', 'book=side'),
    'unknownBook',
  ]),
  'POST /v1/risk/kill-switch': {
    good: engage(),
    status: 201,
    wrong: [
      [engage({ book: 'side' }), 'unknownBook'],
      [engage({ mode: 'pause' }), 'invalid'],
      [engage({ action: 'endorse' }), 'unknownKillSwitch'],
      [engage({ action: 'endorse', id: nobody }), 'unknownKillSwitch'],
      [engage({ action: 'release', id: nobody }), 'unknownKillSwitch'],
    ],
    // Nobody in particular owns one, but not everybody releases it.
    others: {
      ask: ({ killSwitch }) => engage({ action: 'release', id: killSwitch })(),
      not: ['trader', 'operator', 'auditor', 'admin'],
      but: ['risk'],
    },
  },
  'PUT /v1/risk/limits': {
    good: limits(),
    status: 202,
    wrong: [
      [limits({ book: 'side' }), 'unknownBook'],
      [limits({ limits: {} }), 'invalid'],
      [limits({ limits: { maxPosition: { 'DOGE/USDT': '1' } } }), 'unknownSymbol'],
    ],
  },
  'PUT /v1/risk/control': {
    // It loosens, so that it is answered without waiting for the guard.
    good: control(),
    status: 202,
    wrong: [
      [control({ book: 'side' }), 'unknownBook'],
      [control({ control: 'triple' }), 'invalid'],
    ],
  },
  'POST /v1/risk/proposals/:id/endorse': {
    good: ({ proposal }) => endorse(`/v1/risk/proposals/${proposal}/endorse`),
    status: 202,
    wrong: [[() => endorse(`/v1/risk/proposals/${nobody}/endorse`), 'notFound']],
    others: {
      ask: ({ proposal }) => endorse(`/v1/risk/proposals/${proposal}/endorse`),
      not: ['trader', 'operator', 'auditor', 'admin'],
      but: ['risk'],
    },
  },
  'POST /v1/risk/proposals/:id/assessment': {
    good: ({ proposal }) => assess(`/v1/risk/proposals/${proposal}/assessment`),
    status: 201,
    wrong: [
      [() => assess(`/v1/risk/proposals/${nobody}/assessment`), 'notFound'],
      [
        ({ proposal }) =>
          assess(`/v1/risk/proposals/${proposal}/assessment`, { newlyApproved: 12 }),
        'invalid',
      ],
      [
        ({ proposal }) =>
          assess(`/v1/risk/proposals/${proposal}/assessment`, { deniedNotional: '-1' }),
        'invalid',
      ],
    ],
    others: {
      ask: ({ proposal }) => assess(`/v1/risk/proposals/${proposal}/assessment`),
      not: ['trader', 'operator', 'admin'],
      but: ['risk', 'auditor'],
    },
  },
  'POST /v1/risk/limits/proposals/:id/endorse': {
    good: ({ proposal }) => endorse(`/v1/risk/limits/proposals/${proposal}/endorse`),
    status: 202,
    wrong: [[() => endorse(`/v1/risk/limits/proposals/${nobody}/endorse`), 'notFound']],
  },
  'POST /v1/books': {
    good: book(),
    status: 201,
    wrong: [
      [book({ id: 'main' }), 'bookExists'],
      [book({ currency: 'DOGE' }), 'unknownCurrency'],
      [book({ tradingDay: { zone: 'Mars/Olympus' } }), 'invalid'],
      [book({ tradingDay: { time: '25:00' } }), 'invalid'],
      [book({ limits: { maxOrderNotional: '-1' } }), 'invalid'],
      [book({ limits: { maxOrders: 5 } }), 'unknownField'],
    ],
  },
  'GET /v1/books': list('/v1/books'),
  'GET /v1/risk/proposals': list('/v1/risk/proposals', [
    by('/v1/risk/proposals', 'book=side'),
    'unknownBook',
  ]),
  'POST /v1/accounts': {
    good: account(),
    status: 201,
    wrong: [
      [account({ id: 'main' }), 'accountExists'],
      [account({ book: 'side' }), 'unknownBook'],
      [account({ currency: 'DOGE' }), 'unknownCurrency'],
      [account({ leverage: '0' }), 'invalid'],
    ],
  },
  'POST /v1/accounts/:id/deposits': {
    good: deposit(),
    status: 201,
    wrong: [
      [deposit({ currency: 'DOGE' }), 'unknownCurrency'],
      [deposit({ amount: '-1' }), 'invalid'],
      [() => ({ path: '/v1/accounts/side/deposits', body: money }), 'notFound'],
    ],
  },
  'POST /v1/accounts/:id/withdrawals': {
    good: withdrawal(),
    status: 201,
    wrong: [
      [withdrawal({ amount: '1000000000' }), 'insufficientFunds'],
      [withdrawal({ currency: 'DOGE' }), 'unknownCurrency'],
      [() => ({ path: '/v1/accounts/side/withdrawals', body: money }), 'notFound'],
    ],
  },
  'POST /v1/keys': {
    good: key(),
    status: 201,
    wrong: [
      [key({ person: 'daybook' }), 'invalid'],
      [key({ roles: ['king'] }), 'invalid'],
    ],
  },
  'GET /v1/keys': list('/v1/keys'),
  'DELETE /v1/keys/:id': {
    good: ({ tess }) => ({ path: `/v1/keys/${idOfKey(tess.key)}` }),
    status: 200,
    as: ({ tess }) => tess.key,
    wrong: [],
    others: {
      ask: ({ tess }) => ({ path: `/v1/keys/${idOfKey(tess.key)}` }),
      not: ['trader', 'risk', 'operator', 'auditor'],
      but: ['admin'],
    },
  },
  'GET /v1/status': alone('/v1/status'),
  // Over plain HTTP it says that it is a WebSocket; what it tells there has tests of its own.
  'GET /v1/stream': alone('/v1/stream', 426),
  'GET /healthz': alone('/healthz'),
  'GET /readyz': alone('/readyz', 503),
  'GET /metrics': alone('/metrics'),
  'GET /openapi.json': alone('/openapi.json'),
  'GET /docs': alone('/docs'),
}

const idOfKey = (text: string): string => text.slice('dbk_'.length, 'dbk_'.length + 8)

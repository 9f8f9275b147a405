/** `daybook orders …`: place, cancel, list and show. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import type { Client } from './client.ts'
import {
  asking,
  type Errand,
  example,
  given,
  idempotencyKeyFor,
  listing,
  secondsUpTo,
  showRequest,
} from './command.ts'
import { showOrder, showStory } from './order-view.ts'
import { adviceOn, showChecks } from './checks-view.ts'
import { cell, type Row, showOne } from './output.ts'
import type { Terminal } from './terminal.ts'

export const sides = ['buy', 'sell']
export const types = ['market', 'limit', 'stop', 'stopLimit']
export const timesInForce = ['gtc', 'ioc', 'fok', 'gtd']
const secondsMax = 30

interface Place {
  readonly symbol: string
  readonly side: string
  readonly type: string
  readonly quantity: string
  readonly limitPrice?: string
  readonly stopPrice?: string
  readonly expireAt?: string
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
  readonly timeInForce?: string
  readonly account?: string
  readonly strategy?: string
  readonly venue?: string
  readonly clientTag?: string
  readonly idempotencyKey?: string
  readonly wait: number
  readonly dryRun?: boolean
}

export const ordersCommand = (program: Command, terminal: Terminal): void => {
  const orders = program.command('orders').description('Place, cancel and look at orders')
  placeCommand(orders, terminal)
  cancelCommand(orders, terminal)
  const list = orders
    .command('list')
    .description('List orders, newest first')
    .option('--account <id>', 'of this account')
    .option('--strategy <id>', 'of this strategy')
    .option('--symbol <symbol>', 'for this instrument')
    .option('--status <status>', 'in this state, such as filled')
    .option('--from <time>', 'placed at or after this time, such as 2026-11-20T09:00:00Z')
    .option('--to <time>', 'placed before this time')
  listing(list, terminal, {
    path: '/v1/orders',
    filters: ['account', 'strategy', 'symbol', 'status', 'from', 'to'],
    paged: true,
    columns: [
      'createdAt',
      'id',
      'symbol',
      'side',
      'type',
      'quantity',
      'limitPrice',
      'stopPrice',
      'status',
      'filledQuantity',
      'averagePrice',
      'fees',
      'reason',
    ],
  })
  example(list, terminal, 'orders list --status filled -o csv')
  const show = orders
    .command('show')
    .description('Tell one order: its state, its timeline, and what the risk guard checked')
    .argument('<id>', 'the order id')
  asking(show, terminal, async ({ terminal: to, options, client }, id = '') => {
    const order = await client.send({ method: 'GET', path: pathOf(id) })
    await showStory(to, options.output, order)
  })
  example(show, terminal, 'orders show 1f0e…')
}

const placeCommand = (orders: Command, terminal: Terminal): void => {
  const place = orders
    .command('place')
    .description('Place an order, and tell what became of it')
    .requiredOption('--symbol <symbol>', 'the instrument, such as BTC/USDT')
    .addOption(new Option('--side <side>', 'buy or sell').choices(sides).makeOptionMandatory())
    .addOption(new Option('--type <type>', 'kind of order').choices(types).makeOptionMandatory())
    .requiredOption('--quantity <quantity>', 'how much, in the base currency or in contracts')
    .option('--limit-price <price>', 'the worst price of a limit or stop-limit order')
    .option('--stop-price <price>', 'the price that sets a stop or stop-limit order off')
    .addOption(
      new Option('--time-in-force <word>', 'how long it stays (limit: gtc, market: ioc)').choices(
        timesInForce,
      ),
    )
    .option('--expire-at <time>', 'when a gtd order ends, such as 2026-12-31T16:00:00Z')
    .option('--post-only', 'rather refused than executed at once')
    .option('--reduce-only', 'never more than what brings the position to zero')
    .option('--account <id>', 'the account (main)')
    .option('--strategy <id>', 'the strategy that it belongs to (manual)')
    .option('--venue <id>', 'the venue (the one of this ledger)')
    .option('--client-tag <text>', 'a text of your own, kept with the order')
    .option('--idempotency-key <key>', 'a name for this request: the same again is done once')
    .option('--wait <seconds>', 'how long to wait for the outcome', secondsUpTo(secondsMax), 2)
    .option('--dry-run', 'say what the risk guard would decide, and record nothing')
  asking<Place>(place, terminal, placeOrder)
  example(
    place,
    terminal,
    'orders place --symbol BTC/USDT --side buy --type market --quantity 0.01',
    'orders place --symbol BTC/USDT --side sell --type limit --quantity 0.01 --limit-price 70000',
    'orders place --symbol BTC/USDT --side sell --type stop --quantity 0.01 --stop-price 60000',
  )
}

const fields = [
  'account',
  'strategy',
  'venue',
  'symbol',
  'side',
  'type',
  'quantity',
  'limitPrice',
  'stopPrice',
  'timeInForce',
  'expireAt',
  'postOnly',
  'reduceOnly',
  'clientTag',
] as const satisfies readonly (keyof Place)[]

const placeOrder = async ({ terminal, options, client, say }: Errand<Place>): Promise<number> => {
  const body = given(Object.fromEntries(fields.map((name) => [name, options[name]])))
  if (options.dryRun === true) return tryOut({ terminal, options, client, say }, body)
  const idempotencyKey = idempotencyKeyFor(options.idempotencyKey, say)
  const request = {
    method: 'POST',
    path: '/v1/orders',
    body,
    idempotencyKey,
    waitSeconds: options.wait,
  } as const
  const since = performance.now()
  const placed = await client.send(request)
  const order = await settled(client, placed, since + options.wait * 1000)
  await showOrder(terminal, options.output, order)
  return verdict(order, say, terminal.calledAs)
}

/** What would be decided if it were placed now; exit code 1 where that is a denial. */
const tryOut = async (
  { terminal, options: { output }, client, say }: Errand<Place>,
  body: Row,
): Promise<number> => {
  const request = { method: 'POST', path: '/v1/orders', query: { dryRun: 'true' }, body } as const
  const told = await client.send(request)
  if (output === 'json') await showOne(terminal, output, told)
  else await showChecks(terminal, output, told)
  const reason = cell(told['reason'])
  const reducing = told['reducing'] === true ? ', as one that only reduces' : ''
  say(
    `The order would be ${cell(told['outcome'])}${reducing}${reason === '' ? '.' : `: ${reason}`}`,
  )
  say(`${await adviceOn(told)} Nothing was recorded (--dry-run).`)
  return told['outcome'] === 'approved' ? 0 : 1
}

const onItsWay = ['accepted', 'partiallyFilled']
const lookEveryMs = 50

/** An order that does not stay ends within moments of being accepted: the outcome is what is waited for. */
const settled = async (client: Client, placed: Row, untilMs: number): Promise<Row> => {
  let order = placed
  while (
    order['timeInForce'] === 'ioc' &&
    onItsWay.includes(cell(order['status'])) &&
    performance.now() < untilMs
  ) {
    await sleep(lookEveryMs)
    const {
      timeline: _,
      decision: __,
      ...now
    } = await client.send({
      method: 'GET',
      path: pathOf(cell(order['id'])),
    })
    order = now
  }
  return order
}

const pending = ['pendingRisk', 'approved', 'submitting', 'unknown']

/** The ledger took the order down in any case; whether it may live is said by the exit code too. */
const verdict = (order: Row, say: (sentence: string) => void, calledAs: string): number => {
  const status = cell(order['status'])
  if (['denied', 'refused', 'lapsed', 'expired'].includes(status)) {
    const reason = cell(order['reason'])
    say(`The order was ${status}${reason === '' ? '.' : `: ${reason}`}`)
    return 1
  }
  if (pending.includes(status)) {
    say(`It is still ${status}. Look again: ${calledAs} orders show ${cell(order['id'])}`)
  }
  return 0
}

interface Cancel {
  readonly dryRun?: boolean
}

const cancelCommand = (orders: Command, terminal: Terminal): void => {
  const cancel = orders
    .command('cancel')
    .description('Ask for an order to be cancelled')
    .argument('<id...>', 'one or more order ids')
    .option('--dry-run', 'show the request and send nothing')
  asking<Cancel>(cancel, terminal, async (errand, ...ids) => {
    let code = 0
    for (const id of ids) code = Math.max(code, await cancelOrder(errand, id, ids.length > 1))
    return code
  })
  example(cancel, terminal, 'orders cancel 1f0e…')
}

/** Of several, each is asked for, whatever became of the one before. */
const cancelOrder = async (
  { terminal, options, client, say }: Errand<Cancel>,
  id: string,
  oneOfSeveral: boolean,
): Promise<number> => {
  const request = { method: 'DELETE', path: pathOf(id) } as const
  if (options.dryRun === true) {
    showRequest(terminal, request)
    return 0
  }
  try {
    await showOrder(terminal, options.output, await client.send(request))
    return 0
  } catch (error) {
    if (!oneOfSeveral || !(error instanceof Error) || error.name !== 'Refusal') throw error
    say(`${id}: ${error.message}`)
    return 1
  }
}

const pathOf = (id: string): string => `/v1/orders/${encodeURIComponent(id)}`

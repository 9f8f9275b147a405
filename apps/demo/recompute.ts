/**
 * What the log says, worked out anew: it reads raw rows, keeps plain lists, and shares no code with the folds,
 * the deciders or the read models that it is held against.
 */

/** A row of the log as PostgreSQL has it, its two texts parsed. */
export interface LogRow {
  readonly position: bigint
  readonly stream: string
  readonly revision: bigint
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface Finding {
  readonly invariant: string
  readonly says: string
  readonly verdict: 'holds' | 'pending' | 'broken'
  /** How many things were looked at; a proof of nothing proves nothing. */
  readonly examined: number
  /** The first few offences, by name. */
  readonly offences: readonly string[]
}

type Json = Readonly<Record<string, unknown>>
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
export const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

const places = 36
/** A decimal string as a whole number of 10^-36. */
export const units = (value: unknown): bigint => {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text(value))
  if (match === null) throw new Error(`not a decimal: ${JSON.stringify(value)}`)
  const magnitude = BigInt((match[2] ?? '') + (match[3] ?? '').padEnd(places, '0'))
  return match[1] === '-' ? -magnitude : magnitude
}
/** The shortest decimal string of a number of 10^-36. */
export const shown = (value: bigint): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  const whole = `${value < 0n ? '-' : ''}${digits.slice(0, -places)}`
  return fraction === '' ? whole : `${whole}.${fraction}`
}
const product = (a: bigint, b: bigint): bigint => (a * b) / 10n ** BigInt(places)

export const finding = (
  invariant: string,
  says: string,
  examined: number,
  offences: readonly string[],
  pending: readonly string[] = [],
): Finding => ({
  invariant,
  says,
  verdict: offences.length > 0 ? 'broken' : pending.length > 0 ? 'pending' : 'holds',
  examined,
  offences: [...offences, ...pending].slice(0, 5),
})

const named = (rows: readonly LogRow[], ...types: readonly string[]): readonly LogRow[] =>
  rows.filter((row) => types.includes(row.type))
const orderOf = (row: LogRow): string => text(row.data['orderId'])
const when = (value: unknown): number => Date.parse(text(value))
const sameTerms = (a: unknown, b: unknown): boolean => {
  const keys = new Set([...Object.keys(record(a)), ...Object.keys(record(b))])
  return [...keys].every((key) => record(a)[key] === record(b)[key])
}
const repeated = (values: readonly string[]): readonly string[] => {
  const seen = new Set<string>()
  return values.filter((value) => seen.size === seen.add(value).size)
}

/** P2 and I1: every submission names one earlier approval of its order that no other names, with the same terms, in time. */
const everySubmissionWasApproved = (rows: readonly LogRow[]): Finding => {
  const approvals = new Map(
    named(rows, 'OrderApproved').map((row) => [text(row.metadata['id']), row]),
  )
  const submissions = named(rows, 'OrderSubmissionStarted')
  const wrong = submissions.flatMap((row) => {
    const approval = approvals.get(text(row.data['approvalId']))
    const name = `order ${orderOf(row)} at ${String(row.position)}`
    if (approval === undefined) return [`${name}: no such approval`]
    if (approval.position > row.position) return [`${name}: approved afterwards`]
    if (orderOf(approval) !== orderOf(row)) return [`${name}: approval of another order`]
    if (!sameTerms(approval.data['terms'], row.data['terms'])) return [`${name}: other terms`]
    if (when(row.metadata['occurredAt']) > when(approval.data['expiresAt']))
      return [`${name}: the approval had expired`]
    return []
  })
  const twice = repeated(submissions.map((row) => text(row.data['approvalId'])))
  return finding(
    'P2',
    'no order was sent without its own recorded, unexpired approval for exactly those terms',
    submissions.length,
    [...wrong, ...twice.map((id) => `approval ${id} was used twice`)],
  )
}

/** P3: one wire attempt per order. */
const oneAttemptEach = (rows: readonly LogRow[]): Finding => {
  const submissions = named(rows, 'OrderSubmissionStarted')
  return finding(
    'P3',
    'no order was sent twice',
    submissions.length,
    repeated(submissions.map(orderOf)).map((id) => `order ${id} was submitted twice`),
  )
}

const undecidedFor = 10_000
/** I12: one decision per intent; a decision or a lapse for each, but for those too young. */
const oneDecisionEach = (rows: readonly LogRow[]): Finding => {
  const decisions = named(rows, 'OrderApproved', 'OrderDenied').map(orderOf)
  const settled = new Set([...decisions, ...named(rows, 'OrderLapsed').map(orderOf)])
  const intents = named(rows, 'OrderIntentRecorded')
  const known = new Set(intents.map(orderOf))
  const newest = rows.reduce((at, row) => Math.max(at, when(row.metadata['occurredAt'])), 0)
  const open = intents.filter((row) => !settled.has(orderOf(row)))
  const isYoung = (row: LogRow): boolean =>
    newest - when(row.metadata['occurredAt']) <= undecidedFor
  return finding(
    'I12',
    'every intent has exactly one decision, or lapsed',
    intents.length,
    [
      ...repeated(decisions).map((id) => `order ${id} was decided twice`),
      ...decisions.filter((id) => !known.has(id)).map((id) => `no intent for decided order ${id}`),
      ...open.filter((row) => !isYoung(row)).map((row) => `order ${orderOf(row)} is undecided`),
    ],
    open.filter(isYoung).map((row) => `order ${orderOf(row)} is undecided, and young`),
  )
}

/** I23: revisions are dense, positions rise, and what caused an event stands before it. */
const oneOrder = (rows: readonly LogRow[]): Finding => {
  const next = new Map<string, bigint>()
  const seen = new Set<string>()
  let last = 0n
  const wrong: string[] = []
  for (const row of rows) {
    const expected = next.get(row.stream) ?? 0n
    if (row.revision !== expected) wrong.push(`${row.stream} misses revision ${String(expected)}`)
    if (row.position <= last) wrong.push(`position ${String(row.position)} does not rise`)
    const cause = text(row.metadata['causationId'])
    if (cause !== '' && !seen.has(cause))
      wrong.push(`${row.type} at ${String(row.position)} has a later cause`)
    next.set(row.stream, row.revision + 1n)
    seen.add(text(row.metadata['id']))
    last = row.position
  }
  return finding('I23', 'one dense order, causes first', rows.length, wrong)
}

/** I24: one effect per key: no two intents of one person under one key. */
const oneEffectPerKey = (rows: readonly LogRow[]): Finding => {
  const intents = named(rows, 'OrderIntentRecorded')
  const keys = intents.map((row) =>
    JSON.stringify([record(row.metadata['actor'])['person'], row.metadata['idempotencyKey']]),
  )
  return finding(
    'I24',
    'one idempotency key, one order',
    intents.length,
    repeated(keys).map((key) => `key ${key} made two orders`),
  )
}

export const fillTypes = ['OrderFilled', 'ForeignFillObserved']
/** A trade counts once, by account, symbol, order and trade id (I14). */
const oneCountPerTrade = (rows: readonly LogRow[]): Finding => {
  const fills = named(rows, ...fillTypes)
  const keys = fills.map((row) =>
    ['venue', 'account', 'symbol', 'orderId', 'venueOrderId', 'tradeId']
      .map((key) => text(row.data[key]))
      .join(' '),
  )
  return finding(
    'I14',
    'no fill counts twice',
    fills.length,
    repeated(keys).map((key) => `fill ${key} stands twice`),
  )
}

export const findingsOf = (rows: readonly LogRow[]): readonly Finding[] => [
  everySubmissionWasApproved(rows),
  oneAttemptEach(rows),
  oneDecisionEach(rows),
  oneCountPerTrade(rows),
  oneOrder(rows),
  oneEffectPerKey(rows),
]

/** Σ fills, less the fees that a spot fill pays in its base currency, per "account strategy venue symbol". */
export const holdingsOf = (rows: readonly LogRow[]): ReadonlyMap<string, bigint> => {
  const holdings = new Map<string, bigint>()
  for (const { data } of named(rows, ...fillTypes)) {
    const key = ['account', 'strategy', 'venue', 'symbol'].map((name) => text(data[name])).join(' ')
    const terms = record(data['instrument'])
    const fee = record(data['fee'])
    const isBaseFee = terms['kind'] === 'spot' && fee['currency'] === terms['base']
    const bought = data['side'] === 'buy' ? units(data['quantity']) : -units(data['quantity'])
    const quantity = bought - (isBaseFee ? units(fee['amount']) : 0n)
    holdings.set(key, (holdings.get(key) ?? 0n) + quantity)
  }
  return holdings
}

/** What spot fills and deposits moved, coins too, per "account currency": what cash must be, to the last digit. */
export const spotCashOf = (rows: readonly LogRow[]): ReadonlyMap<string, bigint> => {
  const cash = new Map<string, bigint>()
  const move = (account: string, currency: string, amount: bigint): void => {
    const key = `${account} ${currency}`
    cash.set(key, (cash.get(key) ?? 0n) + amount)
  }
  for (const { type, data } of rows) {
    const account = text(data['account'])
    if (type === 'FundsDeposited') move(account, text(data['currency']), units(data['amount']))
    if (!fillTypes.includes(type)) continue
    const terms = record(data['instrument'])
    const fee = record(data['fee'])
    if (terms['kind'] === 'spot') {
      const sign = data['side'] === 'buy' ? 1n : -1n
      const paid = product(units(data['price']), units(data['quantity']))
      move(account, text(terms['quote']), -sign * paid)
      move(account, text(terms['base']), sign * units(data['quantity']))
    }
    move(account, text(fee['currency']), -units(fee['amount']))
  }
  return cash
}

/** A figure that the read models show, by the same key as what it is held against. */
export interface Shown {
  readonly key: string
  readonly value: string
}
const agreement = (
  invariant: string,
  says: string,
  expected: ReadonlyMap<string, bigint>,
  rows: readonly Shown[],
): Finding => {
  const found = new Map<string, bigint>()
  for (const { key, value } of rows) found.set(key, (found.get(key) ?? 0n) + units(value))
  const keys = [...new Set([...expected.keys(), ...found.keys()])]
  const differing = keys.filter((key) => (expected.get(key) ?? 0n) !== (found.get(key) ?? 0n))
  const difference = (key: string): string =>
    `${key}: the log says ${shown(expected.get(key) ?? 0n)}, shown is ${shown(found.get(key) ?? 0n)}`
  return finding(invariant, says, keys.length, differing.map(difference))
}
/** I13: the positions that the read models show are what the fills of the log add up to. */
export const positionsFinding = (rows: readonly LogRow[], positions: readonly Shown[]): Finding =>
  agreement('I13', 'positions are exactly what the fills add up to', holdingsOf(rows), positions)
/** I15, for spot: the cash that the books show is what came in and what the fills moved. */
export const cashFinding = (rows: readonly LogRow[], cash: readonly Shown[]): Finding =>
  agreement('I15', 'cash is exactly what deposits and fills moved', spotCashOf(rows), cash)

export interface PostingRow {
  readonly position: bigint
  readonly currency: string
  /** A debit above 0, a credit below. */
  readonly amount: string
}
/** I16: debits and credits cancel in every currency after every event. */
export const trialBalanceFinding = (postings: readonly PostingRow[]): Finding => {
  const balance = new Map<string, bigint>()
  const wrong: string[] = []
  const sorted = [...postings].sort((a, b) => (a.position < b.position ? -1 : 1))
  sorted.forEach((posting, index) => {
    balance.set(posting.currency, (balance.get(posting.currency) ?? 0n) + units(posting.amount))
    const isLastOfEvent = sorted[index + 1]?.position !== posting.position
    for (const [currency, sum] of isLastOfEvent ? balance : [])
      if (sum !== 0n)
        wrong.push(`${currency} is off by ${shown(sum)} at ${String(posting.position)}`)
  })
  return finding('I16', 'the trial balance is zero in every currency', postings.length, wrong)
}

/** The WebSocket stream held against the log: each event of its kind was told exactly once, in order, as what it is. */
import { type Finding, finding } from './finding.ts'
import { type LogRow, orderOf, repeated } from './log-row.ts'

/** What is kept of a frame. */
export interface Heard {
  readonly logPosition: string
  /** As the stream names it. */
  readonly type: string
  /** As the log names it. */
  readonly event: string
  /** Of the object that it shows. */
  readonly id: string
}

/** Who has which key is for administrators, and marks are what the guard values by: neither is told. */
const untold: readonly string[] = ['PersonAdmitted', 'ApiKeyIssued', 'ApiKeyRevoked', 'MarksTaken']

/** What follows by itself from the name of an event. A fill may be the last of its order, or not. */
const frameNames: Readonly<Record<string, readonly string[]>> = {
  OrderIntentRecorded: ['order.placed'],
  OrderApproved: ['order.approved'],
  OrderDenied: ['order.denied'],
  OrderSubmissionStarted: ['order.submitted'],
  OrderAccepted: ['order.accepted'],
  OrderFilled: ['order.partiallyFilled', 'order.filled'],
  OrderCancelled: ['order.cancelled'],
  OrderExpired: ['order.expired'],
  OrderRefused: ['order.refused'],
  OrderLapsed: ['order.lapsed'],
  FundsDeposited: ['funds.deposited'],
  FundsWithdrawn: ['funds.withdrawn'],
  FundingPaid: ['funding.paid'],
  RiskLimitsSet: ['limits.set'],
  KillSwitchEngaged: ['killSwitch.engaged'],
  KillSwitchReleased: ['killSwitch.released'],
}

export const streamFinding = (rows: readonly LogRow[], heard: readonly Heard[]): Finding => {
  const told = rows.filter(({ type }) => !untold.includes(type))
  const frames = new Map(heard.map((frame) => [frame.logPosition, frame]))
  const positions = new Set(told.map(({ position }) => String(position)))
  const last = told.at(-1)?.position ?? 0n
  const wrong = told.flatMap((row) => {
    const frame = frames.get(String(row.position))
    const name = `${row.type} at ${String(row.position)}`
    if (frame === undefined) return [`${name} was not told`]
    if (frame.event !== row.type) return [`${name} was told as ${frame.event}`]
    const names = frameNames[row.type]
    if (names !== undefined && !names.includes(frame.type))
      return [`${name} was told as ${frame.type}`]
    const isOfOrder = orderOf(row) !== '' && frame.type.startsWith('order.')
    return isOfOrder && frame.id !== orderOf(row) ? [`${name} was told of order ${frame.id}`] : []
  })
  const twice = repeated(heard.map(({ logPosition }) => logPosition))
  const invented = heard.filter(
    ({ logPosition }) => !positions.has(logPosition) && BigInt(logPosition) <= last,
  )
  const backwards = heard.filter(
    ({ logPosition }, n) => BigInt(logPosition) <= BigInt(heard[n - 1]?.logPosition ?? '-1'),
  )
  return finding('stream', 'every event of its kind was told exactly once, in order', told.length, [
    ...wrong,
    ...twice.map((position) => `position ${position} was told twice`),
    ...invented.map(({ logPosition, type }) => `${type} at ${logPosition} is not on the log`),
    ...backwards.map(({ logPosition }) => `position ${logPosition} was told late`),
  ])
}

/** What the stream tells of each event: under which name, about which account, with which object. */
import { accounts, accountView } from '#projections/accounts'
import { fills, fillView } from '#projections/fills'
import { rowAfter } from '#projections/fold'
import { type InstrumentRow, instruments } from '#projections/instruments'
import type { OrderRow } from '#projections/orders'
import type { ReadModel } from '#projections/read-model'
import type { FrameType } from '#schemas/api/stream'
import type { RecordedEvent } from '#schemas/envelope'
import { type EventNamed, type EventType, factOf } from '#schemas/events/ledger'
import { formatInstant } from '#schemas/values/instant'
import { instrumentReply } from './instruments.ts'
import { killSwitchView } from './kill-switch.ts'
import { transferView } from './move-funds.ts'

/** The frame shows the order as it was right after the event. */
interface ToldAsOrder {
  readonly shows: 'order'
  readonly type: FrameType | ((row: OrderRow) => FrameType)
}
/** The frame shows what follows from the event alone. */
interface ToldAlone<Type extends EventType> {
  readonly shows: 'itself'
  readonly type: FrameType
  readonly data: (recorded: RecordedEvent<EventNamed<Type>>) => object
}
interface NotTold {
  readonly shows: 'nothing'
  readonly because: string
}
export type Told<Type extends EventType = EventType> = ToldAsOrder | ToldAlone<Type> | NotTold

const order = (type: ToldAsOrder['type']): ToldAsOrder => ({ shows: 'order', type })

/** What REST has no object for is shown as the event says it. */
const itself = <Type extends EventType>(
  type: FrameType,
  data: ToldAlone<Type>['data'] = plainly,
): ToldAlone<Type> => ({ shows: 'itself', type, data })

const notTold = (because: string): NotTold => ({ shows: 'nothing', because })

/** How a decision was come to, and the proof of what a venue said: for auditors, who read the log. */
const left = new Set(['rules', 'basis', 'clock', 'payloadHash', 'receivedAt'])
const plainly = ({ event, metadata, position }: RecordedEvent): object => {
  const data = factOf.get(event.type)?.data.encode(event) as Readonly<Record<string, unknown>>
  return {
    at: formatInstant(metadata.occurredAt),
    ...Object.fromEntries(Object.entries(data).filter(([name]) => !left.has(name))),
    person: metadata.actor.person ?? null,
    logPosition: position.toString(),
  }
}

/** A row that one event makes by itself, as REST shows it. */
const asRow = <Type extends EventType, Row extends object>(
  type: FrameType,
  model: ReadModel<Row>,
  view: (row: Row) => object,
): ToldAlone<Type> => ({
  shows: 'itself',
  type,
  data: (recorded: RecordedEvent) => {
    const row = rowAfter(model, [recorded])
    return row === undefined ? plainly(recorded) : view(row)
  },
})
const instrument = <Type extends EventType>(type: FrameType) =>
  asRow<Type, InstrumentRow>(type, instruments, (row) => instrumentReply(row))

const filled = ({ status }: OrderRow): FrameType =>
  status === 'filled' ? 'order.filled' : 'order.partiallyFilled'

const ofKeys = 'who has which key is shown to administrators alone, by GET /v1/keys'

export const table: { readonly [Type in EventType]: Told<Type> } = {
  OrderIntentRecorded: order('order.placed'),
  OrderApproved: order('order.approved'),
  OrderDenied: order('order.denied'),
  OrderSubmissionStarted: order('order.submitted'),
  OrderAccepted: order('order.accepted'),
  OrderRefused: order('order.refused'),
  OrderOutcomeUnknown: order('order.unconfirmed'),
  OrderOutcomeResolved: order('order.resolved'),
  OrderFilled: order(filled),
  OrderCancelRequested: order('order.cancelRequested'),
  OrderCancelRefused: order('order.cancelRefused'),
  OrderCancelled: order('order.cancelled'),
  OrderExpired: order('order.expired'),
  OrderLapsed: order('order.lapsed'),
  OrderAmendRequested: order('order.amendRequested'),
  AmendApproved: order('order.amendApproved'),
  AmendDenied: order('order.amendDenied'),
  OrderAmendStarted: order('order.amendSubmitted'),
  OrderAmended: order('order.amended'),
  OrderAmendRefused: order('order.amendRefused'),
  OrderAmendOutcomeUnknown: order('order.amendUnconfirmed'),
  OrderAnomalyObserved: order('order.flagged'),
  ForeignFillObserved: asRow('fill.observed', fills, fillView),
  BookOpened: itself('book.opened'),
  RiskLimitsProposed: itself('limits.proposed'),
  RiskLimitsEndorsed: itself('limits.endorsed'),
  ProposalAssessed: itself('proposal.assessed'),
  RiskLimitsSet: itself('limits.set'),
  KillSwitchEngaged: itself('killSwitch.engaged', killSwitchView),
  KillSwitchReleaseRequested: itself('killSwitch.releaseRequested'),
  KillSwitchReleaseEndorsed: itself('killSwitch.releaseEndorsed'),
  KillSwitchReleased: itself('killSwitch.released'),
  ControlChangeRequested: itself('control.changeRequested'),
  ControlChangeEndorsed: itself('control.changeEndorsed'),
  ControlChanged: itself('control.changed'),
  ControlRefused: itself('proposal.refused'),
  TradingDayOpened: itself('day.opened'),
  EquityMarked: itself('equity.marked'),
  DailyLossBreached: itself('dailyLoss.breached'),
  DrawdownBreached: itself('drawdown.breached'),
  MarksTaken: notTold('it is what the guard values by; prices are on the tick hub'),
  AccountOpened: asRow('account.opened', accounts, (row) => accountView(row, {})),
  FundsDeposited: itself<'FundsDeposited'>('funds.deposited', transferView),
  FundsWithdrawn: itself<'FundsWithdrawn'>('funds.withdrawn', transferView),
  FundingPaid: itself('funding.paid'),
  InstrumentListed: instrument('instrument.listed'),
  InstrumentChanged: instrument('instrument.changed'),
  VenueConnected: itself('venue.connected'),
  VenueDisconnected: itself('venue.disconnected'),
  ReconciliationCompleted: itself('venue.reconciled'),
  BreakDetected: itself('break.detected'),
  PersonAdmitted: notTold(ofKeys),
  ApiKeyIssued: notTold(ofKeys),
  ApiKeyRevoked: notTold(ofKeys),
}

export const toldOf = (type: EventType): Told => table[type] as Told

export const toldTypes: readonly EventType[] = (Object.keys(table) as EventType[]).filter(
  (type) => table[type].shows !== 'nothing',
)

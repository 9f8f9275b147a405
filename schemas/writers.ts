/** Who writes what: each app its own events and no others. The PostgreSQL log holds every app to this by its role. */
import type { EventType } from '#schemas/events/ledger'
import type { Prefix } from '#schemas/streams'

export const apps = [
  'api',
  'risk-guard',
  'gateway',
  'projector',
  'market-data',
  'paper-venue',
  'cli',
] as const
export type AppName = (typeof apps)[number]

export type Writes = Readonly<Partial<Record<Prefix, readonly EventType[]>>>

export const writes: Readonly<Record<AppName, Writes>> = {
  api: {
    'order-': ['OrderIntentRecorded', 'OrderCancelRequested', 'OrderAmendRequested'],
    'risk-': ['BookOpened', 'KillSwitchEngaged'],
    'control-': [
      'RiskLimitsProposed',
      'KillSwitchReleaseRequested',
      'ControlChangeRequested',
      'RiskLimitsEndorsed',
      'KillSwitchReleaseEndorsed',
      'ControlChangeEndorsed',
      'ProposalAssessed',
    ],
    'account-': ['AccountOpened', 'FundsDeposited', 'FundsWithdrawn'],
    'access-': ['PersonAdmitted', 'ApiKeyIssued', 'ApiKeyRevoked'],
  },
  'risk-guard': {
    'risk-': [
      'OrderApproved',
      'OrderDenied',
      'MarksTaken',
      'RiskLimitsSet',
      'KillSwitchReleased',
      'ControlChanged',
      'ControlRefused',
      'AmendApproved',
      'AmendDenied',
      'TradingDayOpened',
      'EquityMarked',
      'DailyLossBreached',
      'DrawdownBreached',
      'KillSwitchEngaged',
    ],
  },
  gateway: {
    'order-': [
      'OrderCancelRequested',
      'OrderSubmissionStarted',
      'OrderAccepted',
      'OrderRefused',
      'OrderOutcomeUnknown',
      'OrderOutcomeResolved',
      'OrderFilled',
      'OrderCancelled',
      'OrderCancelRefused',
      'OrderExpired',
      'OrderLapsed',
      'OrderAmendStarted',
      'OrderAmended',
      'OrderAmendRefused',
      'OrderAmendOutcomeUnknown',
      'OrderAnomalyObserved',
    ],
    'account-': ['FundingPaid'],
    'instrument-': ['InstrumentListed', 'InstrumentChanged'],
    'venue-': [
      'VenueConnected',
      'VenueDisconnected',
      'ReconciliationCompleted',
      'BreakDetected',
      'ForeignFillObserved',
    ],
  },
  projector: {},
  'market-data': {},
  'paper-venue': {},
  cli: {},
}

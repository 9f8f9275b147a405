/** Every stable code that a program may meet, in one place. They are never renamed. */

/** Why a request was not carried out: `code` of a problem. */
export const problemCodes = [
  'malformed',
  'invalid',
  'unknownField',
  'notSupported',
  'unknownSymbol',
  'unknownVenue',
  'unknownSource',
  'unknownAccount',
  'unknownBook',
  'unknownCurrency',
  'unknownKillSwitch',
  'notFound',
  'missingIdempotencyKey',
  'idempotencyKeyReused',
  'unauthenticated',
  'forbidden',
  'orderEnded',
  'accountExists',
  'insufficientFunds',
  'controlRefused',
  'secondPerson',
  'bookExists',
  'proposalEnded',
  'lastAdminKey',
  'payloadTooLarge',
  'unsupportedMediaType',
  'methodNotAllowed',
  'requestTimeout',
  'tooManyRequests',
  'upgradeRequired',
  'headersTooLarge',
  'logUnreachable',
  'readModelsUnreachable',
  'projectionBehind',
  'notReady',
  'tooManyClients',
  'internal',
] as const
export type ProblemCode = (typeof problemCodes)[number]

/** Why an order ended without its fill: `reason.code` of OrderDenied, OrderRefused, OrderLapsed. Denials also use check codes. */
export const reasonCodes = [
  'stale',
  'notAtVenue',
  'notSent',
  'venueRefused',
  'venueSilent',
  'venueThrottled',
  'cancelRequested',
  'undecided',
  'approvalExpired',
  'killSwitch',
  'alreadyAtVenue',
  'notAmendable',
] as const
export type ReasonCode = (typeof reasonCodes)[number]

/** What the guard looks at, one file each in domain/risk/checks. */
export const checkCodes = [
  'bookOpen',
  'accountOpen',
  'killSwitch',
  'instrumentListed',
  'orderTypeNative',
  'timeInForce',
  'priceIncrement',
  'quantityIncrement',
  'quantityMin',
  'quantityMax',
  'notionalMin',
  'reduceOnly',
  'opposingStrategies',
  'venueReconciled',
  'tradingWindow',
  'markFresh',
  'markPlausible',
  'priceCollar',
  'orderQuantity',
  'orderNotional',
  'positionQuantity',
  'positionNotional',
  'grossExposure',
  'netExposure',
  'concentration',
  'buyingPower',
  'strategyCapital',
  'strategyPositions',
  'dailyLoss',
  'drawdown',
  'duplicateIntent',
  'selfTrade',
  'openOrders',
  'unknownOrders',
  'ordersPerSecond',
  'ordersPerMinute',
  'ordersPerHour',
  'logLag',
] as const
export type CheckCode = (typeof checkCodes)[number]

/** Why a request on a book's control changes nothing: `reason.code` of ControlRefused. */
export const controlCodes = [
  'expired',
  'superseded',
  'secondPersonNeeded',
  'controlUnchanged',
  'limitsInvalid',
  'nothingToRelease',
  'unknownKillSwitch',
] as const
export type ControlCode = (typeof controlCodes)[number]

/** Why the paper venue did not do something: `code` of its reasons. */
export const paperCodes = [
  'malformed',
  'invalid',
  'notSupported',
  'unknownSymbol',
  'unknownOrder',
  'orderEnded',
  'priceIncrement',
  'quantityIncrement',
  'quantityMin',
  'quantityMax',
  'notionalMin',
  'noMarket',
  'deadlinePassed',
  'expireAtPassed',
  'wouldTrigger',
  'wouldTake',
  'reduceOnly',
] as const
export type PaperCode = (typeof paperCodes)[number]

/** What should not be and was recorded all the same: `anomaly` of OrderAnomalyObserved. */
export const anomalyCodes = [
  'overfill',
  'duplicateFillDiffers',
  'fillBeforeSubmission',
  'venueOrderIdChanged',
  'acceptedAfterEnd',
  'termsDiffer',
  'filledTotalBelowFills',
  'tooManyDigits',
  'unexpectedReport',
] as const
export type AnomalyCode = (typeof anomalyCodes)[number]

/** Where venue and log contradict each other: `kind` of BreakDetected. */
export const breakKinds = [
  'foreignOrder',
  'foreignTrade',
  'missingAtVenue',
  'openAfterEnd',
] as const
export type BreakKind = (typeof breakKinds)[number]

/**
 * Limits narrow enough for a demonstration to meet each of them: every later one is tighter than the ones before it in
 * the guard's order, so that each can be the first to fail.
 */
export const demoLimits = {
  maxOrderQuantity: { 'BTC/USDT': '0.45' },
  maxOrderNotional: '25000',
  maxPosition: { 'BTC/USDT': '0.5' },
  maxPositionNotional: '28000',
  maxGrossExposure: '24000',
  maxNetExposure: '22000',
  maxLeverage: '3',
  maxConcentration: '0.85',
  maxOpenOrders: 30,
  maxUnknownOrders: 5,
  maxOrdersPerSecond: 60,
  maxOrdersPerMinute: 50000,
  maxOrdersPerHour: 50000,
  priceCollar: '0.05',
  maxMarkAgeMs: 5000,
  maxLogLagMs: 2000,
}

/** What the risk officer asks for at once, and has a minute later. */
export const loosened = {
  maxOrdersPerSecond: 2000,
  maxOpenOrders: 200,
  maxGrossExposure: '60000',
  maxNetExposure: '60000',
}
/** What she has at once, while everybody trades. */
export const tightened = { maxOrderNotional: '6000' }
/** How she closes the day: each as tight as it goes, in the order in which the guard comes to them last. */
export const closing = [
  ['logLag', { maxLogLagMs: 0 }],
  ['ordersPerHour', { maxOrdersPerHour: 1 }],
  ['ordersPerMinute', { maxOrdersPerMinute: 1 }],
  ['ordersPerSecond', { maxOrdersPerSecond: 0 }],
] as const

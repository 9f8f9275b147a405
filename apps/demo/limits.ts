/**
 * Limits narrow enough for a demonstration to meet each of them on one symbol: every later limit is tighter
 * than the ones before it in the guard's order, so that each can be the first to fail.
 */
export const demoLimits = {
  maxOrderQuantity: { 'BTC/USDT': '0.45' },
  maxOrderNotional: '25000',
  maxPosition: { 'BTC/USDT': '0.5' },
  maxPositionNotional: '28000',
  maxGrossExposure: '24000',
  maxNetExposure: '22000',
  maxLeverage: '1',
  maxConcentration: '1',
  maxOpenOrders: 30,
  maxUnknownOrders: 5,
  maxOrdersPerSecond: 20,
  maxOrdersPerMinute: 2000,
  maxOrdersPerHour: 5000,
  priceCollar: '0.05',
  maxMarkAgeMs: 5000,
  maxLogLagMs: 2000,
}

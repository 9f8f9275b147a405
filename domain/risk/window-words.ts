/** Trading windows of a venue in words. */
import type { TradingWindow } from '#schemas/values/trading'

export const windowsInWords = (windows: readonly TradingWindow[]): string =>
  windows.length === 0 ? 'never open' : windows.map(windowInWords).join(' and ')

const windowInWords = ({ zone, days, from, to, except = [] }: TradingWindow): string => {
  const until = from === to ? `${to} (24 hours)` : to < from ? `${to} of the next day` : to
  const but = except.length === 0 ? '' : ` except ${except.join(', ')}`
  return `${days.join(' ')} ${from} to ${until} ${zone}${but}`
}

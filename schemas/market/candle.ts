/** How long a candle is. */
import * as t from 'io-ts'

export const CandleInterval = t.keyof(
  {
    '1s': null,
    '5s': null,
    '15s': null,
    '1m': null,
    '5m': null,
    '15m': null,
    '1h': null,
    '4h': null,
    '1d': null,
  },
  'CandleInterval',
)
export type CandleInterval = t.TypeOf<typeof CandleInterval>

/** One everyday value of every leaf, one small and one as large as it may be, as JSON. */
import type * as t from 'io-ts'
import { Count, Whole } from '#schemas/values/count'
import { Amount, Price, Quantity, Ratio, SignedQuantity } from '#schemas/values/decimal'
import * as Ids from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'

type Json = string | number
interface Samples {
  readonly whole: Json
  readonly bare: Json
  readonly largest: Json
}
export const leafSamples = (codec: t.Any): Samples => {
  const known = table.get(codec)
  if (known === undefined) throw new Error(`no sample is known of ${codec.name}: add it here`)
  return known
}

const of = (whole: Json, bare: Json, largest: Json): Samples => ({ whole, bare, largest })
const uuid = (last: string) =>
  of(
    `019b8d5e-6c00-7a3b-9f21-0000000000${last}`,
    `00000000-0000-7000-8000-0000000000${last}`,
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  )
const label = (word: string) => of(word, word.slice(0, 1), `${word}${'_'.repeat(32 - word.length)}`)
const nines = (digits: number, places: number) => `${'9'.repeat(digits)}.${'9'.repeat(places)}`
const hex = (length: number) =>
  of('0123456789abcdef'.repeat(length / 16), '0'.repeat(length), 'f'.repeat(length))

const table: ReadonlyMap<t.Any, Samples> = new Map<t.Any, Samples>([
  [Price, of('64000.5', '0.000000000000000001', nines(20, 18))],
  [Quantity, of('0.25', '0', nines(20, 18))],
  [SignedQuantity, of('-0.25', '0', `-${nines(20, 18)}`)],
  [Amount, of('-9.600075', '0', `-${nines(40, 36)}`)],
  [Ratio, of('0.05', '1', `-${nines(20, 18)}`)],
  [Count, of(42, 0, Number.MAX_SAFE_INTEGER)],
  [Whole, of('1234', '0', '9223372036854775807')],
  [
    Instant,
    of('2026-01-05T09:30:00.123456Z', '1970-01-01T00:00:00Z', '2254-12-31T23:59:59.999999Z'),
  ],
  [Ids.EventId, uuid('e1')],
  [Ids.OrderId, uuid('01')],
  [Ids.KillSwitchId, uuid('51')],
  [Ids.ProposalId, uuid('61')],
  [Ids.AmendmentId, uuid('71')],
  [Ids.BreakId, uuid('b1')],
  [Ids.PositionId, uuid('a1')],
  [Ids.CorrelationId, uuid('c1')],
  [Ids.AccountId, label('main')],
  [Ids.BookId, label('main')],
  [Ids.StrategyId, label('manual')],
  [Ids.VenueId, label('paper')],
  [Ids.PersonId, label('owner')],
  [Ids.KeyId, of('k3y00001', '00000000', 'zzzzzzzz')],
  [Ids.Currency, of('USDT', 'X', 'Z'.repeat(20))],
  [
    Ids.MarketSymbol,
    of('BTC/USDT:USDT', 'A/B', `${'Z'.repeat(20)}/${'Z'.repeat(20)}:${'Z'.repeat(20)}`),
  ],
  [Ids.ClientOrderId, hex(32)],
  [Ids.VenueOrderId, of('paper-17', '1', '"\\~'.padEnd(64, '~'))],
  [Ids.TradeId, of('t-99', '1', '"\\~'.padEnd(64, '~'))],
  [Ids.FundingId, of('f-7', '1', '"\\~'.padEnd(64, '~'))],
  [Ids.Sha256, hex(64)],
  [Ids.Nonce, hex(32)],
  [Ids.IdempotencyKey, of('place-1', ' ', '"\\~'.padEnd(255, '~'))],
  [Ids.Line, of('As the owner said: “go”.', '.', '€"\\😀'.padEnd(400, 'ü'))],
  [Ids.Code, of('killSwitch', 'a', 'Z'.padStart(64, 'z'))],
])

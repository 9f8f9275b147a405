/** Names and identifiers, each of its own kind. */
import type * as t from 'io-ts'
import { scanFamiliar, scanHex, type Scan, scanText } from '#schemas/bytes'
import { leaf } from '#schemas/leaf'

declare const kind: unique symbol
type Id<Name extends string> = string & { readonly [kind]: Name }

interface Form {
  /** Its JSON may need an escape. */
  readonly escaped?: true
  /** Where it is not one of a few that come again and again. */
  readonly scan?: Scan<string>
}
const text = <A extends string>(
  name: string,
  pattern: RegExp,
  says: string,
  { escaped, scan }: Form = {},
): t.Type<A, string, unknown> => {
  const is = (u: unknown): u is A => typeof u === 'string' && pattern.test(u)
  const parse = (u: unknown): A | undefined => (is(u) ? u : undefined)
  return leaf<A, string>(
    name,
    {
      is,
      parse,
      scan: (scan as Scan<A> | undefined) ?? (escaped === true ? scanText : scanFamiliar)(parse),
      refusal: (u) => ({
        code: typeof u === 'string' ? 'invalid' : 'malformed',
        detail: `must be ${says}`,
      }),
      encode: (a) => a,
      plain: escaped !== true,
    },
    { type: 'string', pattern: pattern.source, description: says },
  )
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const scansUuid = { scan: scanHex(36, [8, 13, 18, 23]) }
const label = /^[a-z0-9][a-z0-9_]{0,31}$/
const saysLabel = 'up to 32 of a-z, 0-9 and _, not beginning with _'

export type EventId = Id<'EventId'>
export const EventId = text<EventId>('EventId', uuid, 'a UUID', scansUuid)
export type OrderId = Id<'OrderId'>
export const OrderId = text<OrderId>('OrderId', uuid, 'a UUID', scansUuid)
export type KillSwitchId = Id<'KillSwitchId'>
export const KillSwitchId = text<KillSwitchId>('KillSwitchId', uuid, 'a UUID', scansUuid)
/** What somebody asked of a book's control: other limits, or the release of kill switches. */
export type ProposalId = Id<'ProposalId'>
export const ProposalId = text<ProposalId>('ProposalId', uuid, 'a UUID', scansUuid)
/** Of one change to an order. */
export type AmendmentId = Id<'AmendmentId'>
export const AmendmentId = text<AmendmentId>('AmendmentId', uuid, 'a UUID', scansUuid)
/** A break between the ledger and a venue: derived from what differs, so that it is recorded once. */
export type BreakId = Id<'BreakId'>
export const BreakId = text<BreakId>('BreakId', uuid, 'a UUID', scansUuid)
/** A holding from flat to flat: derived from its key and its first fill. */
export type PositionId = Id<'PositionId'>
export const PositionId = text<PositionId>('PositionId', uuid, 'a UUID', scansUuid)
/** One request and all that followed from it. */
export type CorrelationId = Id<'CorrelationId'>
export const CorrelationId = text<CorrelationId>('CorrelationId', uuid, 'a UUID', scansUuid)

export type AccountId = Id<'AccountId'>
export const AccountId = text<AccountId>('AccountId', label, saysLabel)
export type BookId = Id<'BookId'>
export const BookId = text<BookId>('BookId', label, saysLabel)
export type StrategyId = Id<'StrategyId'>
export const StrategyId = text<StrategyId>('StrategyId', label, saysLabel)
export type VenueId = Id<'VenueId'>
export const VenueId = text<VenueId>('VenueId', label, saysLabel)
export type PersonId = Id<'PersonId'>
export const PersonId = text<PersonId>('PersonId', label, saysLabel)

/** The public half of an API key: it names the key in the log. */
export type KeyId = Id<'KeyId'>
export const KeyId = text<KeyId>('KeyId', /^[a-z0-9]{8}$/, '8 of a-z and 0-9')
/** An asset's code as ccxt writes it: BTC, USDT. */
export type Currency = Id<'Currency'>
export const Currency = text<Currency>('Currency', /^[A-Z0-9]{1,20}$/, 'a currency such as USDT')
/** ccxt's unified symbol: BTC/USDT, BTC/USDT:USDT, BTC/USD:BTC. */
export type MarketSymbol = Id<'MarketSymbol'>
export const MarketSymbol = text<MarketSymbol>(
  'MarketSymbol',
  /^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}(:[A-Z0-9]{1,20})?$/,
  'a symbol such as BTC/USDT or BTC/USDT:USDT',
)
/** FIX ClOrdID (11): the 32 hexadecimal characters of the order id. */
export type ClientOrderId = Id<'ClientOrderId'>
export const ClientOrderId = text<ClientOrderId>(
  'ClientOrderId',
  /^[0-9a-f]{32}$/,
  '32 hexadecimal characters',
  { scan: scanHex(32) },
)
/** FIX OrderID (37): the venue's own name of the order. */
export type VenueOrderId = Id<'VenueOrderId'>
export const VenueOrderId = text<VenueOrderId>(
  'VenueOrderId',
  /^[\x21-\x7e]{1,64}$/,
  "a venue's order id",
  { escaped: true },
)
/** FIX ExecID (17): the venue's own name of the trade, unique within account, symbol and order. */
export type TradeId = Id<'TradeId'>
export const TradeId = text<TradeId>('TradeId', /^[\x21-\x7e]{1,64}$/, "a venue's trade id", {
  escaped: true,
})
/** The venue's own name of a funding payment, unique within account and symbol. */
export type FundingId = Id<'FundingId'>
export const FundingId = text<FundingId>(
  'FundingId',
  /^[\x21-\x7e]{1,64}$/,
  "a venue's funding id",
  { escaped: true },
)

/** SHA-256 in lower-case hexadecimal. */
export type Sha256 = Id<'Sha256'>
export const Sha256 = text<Sha256>('Sha256', /^[0-9a-f]{64}$/, '64 hexadecimal characters', {
  scan: scanHex(64),
})
/** Makes the hash of an event's bytes unguessable; drawn once for each event. */
export type Nonce = Id<'Nonce'>
export const Nonce = text<Nonce>('Nonce', /^[0-9a-f]{32}$/, '32 hexadecimal characters', {
  scan: scanHex(32),
})
/** What a client calls its own request; any printable text, as long as a header may be. */
export type IdempotencyKey = Id<'IdempotencyKey'>
export const IdempotencyKey = text<IdempotencyKey>(
  'IdempotencyKey',
  /^[\x20-\x7e]{1,255}$/,
  '1 to 255 printable ASCII characters',
  { escaped: true },
)
/** A line of text that a person gave: a reason, a tag. No control characters. */
export type Line = Id<'Line'>
export const Line = text<Line>(
  'Line',
  /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,500}$/u,
  '1 to 500 characters in one line',
  { escaped: true },
)
/** The same as somebody gives it now, which is not blank. What was once recorded stays as it is. */
export const GivenLine = text<Line>(
  'GivenLine',
  /^[^\s\p{Cc}\p{Cs}][^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{0,499}$/u,
  '1 to 500 characters in one line, not beginning with a space',
  { escaped: true },
)
/** A stable name for programs: a reason, a check, an anomaly. */
export type Code = Id<'Code'>
export const Code = text<Code>('Code', /^[a-z][a-zA-Z0-9]{0,63}$/, 'a camelCase noun')

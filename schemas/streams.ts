/** The name of every stream: category, a dash, an id. */
import type {
  AccountId,
  BookId,
  MarketSymbol,
  OrderId,
  PersonId,
  VenueId,
} from '#schemas/values/ids'

declare const kind: unique symbol
export type StreamName = string & { readonly [kind]: 'StreamName' }

export const categories = [
  'order',
  'risk',
  'control',
  'account',
  'instrument',
  'venue',
  'access',
] as const
export type Category = (typeof categories)[number]
/** What a follower names to get the streams of a category: `order-`. */
export type Prefix = `${Category}-`

export const orderStream = (order: OrderId): StreamName => `order-${order}` as StreamName
export const riskStream = (book: BookId): StreamName => `risk-${book}` as StreamName
export const controlStream = (book: BookId): StreamName => `control-${book}` as StreamName
export const accountStream = (account: AccountId): StreamName => `account-${account}` as StreamName
export const accessStream = (person: PersonId): StreamName => `access-${person}` as StreamName
export const instrumentStream = (venue: VenueId, symbol: MarketSymbol): StreamName =>
  `instrument-${venue}.${symbol}` as StreamName
export const venueStream = (venue: VenueId, account: AccountId): StreamName =>
  `venue-${venue}.${account}` as StreamName

/** Printable ASCII after a category that this ledger knows. */
const grammar = new RegExp(`^(${categories.join('|')})-[\\x21-\\x7e]{1,100}$`)
export const isStreamName = (text: string): text is StreamName => grammar.test(text)
export const categoryOf = (stream: StreamName): Category =>
  stream.slice(0, stream.indexOf('-')) as Category

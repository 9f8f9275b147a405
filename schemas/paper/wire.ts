/** What is said over the paper venue's socket: one JSON object a frame, an answer for each request, news unasked. */
import * as t from 'io-ts'
import { closed } from '#schemas/codec'
import { Count, Whole } from '#schemas/values/count'
import { Amount, Price, Quantity, Ratio, SignedQuantity } from '#schemas/values/decimal'
import {
  AccountId,
  ClientOrderId,
  Currency,
  FundingId,
  Line,
  MarketSymbol,
  TradeId,
  VenueOrderId,
} from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
import {
  Fee,
  InstrumentRules,
  InstrumentTerms,
  Liquidity,
  OrderType,
  Reason,
  Side,
  TimeInForce,
} from '#schemas/values/trading'

/** The asker's own number of a request; the answer repeats it. */
const asked = { request: Count }

const PlaceRequest = closed(
  t.intersection(
    [
      t.type({
        type: t.literal('place'),
        ...asked,
        clientOrderId: ClientOrderId,
        account: AccountId,
        symbol: MarketSymbol,
        side: Side,
        orderType: OrderType,
        timeInForce: TimeInForce,
        quantity: Quantity,
        postOnly: t.boolean,
        reduceOnly: t.boolean,
        /** Not to be acted upon after this. */
        sendBy: Instant,
      }),
      t.partial({ limitPrice: Price, stopPrice: Price, expireAt: Instant }),
    ],
    'PlaceRequest',
  ),
)
export type PlaceRequest = Readonly<t.TypeOf<typeof PlaceRequest>>

const oneOrder = { ...asked, account: AccountId, clientOrderId: ClientOrderId }
const CancelRequest = closed(t.type({ type: t.literal('cancel'), ...oneOrder }, 'CancelRequest'))
const OrderRequest = closed(t.type({ type: t.literal('order'), ...oneOrder }, 'OrderRequest'))

/** What the order is to be as a whole; `quantity` counts what it has filled. */
const AmendRequest = closed(
  t.intersection(
    [
      t.type({
        type: t.literal('amend'),
        ...oneOrder,
        quantity: Quantity,
        /** Not to be acted upon after this. */
        sendBy: Instant,
      }),
      t.partial({ limitPrice: Price, stopPrice: Price }),
    ],
    'AmendRequest',
  ),
)
export type AmendRequest = Readonly<t.TypeOf<typeof AmendRequest>>

/** Lists come in pages; `after` is the id of the last one of the page before, '0' for the first page. */
const page = { ...asked, account: AccountId, after: Whole }
const OpenOrdersRequest = closed(
  t.type({ type: t.literal('openOrders'), ...page }, 'OpenOrdersRequest'),
)
/** Ended at or after `since`. */
const ClosedOrdersRequest = closed(
  t.type({ type: t.literal('closedOrders'), ...page, since: Instant }, 'ClosedOrdersRequest'),
)
/** Made at or after `since`. */
const TradesRequest = closed(
  t.type({ type: t.literal('trades'), ...page, since: Instant }, 'TradesRequest'),
)
/** Booked at or after `since`. */
const FundingsRequest = closed(
  t.type({ type: t.literal('fundings'), ...page, since: Instant }, 'FundingsRequest'),
)
const InstrumentsRequest = closed(
  t.type({ type: t.literal('instruments'), ...asked }, 'InstrumentsRequest'),
)

/** By type, so that a request is decoded once and its faults are about what it wants to be. */
export const requests = {
  place: PlaceRequest,
  amend: AmendRequest,
  cancel: CancelRequest,
  order: OrderRequest,
  openOrders: OpenOrdersRequest,
  closedOrders: ClosedOrdersRequest,
  trades: TradesRequest,
  fundings: FundingsRequest,
  instruments: InstrumentsRequest,
} as const
export type RequestType = keyof typeof requests
export type PaperWireRequest = {
  [Type in RequestType]: Readonly<t.TypeOf<(typeof requests)[Type]>>
}[RequestType]

const OrderStatus = t.keyof(
  { open: null, filled: null, cancelled: null, expired: null, refused: null },
  'OrderStatus',
)
/** An order as the venue has it; `at` is when it last changed there. */
export const WireOrder = t.exact(
  t.intersection([
    t.type({
      venueOrderId: VenueOrderId,
      clientOrderId: ClientOrderId,
      account: AccountId,
      symbol: MarketSymbol,
      side: Side,
      orderType: OrderType,
      timeInForce: TimeInForce,
      quantity: Quantity,
      postOnly: t.boolean,
      reduceOnly: t.boolean,
      status: OrderStatus,
      filledTotal: Quantity,
      at: Instant,
    }),
    t.partial({
      limitPrice: Price,
      stopPrice: Price,
      expireAt: Instant,
      /** Of a stop order: its price was reached. */
      triggered: t.boolean,
      reason: Reason,
    }),
  ]),
  'WireOrder',
)
export type WireOrder = Readonly<t.TypeOf<typeof WireOrder>>

export const WireTrade = t.strict(
  {
    tradeId: TradeId,
    venueOrderId: VenueOrderId,
    clientOrderId: ClientOrderId,
    account: AccountId,
    symbol: MarketSymbol,
    side: Side,
    quantity: Quantity,
    price: Price,
    fee: Fee,
    liquidity: Liquidity,
    at: Instant,
  },
  'WireTrade',
)
export type WireTrade = Readonly<t.TypeOf<typeof WireTrade>>

/** What was booked on an account's position in a contract, received above 0. */
export const WireFunding = t.strict(
  {
    /** 1, 2, 3, … in the order in which they were booked. */
    number: Whole,
    fundingId: FundingId,
    account: AccountId,
    symbol: MarketSymbol,
    quantity: SignedQuantity,
    markPrice: Price,
    rate: Ratio,
    currency: Currency,
    amount: Amount,
    at: Instant,
  },
  'WireFunding',
)
export type WireFunding = Readonly<t.TypeOf<typeof WireFunding>>

export const WireInstrument = t.strict(
  { symbol: MarketSymbol, terms: InstrumentTerms, rules: InstrumentRules },
  'WireInstrument',
)
export type WireInstrument = Readonly<t.TypeOf<typeof WireInstrument>>

const OrderAnswer = t.strict({ type: t.literal('order'), ...asked, order: WireOrder })
const OrdersAnswer = t.strict({
  type: t.literal('orders'),
  ...asked,
  orders: t.readonlyArray(WireOrder),
  /** There is a page after this one. */
  more: t.boolean,
})
const TradesAnswer = t.strict({
  type: t.literal('trades'),
  ...asked,
  trades: t.readonlyArray(WireTrade),
  more: t.boolean,
})
const FundingsAnswer = t.strict({
  type: t.literal('fundings'),
  ...asked,
  fundings: t.readonlyArray(WireFunding),
  more: t.boolean,
})
const InstrumentsAnswer = t.strict({
  type: t.literal('instruments'),
  ...asked,
  instruments: t.readonlyArray(WireInstrument),
})
/** Surely not done. */
const RefusedAnswer = t.strict({ type: t.literal('refused'), ...asked, reason: Reason })
/** Surely not done; ask again later. */
const ThrottledAnswer = t.strict({ type: t.literal('throttled'), ...asked, retryAfterMs: Count })
/** What was sent could not be understood; nothing was done. `request` where at least that could be read. */
const MalformedAnswer = t.exact(
  t.intersection([
    t.type({ type: t.literal('malformed'), detail: Line }),
    t.partial({ request: Count }),
  ]),
)
const OrderNews = t.strict({ type: t.literal('orderChanged'), order: WireOrder })
const TradeNews = t.strict({ type: t.literal('tradeMade'), trade: WireTrade })
const FundingNews = t.strict({ type: t.literal('fundingBooked'), funding: WireFunding })

export const frames = {
  order: OrderAnswer,
  orders: OrdersAnswer,
  trades: TradesAnswer,
  fundings: FundingsAnswer,
  instruments: InstrumentsAnswer,
  refused: RefusedAnswer,
  throttled: ThrottledAnswer,
  malformed: MalformedAnswer,
  orderChanged: OrderNews,
  tradeMade: TradeNews,
  fundingBooked: FundingNews,
} as const
export type FrameType = keyof typeof frames
export type PaperFrame = {
  [Type in FrameType]: Readonly<t.TypeOf<(typeof frames)[Type]>>
}[FrameType]
/** Told unasked. */
export type PaperNews = Extract<
  PaperFrame,
  { readonly type: 'orderChanged' | 'tradeMade' | 'fundingBooked' }
>
/** Tells of a request what became of it. */
export type PaperAnswer = Exclude<PaperFrame, PaperNews>
export const isNews = (frame: PaperFrame): frame is PaperNews =>
  frame.type === 'orderChanged' || frame.type === 'tradeMade' || frame.type === 'fundingBooked'

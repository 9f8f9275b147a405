/** A naive order: one mutable record that is told things, and knows no events. */
import type { OrderCommand } from '#domain/order/commands'
import { terms } from '#domain/testing/orders'

export type NaivePhase = 'none' | 'unsent' | 'flying' | 'live' | 'over'

export const naiveOrder = () => {
  const trades = new Map<string, bigint>()
  /** What it is, and what it may have become. */
  let size: bigint = terms.quantity
  let perhaps: bigint | undefined
  let phase: NaivePhase = 'none'
  const filledTotal = () => [...trades.values()].reduce((sum, each) => sum + each, 0n)
  const whenLive = () => {
    const most = perhaps !== undefined && perhaps > size ? perhaps : size
    if (phase === 'live' && filledTotal() >= most) phase = 'over'
  }
  const seen = () => {
    if (phase === 'flying') phase = 'live'
  }
  return {
    phase: () => phase,
    filledTotal,
    tell: (event: OrderCommand, acceptedRequest: boolean, isFact: boolean) => {
      switch (event.type) {
        case 'RecordIntent':
          if (phase === 'none') [phase, size] = ['unsent', event.terms.quantity]
          return
        case 'StartAmend':
          if (acceptedRequest) perhaps = event.approval.terms.quantity
          return
        case 'ReportAmended':
          // An anomaly alone is no amendment.
          if (!isFact) return
          size = perhaps ?? size
          perhaps = undefined
          return whenLive()
        case 'ReportAmendRefused':
        case 'ReportAmendNotSent':
        case 'ResolveUnamended':
          if (!isFact) return
          perhaps = undefined
          return whenLive()
        case 'RequestAmend':
        case 'LapseAmend':
        case 'ReportAmendUnknown':
          return
        case 'StartSubmission':
          if (acceptedRequest) phase = 'flying'
          return
        case 'LapseOrder':
        case 'ResolveAbsent':
          if (acceptedRequest) phase = 'over'
          return
        case 'ReportAccepted':
          seen()
          return
        case 'ReportFill':
          if (phase === 'none' || event.quantity === 0n || trades.has(event.tradeId)) return
          seen()
          trades.set(event.tradeId, event.quantity)
          whenLive()
          return
        case 'ReportCancelled':
        case 'ReportExpired':
          if (phase === 'flying' || phase === 'live') phase = 'over'
          return
        case 'ReportRefused':
          if (phase === 'flying' || (phase === 'live' && trades.size === 0)) phase = 'over'
          return
        case 'ReportNotSent':
          if (phase === 'flying' && acceptedRequest) phase = 'over'
          return
        case 'RequestCancel':
        case 'ReportUnknown':
        case 'ReportCancelRefused':
          return
      }
    },
  }
}

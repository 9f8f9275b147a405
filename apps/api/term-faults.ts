/** What does not go together in an order, each fault with what to do about it. */
import type { RequestFault } from '#adapters/http/faults'
import { fieldFault } from '#schemas/request'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { OrderType, Terms, TimeInForce } from '#schemas/values/trading'

/** Nobody knows but by the clock whether an end is still to come. */
export const faultsOfTerms = (terms: Terms, now: Instant): readonly RequestFault[] => [
  ...faultsOfPrices(terms),
  ...faultsOfTimeInForce(terms),
  ...faultsOfEnd(terms, now),
  ...faultsOfPostOnly(terms),
]

const withLimit: readonly OrderType[] = ['limit', 'stopLimit']
const withStop: readonly OrderType[] = ['stop', 'stopLimit']
const untilFilled: readonly TimeInForce[] = ['gtc', 'gtd']

const faultsOfPrices = (terms: Terms): readonly RequestFault[] =>
  (
    [
      ['limitPrice', withLimit],
      ['stopPrice', withStop],
    ] as const
  ).flatMap(([field, types]) => {
    const { orderType } = terms
    const isNeeded = types.includes(orderType)
    const isThere = terms[field] !== undefined
    if (isNeeded === isThere) return []
    const detail = isNeeded
      ? `is missing; a ${orderType} order needs one`
      : `does not go with a ${orderType} order; leave it out, or set type to ${types.join(' or ')}`
    return [fieldFault([field], 'invalid', detail)]
  })

const faultsOfTimeInForce = ({ orderType, timeInForce }: Terms): readonly RequestFault[] => {
  const waits = untilFilled.includes(timeInForce)
  if (orderType === 'market' && waits) {
    const detail = 'must be ioc or fok for a market order, or be left out; it never waits'
    return [fieldFault(['timeInForce'], 'invalid', detail)]
  }
  if (withStop.includes(orderType) && !waits) {
    const detail = `must be gtc or gtd for a ${orderType} order, or be left out; it waits for its stopPrice`
    return [fieldFault(['timeInForce'], 'invalid', detail)]
  }
  return []
}

const faultsOfEnd = ({ timeInForce, expireAt }: Terms, now: Instant): readonly RequestFault[] => {
  const fault = (detail: string): readonly RequestFault[] => [
    fieldFault(['expireAt'], 'invalid', detail),
  ]
  if (timeInForce !== 'gtd')
    return expireAt === undefined
      ? []
      : fault(`goes with timeInForce gtd only; leave it out, or set timeInForce to gtd`)
  if (expireAt === undefined)
    return fault('is missing; a gtd order needs the time at which it ends by itself')
  return expireAt > now
    ? []
    : fault(`must be in the future; it is ${formatInstant(expireAt)}, now is ${formatInstant(now)}`)
}

const faultsOfPostOnly = ({ postOnly, orderType, timeInForce }: Terms): readonly RequestFault[] =>
  !postOnly || (orderType === 'limit' && untilFilled.includes(timeInForce))
    ? []
    : [
        fieldFault(
          ['postOnly'],
          'invalid',
          'goes with limit orders that are gtc or gtd only; leave it out',
        ),
      ]

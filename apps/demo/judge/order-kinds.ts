/** What each kind of order promises: to make and never take, all or nothing, at once, until its time, within its limit. */
import { shown, units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import { type LogRow, second, text, venueAt, when, writtenAt } from './log-row.ts'
import { filledOf, hasEnded, isFilled, storiesOf, type Story } from './story.ts'

export const orderKindFindings = (rows: readonly LogRow[]): readonly Finding[] => {
  const stories = storiesOf(rows)
  const newest = rows.reduce((at, row) => Math.max(at, writtenAt(row)), 0)
  return [
    postOnlyNeverTakes(stories),
    allOrNothing(stories),
    endsAtOnce(stories),
    endsInTime(stories, newest),
    neverWorseThanItsLimit(stories),
  ]
}

const forcedBy = (stories: readonly Story[], timeInForce: string): readonly Story[] =>
  stories.filter(
    ({ terms, accepted }) => terms['timeInForce'] === timeInForce && accepted !== undefined,
  )

const postOnlyNeverTakes = (stories: readonly Story[]): Finding => {
  const posted = stories.filter(({ terms }) => terms['postOnly'] === true)
  const fills = posted.flatMap((story) => story.fills)
  return finding(
    'post-only',
    'no fill of a post-only order took',
    fills.length,
    fills
      .filter(({ data }) => data['liquidity'] !== 'maker')
      .map(({ data }) => `order ${text(data['orderId'])} took, by trade ${text(data['tradeId'])}`),
  )
}

const allOrNothing = (stories: readonly Story[]): Finding => {
  const orders = forcedBy(stories, 'fok')
  const wrong = orders.flatMap((story) => {
    const filled = filledOf(story)
    if (filled !== 0n && filled !== units(story.terms['quantity']))
      return [`order ${story.id} was filled in part: ${shown(filled)}`]
    return hasEnded(story) ? [] : [`order ${story.id} is still open`]
  })
  return finding('fok', 'each was filled whole or not at all, and ended', orders.length, wrong)
}

/** Longer than a venue takes to work off what waits together. */
const atOnce = second
const endsAtOnce = (stories: readonly Story[]): Finding => {
  const orders = forcedBy(stories, 'ioc')
  const wrong = orders.flatMap((story) => {
    const { id, accepted, end, fills } = story
    if (!hasEnded(story)) return [`order ${id} is still open`]
    const told = [...fills, ...(end === undefined ? [] : [end])].filter(isOfVenue)
    const last = told.reduce((at, row) => Math.max(at, venueAt(row)), 0)
    const first = accepted === undefined ? last : venueAt(accepted)
    if (last - first > atOnce) return [`order ${id} lasted ${String((last - first) / second)} s`]
    return fills
      .filter(({ data }) => data['liquidity'] !== 'taker')
      .map(({ data }) => `order ${id} rested, and made trade ${text(data['tradeId'])}`)
  })
  return finding('ioc', 'what could not be had at once was given up', orders.length, wrong)
}
const isOfVenue = (row: LogRow): boolean => 'venueAt' in row.data

/** So long after its time an order may be found to have ended. */
const grace = 2 * second
const endsInTime = (stories: readonly Story[], newest: number): Finding => {
  const orders = forcedBy(stories, 'gtd')
  const wrong = orders.flatMap((story) => {
    const { id, terms, end, fills } = story
    const time = when(terms['expireAt'])
    const late = fills.filter((fill) => venueAt(fill) > time)
    if (late.length > 0) return [`order ${id} was filled after ${text(terms['expireAt'])}`]
    if (!hasEnded(story))
      return newest > time + grace ? [`order ${id} outlived ${text(terms['expireAt'])}`] : []
    if (end === undefined || !isOfVenue(end)) return []
    const at = venueAt(end)
    if (end.type === 'OrderExpired' && at < time && !isFilled(story) && !endedByItself(story))
      return [`order ${id} expired before ${text(terms['expireAt'])}`]
    return at > time + grace ? [`order ${id} ended late, at ${text(end.data['venueAt'])}`] : []
  })
  return finding('gtd', 'each ended by its time, and was filled by then', orders.length, wrong)
}
/** A stop that was triggered and found too little, or an order that had nothing left to reduce. */
const endedByItself = ({ terms }: Story): boolean =>
  'stopPrice' in terms || terms['reduceOnly'] === true

const neverWorseThanItsLimit = (stories: readonly Story[]): Finding => {
  const limited = stories.filter(({ terms }) => 'limitPrice' in terms)
  const wrong = limited.flatMap(({ id, terms, fills }) => {
    const limit = units(terms['limitPrice'])
    const isWorse = ({ data }: LogRow): boolean =>
      terms['side'] === 'buy' ? units(data['price']) > limit : units(data['price']) < limit
    return fills
      .filter(isWorse)
      .map(({ data }) => `order ${id} was filled at ${text(data['price'])}, beyond its limit`)
  })
  const examined = limited.reduce((count, { fills }) => count + fills.length, 0)
  return finding('limit', 'no fill was at a worse price than its limit', examined, wrong)
}

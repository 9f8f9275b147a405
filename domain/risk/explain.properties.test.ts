import { expect } from 'vitest'
import { stopsOrder } from '#domain/risk/checks/all'
import { unitText } from '#domain/risk/checks/check'
import { figureOf } from '#domain/risk/checks/described'
import { judge } from '#domain/risk/decide'
import {
  explainApproval,
  explainDenial,
  type ExplainedCheck,
  type Names,
} from '#domain/risk/explain'
import { holdingsFold } from '#domain/risk/holdings'
import { replayOf } from '#domain/risk/replay'
import { rulesInForce } from '#domain/risk/rules'
import { standingOf } from '#domain/risk/standing'
import { play } from '#domain/risk/testing/history'
import { type History, history } from '#domain/risk/testing/steps'
import { main } from '#domain/risk/testing/words'
import type { OrderApproved, OrderDenied } from '#schemas/events/risk'
import { prop } from '#testing/prop'

/** What is told of a decision, beside what its checks found when it was taken. */
const eachExplained = (
  each: History,
  look: (
    event: OrderApproved | OrderDenied,
    told: ExplainedCheck,
    found: { readonly outcome: string; readonly unit: string; readonly scope: string },
  ) => void,
): void => {
  const { log } = play(each, () => undefined)
  const holdings = holdingsFold()
  const standing = standingOf(main, holdings)
  const names: Names = {
    currencyOf: () => standing.desk.opened()?.currency,
    instrument: (venue, symbol) => holdings.instrument(venue, symbol)?.terms,
  }
  const replay = replayOf(main, holdings, [standing])
  for (const recorded of log.events)
    replay.apply(recorded, (event) => {
      if (event.type !== 'OrderApproved' && event.type !== 'OrderDenied') return
      const intent = holdings.order(event.orderId)?.intent.event
      if (intent === undefined) throw new Error('a decision answers an intent')
      const { mark, clock, session } = event
      const question = { intent, mark, clock, ...(session === undefined ? {} : { session }) }
      const { view, findings } = judge(standing, question, rulesInForce)
      const told =
        event.type === 'OrderApproved' ? explainApproval(event, names) : explainDenial(event)
      for (const check of told.filter(({ part }) => part === undefined)) {
        const judged = findings.find(({ check: { code } }) => code === check.code)
        if (judged === undefined) throw new Error(`nobody looked at ${check.code}`)
        const { unit, scope } = judged.check
        look(event, check, {
          outcome: judged.finding.outcome,
          unit: unitText(unit, view),
          scope,
        })
      }
    })
}

/** An approval says no more than its figures: what is told of it is what its checks found all the same. */
const toldAsFound = (each: History): void =>
  eachExplained(each, (event, told, found) => {
    const which = `${event.type} ${told.code}`
    expect([which, told.outcome, told.unit, told.scope]).toStrictEqual([
      which,
      found.outcome,
      found.unit,
      found.scope,
    ])
    expect(told.message ?? '').toMatch(/\.$/)
  })
const stoppedOnlyDenials = (each: History): void =>
  eachExplained(each, (event, { code, outcome, stopped }) => {
    expect(stopped && event.type === 'OrderApproved').toBe(false)
    expect(stopped).toBe(
      event.type === 'OrderDenied' && stopsOrder(code, outcome ?? 'passed', event.reducing),
    )
  })
/** Below 0 exactly where it failed; rounding to 18 places may take a ratio's last digit to either side of 0. */
const headroomTellsOutcome = (each: History): void =>
  eachExplained(each, (_, { code, headroom, outcome, observed, limit, unit }) => {
    const left = figureOf(headroom ?? '')
    if (left === undefined) return
    if (unit === 'ratio' && left === 0n) return
    // Nobody can ask for nothing; it would not reduce, and would be no more than what is left.
    if (code === 'reduceOnly' && observed === '0') return
    expect([code, observed, limit, left < 0n]).toStrictEqual([
      code,
      observed,
      limit,
      outcome === 'failed',
    ])
  })

prop('what is told of a decision is what its checks found', history, toldAsFound, { numRuns: 150 })
prop('nothing that is told to have stopped an order let it pass', history, stoppedOnlyDenials, {
  numRuns: 50,
})
prop('headroom is below 0 where a check failed, and nowhere else', history, headroomTellsOutcome, {
  numRuns: 100,
})

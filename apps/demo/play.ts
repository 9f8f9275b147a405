/** The whole demonstration, from the first key to the last proof. */
import type { Fill } from './figures.ts'
import { commonFindings, furtherFindings } from './judge/all.ts'
import { type Evidence, gather } from './judge/evidence.ts'
import { pnlFinding } from './judge/pnl.ts'
import { streamFinding } from './judge/stream.ts'
import { venueFindings } from './judge/venue.ts'
import type { Ledger } from './ledger.ts'
import { openRows } from './log-rows.ts'
import type { Order } from './client.ts'
import type { Provocation } from './provoke.ts'
import { desks } from './people.ts'
import { revokeAuditor } from './refusals.ts'
import type { Played } from './report.ts'
import {
  askToLoosen,
  beRefused,
  closeTheDay,
  comeToRest,
  provokeAll,
  stopOne,
  tradeAll,
} from './scenes.ts'
import { showingOf } from './showing.ts'
import { sprint } from './sprint.ts'
import { openStage, type Stage } from './stage.ts'

export interface Plan {
  /** At least so many while the strategies trade, and so many more as fast as they are answered. */
  readonly orders: number
  readonly sprint: number
  /** Whether it is traded on until what takes a minute has taken effect. */
  readonly waits: boolean
  readonly fundingIntervalMs: number
}

export const play = async (
  ledger: Ledger,
  plan: Plan,
  say: (line: string) => void,
): Promise<Played> => {
  const stage = await openStage(ledger, say)
  try {
    const loosening = await askToLoosen(stage)
    const stopped = await stopOne(stage)
    const provoked = await provokeAll(stage)
    const refusals = await beRefused(stage)
    const { orders, waits } = plan
    const day = await tradeAll(stage, { orders, pending: [loosening, stopped.asked], waits })
    const ran = waits ? await sprintOn(stage, plan.sprint) : undefined
    const close = await closeTheDay(stage)
    const unsettled = await comeToRest(stage)
    say('Everything is at rest. What stands in the log is looked at …')
    const judged = await judge(stage, ledger, plan)
    const killed: Provocation = { check: 'killSwitch', order: stopped.denied }
    return {
      ...judged,
      tally: stage.tally,
      provocations: [...provoked, killed, ...day.provocations, ...close.provocations],
      refusals: [...refusals, ...(await revokeAuditor(ledger.url, stage.people))],
      requested: [loosening, stopped.asked, ...day.asked, ...close.asked],
      proposals: day.proposals,
      unsettled,
      trading: day,
      sprint: ran,
    }
  } finally {
    await Promise.all([stage.listening.close(), stage.market.close()])
  }
}

const sprintOn = async (
  stage: Stage,
  orders: number,
): Promise<{ readonly orders: number; readonly ms: number } | undefined> => {
  stage.say(`The limits are wider: ${String(orders)} orders as fast as they are answered …`)
  const before = stage.tally.asked.length
  const ms = await sprint(orders, stage)
  return ms === undefined ? undefined : { orders: stage.tally.asked.length - before, ms }
}

type Judged = Pick<Played, 'orders' | 'fills' | 'showing' | 'evidence' | 'findings'>
const hearingMs = 20_000

const judge = async (stage: Stage, { data }: Ledger, plan: Plan): Promise<Judged> => {
  const { people, listening } = stage
  const { audrey } = people
  const showing = await showingOf(audrey, ['main', ...desks])
  const orders = await audrey.all<Order>('/v1/orders')
  const fills = await audrey.all<Fill>('/v1/fills')
  const rows = await openRows(data)
  try {
    const evidence = await gather(rows)
    await listening.upTo(lastTold(evidence), hearingMs)
    await listening.close()
    const shownRows = evidence.rows.filter(({ position }) => position <= showing.upTo)
    const findings = [
      ...commonFindings(evidence),
      pnlFinding(shownRows, showing),
      ...furtherFindings(evidence, plan.fundingIntervalMs),
      ...(await venueFindings(rows, evidence.rows)),
      streamFinding(evidence.rows, listening.heard),
    ]
    return { orders, fills, showing, evidence, findings }
  } finally {
    await rows.close()
  }
}
/** Marks are not told. */
const lastTold = ({ rows }: Evidence): bigint =>
  rows.findLast(({ type }) => type !== 'MarksTaken')?.position ?? 0n

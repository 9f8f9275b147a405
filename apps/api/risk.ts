/** GET /v1/risk: what binds a book and how it stands, by the very folds that its guard decides from. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed } from '#adapters/http/endpoint'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Clock } from '#domain/kernel/clock'
import type { PlausibleMarks } from '#domain/market/plausible'
import { hour, minute, second } from '#domain/risk/velocity'
import { laterOf } from '#domain/values/instant'
import { RiskReply, RiskQuery } from '#schemas/api/risk'
import type { KillSwitchMode } from '#schemas/values/trading'
import { Limits } from '#schemas/values/trading'
import type { BookEntry, Directory } from './directory.ts'
import { mainBook } from './fresh-ledger.ts'
import { killSwitchView } from './kill-switch.ts'
import type { Progress } from './progress.ts'
import { proposalView } from './proposal-view.ts'
import type { RiskView } from './risk-view.ts'
import { atMarket, worthView } from './risk-worth.ts'

export interface RiskMeans {
  readonly directory: Directory
  readonly risk: RiskView
  readonly marks: PlausibleMarks
  readonly progress: Progress
  readonly clock: Pick<Clock, 'now'>
}

const showing = {
  method: 'GET',
  path: '/v1/risk',
  summary: 'What binds a book and how it stands.',
  tag: 'risk',
  query: RiskQuery,
  replies: { 200: RiskReply },
  problems: ['notFound', 'notReady'],
} as const satisfies KeyedDescription

export const showRisk = ({ directory, risk, marks, progress, clock }: RiskMeans): KeyedRoute =>
  keyed(showing, async ({ query }) => {
    const id = query.book ?? mainBook
    const book = directory.book(id)
    if (book === undefined) return E.left({ _tag: 'BookUnknown', book: id })
    const standing = risk.of(id)
    if (standing === undefined) {
      return E.left({ _tag: 'NotReady', detail: 'The log is still being read. Ask again.' })
    }
    const { desk } = standing
    const now = clock.now()
    // As its guard does: never before its last decision.
    const at = laterOf(now, desk.at())
    const heard = marks.by(book.limits.maxMarkJump, desk.marks())
    const body: RiskReply = {
      book: id,
      currency: book.opened.currency,
      control: book.control,
      state: severest(book),
      killSwitches: book.killSwitches.map(killSwitchView),
      limits: Limits.encode(book.limits),
      proposals: directory.pending(id).map((entry) => proposalView(entry, directory)),
      ...atMarket(standing, heard, () => worthView(standing, now)),
      orderVelocity: {
        perSecond: desk.velocity.within(at, second),
        perMinute: desk.velocity.within(at, minute),
        perHour: desk.velocity.within(at, hour),
      },
      logPosition: progress.position().toString(),
    }
    return E.right({ status: 200, body })
  })

/** The most severe of what stands. */
export const severest = ({ killSwitches }: BookEntry): 'active' | KillSwitchMode => {
  if (killSwitches.some(({ event }) => event.mode === 'halt')) return 'halt'
  return killSwitches.length > 0 ? 'reduce' : 'active'
}

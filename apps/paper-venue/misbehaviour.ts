/**
 * Every ordinary way in which a venue is worse than its documentation, on purpose and one by one: for tests, and to see
 * what the ledger makes of it. What was done is durable all the same; only what is said of it suffers.
 */
import type { PaperSocket } from '#adapters/paper/server'
import type { PaperAnswer, PaperWireRequest } from '#schemas/paper/wire'
import type { News, Reply } from './desk.ts'

export const misbehaviours = {
  slowAnswer: 'every third answer is late',
  lostAnswer: 'every eleventh answer to what changes something never comes',
  duplicateFill: 'each fill and payment is told twice',
  fillFirst: 'fills are told before the order is acknowledged',
  droppedSocket: 'the line is cut instead of every fortieth answer',
  throttled: 'every seventh request that changes something is turned away',
  outOfOrder: 'news comes late, the last first',
  forgottenNews: 'every fifth piece of news is never told',
} as const
export type Misbehaviour = keyof typeof misbehaviours
export const allMisbehaviours = Object.keys(misbehaviours) as readonly Misbehaviour[]

/** What is said of a batch of work, once it is durable. */
export interface Mouth {
  readonly say: (answers: readonly Said[], news: readonly News[]) => void
  /** Whether a request is turned away before anything is done. */
  readonly turnsAway: (request: PaperWireRequest) => boolean
}
export interface Said {
  readonly to: Reply['to']
  readonly answer: PaperAnswer
  readonly request: PaperWireRequest
}

export const plainMouth = ({ publish }: Pick<PaperSocket, 'publish'>): Mouth => ({
  say: (answers, news) => {
    for (const { to, answer } of answers) to.answer(answer)
    for (const { frame, except } of news) publish(frame, except)
  },
  turnsAway: () => false,
})

const lateMs = 300
const newsLateMs = 30
const changesSomething = ({ type }: PaperWireRequest): boolean =>
  type === 'place' || type === 'amend' || type === 'cancel'

export const badMouth = (
  socket: Pick<PaperSocket, 'publish'>,
  chosen: readonly Misbehaviour[],
): Mouth => {
  const does = new Set(chosen)
  const slow = everyNth(3)
  const lost = everyNth(11)
  const cut = everyNth(40)
  const turnedAway = everyNth(7)
  const forgotten = everyNth(5)

  const answer = ({ to, answer: said, request }: Said): void => {
    if (does.has('droppedSocket') && cut()) return to.drop()
    if (does.has('lostAnswer') && changesSomething(request) && lost()) return
    if (does.has('slowAnswer') && slow()) later(lateMs, () => to.answer(said))
    else to.answer(said)
  }
  const tell = ({ frame, except }: News): void => {
    if (does.has('forgottenNews') && forgotten()) return
    const times = does.has('duplicateFill') && frame.type !== 'orderChanged' ? 2 : 1
    for (let time = 0; time < times; time += 1) socket.publish(frame, except)
  }
  return {
    say: (answers, news) => {
      const tellAll = (): void => {
        for (const each of does.has('outOfOrder') ? news.toReversed() : news) tell(each)
      }
      if (does.has('fillFirst')) tellAll()
      for (const each of answers) answer(each)
      if (does.has('fillFirst')) return
      if (does.has('outOfOrder')) later(newsLateMs, tellAll)
      else tellAll()
    },
    turnsAway: (request) => does.has('throttled') && changesSomething(request) && turnedAway(),
  }
}

/** True each n-th time: the same on every run. */
const everyNth = (n: number): (() => boolean) => {
  let count = 0
  return () => {
    count += 1
    return count % n === 0
  }
}
/** Nobody waits for it: a venue that stops says nothing more. */
const later = (milliseconds: number, then: () => void): void => {
  setTimeout(then, milliseconds).unref()
}

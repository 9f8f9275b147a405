/** Owns the paper venue for as long as the process runs: again after every loss, and after whoever owns it now. */
import * as E from 'fp-ts/lib/Either.js'
import { openPaperSocket, type PaperSocket } from '#adapters/paper/server'
import { ownPaperStore } from '#adapters/postgres/paper-store'
import type { App } from '#apps/process/app'
import { pause } from '#apps/process/back-off'
import type { TickFeed } from '#domain/kernel/tick-feed'
import type { FundingRule } from '#domain/matching/funding'
import { type Inbox, openInbox } from './inbox.ts'
import { badMouth, type Misbehaviour, type Mouth, plainMouth } from './misbehaviour.ts'
import { requestsInto, runTerm, type Served } from './term.ts'

export interface Venue {
  readonly app: Pick<App, 'clock' | 'stopping' | 'report' | 'logger'>
  readonly feed: TickFeed
  /** Of the database that holds schema `paper`. */
  readonly database: string
  /** Where to serve. */
  readonly paper: string
  readonly latencyMs: number
  readonly funding: FundingRule
  /** Nothing, unless somebody wants to see what becomes of it. */
  readonly misbehaves: readonly Misbehaviour[]
  /** What an operator may look at; undefined while another process owns the venue. */
  readonly show: (running: Running | undefined) => void
}
export interface Running {
  readonly socket: PaperSocket
  readonly inbox: Inbox
}

const retryMs = 200
const marketMsMax = 2_000

export const holdTerms = async (venue: Venue): Promise<void> => {
  const { app, database, show } = venue
  while (!app.stopping.aborted) {
    const ended = await holdTerm(venue)
    show(undefined)
    if (ended === undefined) continue
    app.logger.warn(ended)
    app.report('waiting', undefined, ended)
    await pause(retryMs, app.stopping)
  }

  /** Answers why it ended, where it was not told to. */
  async function holdTerm({ feed, funding }: Venue): Promise<string | undefined> {
    const store = await ownPaperStore(database, app.stopping, () => {
      app.report('waiting', undefined, 'another process is the paper venue')
    })
    if (store === undefined) return undefined
    if (E.isLeft(store)) return store.left.detail
    const inbox = openInbox()
    app.stopping.addEventListener('abort', inbox.close)
    store.right.lost.then(inbox.close, inbox.close)
    const serve = () => serveWhenFree(venue, inbox)
    const term = { store: store.right, feed, clock: app.clock, inbox, serve, funding, marketMsMax }
    const ended = await runTerm(term)
    app.stopping.removeEventListener('abort', inbox.close)
    await store.right.close()
    if (ended.kind === 'lost') return ended.detail
    return app.stopping.aborted ? undefined : 'the session with the database ended'
  }
}

/** Whoever had the lock before may still hold the port for a moment. */
const serveWhenFree = async (venue: Venue, inbox: Inbox): Promise<Served | undefined> => {
  const { app, paper, latencyMs, misbehaves, show } = venue
  while (!app.stopping.aborted) {
    let mouth: Mouth | undefined
    const turnsAway: Mouth['turnsAway'] = (request) => mouth?.turnsAway(request) ?? false
    const onRequest = requestsInto(inbox, latencyMs, turnsAway)
    const opened = await openPaperSocket({ url: paper, onRequest })
    if (E.isRight(opened)) {
      const socket = opened.right
      mouth = misbehaves.length === 0 ? plainMouth(socket) : badMouth(socket, misbehaves)
      show({ socket, inbox })
      return { socket, mouth }
    }
    app.report('waiting', undefined, `${opened.left.url}: ${opened.left.detail}`)
    await pause(retryMs, app.stopping)
  }
  return undefined
}

/** The real term, socket and client of the paper venue in one process, over a store in memory and a market that the test makes. */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { openPaperSocket } from '#adapters/paper/server'
import { paperVenue } from '#adapters/paper/venue'
import { openInbox } from '#apps/paper-venue/inbox'
import { badMouth, type Misbehaviour, type Mouth } from '#apps/paper-venue/misbehaviour'
import { requestsInto, runTerm } from '#apps/paper-venue/term'
import { memoryStore } from '#apps/paper-venue/testing/memory-store'
import type { TickFeed } from '#domain/kernel/tick-feed'
import type { Venue, VenueOrder, VenueReport } from '#domain/kernel/venue'
import { fixedClock } from '#domain/testing/fixed'
import {
  type Asked,
  bitcoin,
  fundingRule,
  quote,
  request,
  start,
  welcome,
} from '#domain/testing/paper'
import type { HubFrame } from '#schemas/market/tick'
import type { StrategyId, VenueId } from '#schemas/values/ids'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

const closing: (() => Promise<void>)[] = []
/** Closes all that was opened, the last first. */
export const closeAll = async (): Promise<void> => {
  for (const close of closing.splice(0).toReversed()) await close()
}

export const openVenue = async ({
  latencyMs = 0,
  at = start,
  misbehaves = [] as readonly Misbehaviour[],
  store = memoryStore(),
  url = 'ws://127.0.0.1:0',
} = {}) => {
  const clock = fixedClock(at)
  const inbox = openInbox()
  let tell: (frame: HubFrame) => void = () => undefined
  const feed: TickFeed = {
    listen: (hear) => {
      tell = hear
      hear(welcome(bitcoin))
      hear(quote('99.99', '100.01', { size: '10' }))
      return () => undefined
    },
    connected: () => true,
    close: async () => undefined,
  }
  let served: (url: string) => void = () => undefined
  const serving = new Promise<string>((resolve) => {
    served = resolve
  })
  const ended = runTerm({
    store,
    feed,
    clock,
    inbox,
    funding: fundingRule,
    marketMsMax: 1_000,
    serve: async () => {
      let mouth: Mouth | undefined
      const onRequest = requestsInto(inbox, latencyMs, (asked) => mouth?.turnsAway(asked) ?? false)
      const socket = await openPaperSocket({ url, onRequest })
      if (E.isLeft(socket)) throw new Error(socket.left.detail)
      served(socket.right.url)
      mouth = badMouth(socket.right, misbehaves)
      return { socket: socket.right, mouth }
    },
  })
  const close = async () => {
    inbox.close()
    await ended
  }
  closing.push(close)
  return { url: await serving, store, clock, ended, tell: (frame: HubFrame) => tell(frame), close }
}
/** The real client, and all that it was told. */
export const connect = async (url: string, answerMsMax = 2_000) => {
  const venue = paperVenue({ url, clock: fixedClock(), hash, answerMsMax, retryMsMin: 1 })
  closing.push(venue.close)
  const reports: VenueReport[] = []
  let wake = (): void => undefined
  venue.listen((report) => {
    reports.push(report)
    wake()
  })
  const until = async (enough: (heard: readonly VenueReport[]) => boolean): Promise<void> => {
    while (!enough(reports)) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  await until((heard) => heard.some(({ type }) => type === 'connected'))
  return { venue, reports, until }
}
export const order = (asked: Asked): VenueOrder => {
  const { clientOrderId: id, sendBy, ...terms } = request(asked)
  const strategy = 'manual' as StrategyId
  return { clientOrderId: id, sendBy, terms: { ...terms, strategy, venue: 'paper' as VenueId } }
}
export const place = (venue: Venue, asked: Asked) => venue.place(order(asked), () => true)
export const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

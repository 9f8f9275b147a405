/** From a bare log to a served ledger: listen, furnish, learn, follow, and say when an order would get through. */
import * as E from 'fp-ts/lib/Either.js'
import type { HttpServer } from '#adapters/http/server'
import type { App } from '#apps/process/app'
import { pause } from '#apps/process/back-off'
import { follow, whyNot } from '#apps/process/follow'
import type { EventLog, ReadFailure } from '#domain/kernel/event-log'
import type { EventType } from '#schemas/events/ledger'
import { furnish, type FurnishSettings } from './furnish.ts'
import type { Knowledge } from './knowledge.ts'
import type { Stream } from './stream.ts'

const askAgainMs = 100

export interface Serving {
  readonly app: Omit<App, 'name' | 'instance' | 'metrics'>
  readonly log: EventLog
  readonly knowledge: Knowledge
  readonly stream: Pick<Stream, 'start' | 'hear'>
  readonly http: HttpServer
  readonly host: string
  readonly port: number
  readonly firstRun: FurnishSettings
  /** What is still missing before an order would be decided and sent. */
  readonly missing: () => Promise<readonly string[]>
}

/** Stays until the app stops. */
export const serve = async (serving: Serving): Promise<void> => {
  const { app, log, knowledge, stream, http, host } = serving
  const port = await http.listen(host, serving.port)
  app.onStop(http.close)
  app.logger.info({ host, port }, 'listening')
  const waits = (failure: ReadFailure): void => {
    const why = whyNot(failure)
    if (app.current().detail !== why) app.logger.warn(failure, why)
    app.report('waiting', undefined, why)
  }
  await furnishFirst(serving)
  const learned = await knowledge.learn(log, app.stopping, waits)
  if (app.stopping.aborted) return
  stream.start(learned)
  let missing: string | undefined = 'the ledger is starting'
  let broken: string | undefined
  const stateAtHead = () => {
    const detail = broken ?? missing
    return detail === undefined
      ? ({ state: 'ready' } as const)
      : ({ state: 'waiting', detail } as const)
  }
  await Promise.all([
    follow(app, log, {
      after: learned,
      filter: { eager: answering },
      onPage: async (page) => {
        knowledge.hearLog(page)
        stream.hear(page)
      },
      stateAtHead,
    }),
    foldRisk(serving, (why) => {
      broken = why
    }),
    untilReady(serving, (now) => {
      missing = now
      const { state, detail } = { detail: undefined, ...stateAtHead() }
      app.report(state, knowledge.progress.position(), detail)
    }),
  ])
}

/** What a client may be waiting for, and what takes a key or a limit away. */
const answering: readonly EventType[] = [
  'OrderDenied',
  'OrderAccepted',
  'OrderRefused',
  'OrderOutcomeUnknown',
  'OrderLapsed',
  'PersonAdmitted',
  'ApiKeyIssued',
  'ApiKeyRevoked',
  'AccountOpened',
  'ReconciliationCompleted',
  'FundsDeposited',
  'FundsWithdrawn',
  'BookOpened',
  'RiskLimitsProposed',
  'RiskLimitsEndorsed',
  'KillSwitchReleaseRequested',
  'KillSwitchReleaseEndorsed',
  'ControlChangeRequested',
  'ControlChangeEndorsed',
  'ControlChanged',
  'KillSwitchEngaged',
  'RiskLimitsSet',
  'KillSwitchReleased',
  'ControlRefused',
]

const furnishFirst = async ({ app, log, firstRun }: Serving): Promise<void> => {
  const furnished = await furnish(firstRun, {
    log,
    envelop: app.envelop,
    ids: app.ids,
    stopping: app.stopping,
    onWaiting: (detail) => app.report('waiting', undefined, detail),
  })
  if (E.isRight(furnished)) {
    if (!furnished.right.keyIsOurs) {
      app.logger.warn(
        'DAYBOOK_KEY is not the key that this ledger was begun with, and is not known to it: ' +
          'use the first one, which `daybook run` keeps in its data folder',
      )
    }
    return
  }
  switch (furnished.left._tag) {
    case 'Stopped':
      return
    case 'AppendForbidden':
      throw new Error(`${furnished.left.stream}: ${furnished.left.detail}`)
  }
}

const foldRisk = async (
  { app, log, knowledge }: Serving,
  tell: (why: string | undefined) => void,
): Promise<void> => {
  const { risk, progress } = knowledge
  await risk.catchUp(log, progress.position, app.stopping, (failure) => tell(whyNot(failure)))
  tell(undefined)
}

/** Ready once is ready for good: later only the log can take it away. */
const untilReady = async (
  { app, missing }: Serving,
  tell: (missing: string | undefined) => void,
): Promise<void> => {
  for (let before = ''; !app.stopping.aborted; ) {
    const now = (await missing()).join('; ')
    if (now === '') return tell(undefined)
    if (now !== before) tell(now)
    before = now
    await pause(askAgainMs, app.stopping)
  }
}

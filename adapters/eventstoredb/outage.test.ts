import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { doubled, hear, logAt, relayed, took, urlOf, writeTo } from './testing/stage.ts'

test('a follower of a server that has frozen is told so within its patience, and a little', async () => {
  const relay = await relayed(await doubled())
  const patience = { patienceMs: 1_000, callMs: 300 }
  const log = logAt(urlOf(relay.port), patience)
  await writeTo(log, 1)
  const follower = log.subscribeAll(0n, {})
  await hear(follower, 1)
  relay.freeze()
  const outage = async (): Promise<unknown> => {
    for (;;) {
      const next = await follower.next()
      if (E.isLeft(next)) return next.left
    }
  }
  const [told, ms] = await took(outage())
  expect(told).toMatchObject({ _tag: 'StoreUnreachable' })
  // Not that of the question that found it out, and its own after that.
  expect(ms).toBeLessThan(1_700)
  relay.thaw()
  await follower.close()
})

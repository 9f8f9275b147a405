/** A node of a cluster that is behind its leader: heads are asked of the leader, subscriptions may be laid anywhere. */
import { EventEmitter } from 'node:events'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import type { Double } from '#adapters/testing/eventstore-double/double'
import type { KeptEvent, Store } from '#adapters/testing/eventstore-double/store'
import { accountNamed, deposit, killSwitch, riskOf } from '#adapters/testing/ledger-events'
import type { Subscription } from '#domain/kernel/event-log'
import { doubled, idsOf, logAt, right, writeTo } from './testing/stage.ts'

interface LaggingNode {
  readonly leader: Double
  readonly node: Double
  /** It has all but so many of the leader's records. */
  readonly lagBy: (records: number) => void
}

const laggingNode = async (): Promise<LaggingNode> => {
  const leader = await doubled()
  let lag = 0
  const all = (): readonly KeptEvent[] => leader.store.all().slice(0, -lag || undefined)
  const visible = (stream: string) => {
    const there = new Set(all())
    return leader.store.visible(stream)?.filter((event) => there.has(event))
  }
  const store: Store = Object.assign(new EventEmitter().setMaxListeners(0), {
    ...leader.store,
    append: leader.store.append,
    all,
    visible,
    close: () => undefined,
  })
  const node = await doubled({ store })
  node.faults.leader = { host: '127.0.0.1', port: leader.port() }
  const lagBy = (records: number): void => {
    lag = records
    store.emit('appended')
  }
  return { leader, node, lagBy }
}

const untilHead = async (subscription: Subscription): Promise<readonly [string[], bigint]> => {
  const heard: string[] = []
  for (;;) {
    const page = await subscription.next()
    if (E.isLeft(page)) continue
    heard.push(...idsOf(page.right.events))
    if (page.right.atHead) return [heard, page.right.upTo]
  }
}

test('no page tells of more than was given: who stops after any page has lost nothing', async () => {
  const { leader, node, lagBy } = await laggingNode()
  const written = await writeTo(logAt(leader.url()), 5)
  lagBy(3)
  const log = logAt(node.url())
  const first = log.subscribeAll(0n, {})
  const heard: string[] = []
  let upTo = 0n
  for (let n = 0; n < 3; n += 1) {
    const page = right(await first.next())
    heard.push(...idsOf(page.events))
    ;({ upTo } = page)
    expect(page.atHead).toBe(false)
  }
  await first.close()
  lagBy(0)
  const [rest] = await untilHead(log.subscribeAll(upTo, {}))
  expect([...heard, ...rest]).toStrictEqual(written)
})
test('nobody is level with the head before he was given what stands before it', async () => {
  const { leader, node, lagBy } = await laggingNode()
  const written = await writeTo(logAt(leader.url()), 5)
  lagBy(3)
  const subscription = logAt(node.url()).subscribeAll(0n, {})
  const level = untilHead(subscription)
  setTimeout(() => lagBy(1), 200)
  setTimeout(() => lagBy(0), 400)
  const [heard] = await level
  expect(heard).toStrictEqual(written)
})
test('what it lacks and nobody wants does not keep a follower from being level', async () => {
  const { leader, node, lagBy } = await laggingNode()
  const log = logAt(leader.url())
  const written = await writeTo(log, 2)
  const unwanted = Array.from({ length: 4 }, () => killSwitch('a'))
  right(await log.append(riskOf('a'), 'noStream', unwanted as [(typeof unwanted)[0]]))
  lagBy(3)
  const [heard, upTo] = await untilHead(
    logAt(node.url()).subscribeAll(0n, { prefixes: ['account-'] }),
  )
  expect(heard).toStrictEqual(written)
  expect(upTo).toBe(right(await log.head()))
})
test('reading and appending go to the leader', async () => {
  const { leader, node, lagBy } = await laggingNode()
  const [first] = await writeTo(logAt(leader.url()), 2, 'a')
  lagBy(2)
  const log = () => logAt(node.url())
  expect(idsOf(right(await log().readAll(0n, {}, 1)).events)).toStrictEqual([first])
  expect(right(await log().read(accountNamed('a'), -1n)).length).toBe(2)
  expect(E.isRight(await log().append(accountNamed('a'), 1n, [deposit('a')]))).toBe(true)
  expect(node.counts.calls.append).toBe(1)
  expect(leader.counts.calls.append).toBe(3)
})

import { afterEach, describe, expect, test } from 'vitest'
import { listenToStream, type StreamClientSettings } from '#adapters/http/stream-client'
import { keyNamed, ownersKey } from '#apps/api/testing/ledger'
import { atEnd, closeAll, streaming } from '#apps/api/testing/streams'

afterEach(closeAll)

const turn = (): Promise<void> => new Promise((done) => setImmediate(done))
const listening = (port: number, more: Partial<StreamClientSettings> = {}) => {
  const types: string[] = []
  const states: string[] = []
  const client = listenToStream({
    urls: [`http://127.0.0.1:${String(port)}`],
    key: ownersKey,
    retryMsMin: 1,
    retryMsMax: 5,
    onFrame: ({ type }) => {
      types.push(type)
    },
    onConnection: (state) => states.push(state),
    ...more,
  })
  atEnd(async () => client.close())
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await turn()
  }
  return { client, types, states, until }
}
const life = ['order.placed', 'order.approved', 'order.submitted', 'order.accepted', 'order.filled']

describe('whoever listens to a stream', () => {
  test('begins now where he names no position, and knows where that is', async () => {
    const { port, trade, head } = await streaming()
    await trade('before')
    const { client, types, states, until } = listening(port)
    await until(() => states.length === 1)
    expect(client.position()).toBe(await head())
    await trade('after')
    await until(() => types.length === 5)
    expect(types).toEqual(life)
    expect(client.position()).toBe(await head())
  })
  test('is told no more than he deals with', async () => {
    const { port, trade } = await streaming()
    for (let n = 0; n < 20; n += 1) await trade(String(n))
    let [busy, most, dealt] = [0, 0, 0]
    const { until } = listening(port, {
      after: 0n,
      types: 'order',
      onFrame: async () => {
        busy += 1
        most = Math.max(most, busy)
        await turn()
        busy -= 1
        dealt += 1
      },
    })
    await until(() => dealt === 100)
    expect(most).toBe(1)
  })
  test('hears no more once he has failed himself, and is told of it', async () => {
    const { port } = await streaming()
    const { client } = listening(port, {
      after: 0n,
      onFrame: () => {
        throw new Error('the disk is full')
      },
    })
    await expect(client.ended).rejects.toThrow('the disk is full')
    expect(client.position()).toBe(0n)
  })
  test('is told what is wrong with what he asked, and does not ask again', async () => {
    const { port } = await streaming()
    for (const [more, code] of [
      [{ after: 0n, account: 'nobody' }, 'unknownAccount'],
      [{ after: 0n, types: 'everything' }, 'invalid'],
      [{ after: 0n, key: keyNamed('nobody') }, 'unauthenticated'],
      [{ key: keyNamed('nobody') }, 'unauthenticated'],
    ] as const) {
      const { client } = listening(port, more)
      expect(await client.ended).toMatchObject({ _tag: 'Refused', problem: { code } })
    }
  })
  test('ends when he says so', async () => {
    const { port } = await streaming()
    const { client, types, until } = listening(port, { after: 0n })
    await until(() => types.length > 0)
    client.close()
    expect(await client.ended).toEqual({ _tag: 'Closed' })
  })
})

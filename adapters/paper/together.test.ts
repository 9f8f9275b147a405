import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { togetherOn } from './together.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

/** Both ends of one connection. */
const connection = async (): Promise<readonly [Socket, Socket]> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const here = connect(port, '127.0.0.1')
  const [there] = await accepted
  open.push(async () => {
    here.destroy()
    there.destroy()
    await new Promise((done) => server.close(done))
  })
  return [here, there]
}

test('what is written in one turn goes out in one write, and in its order', async () => {
  const [here, there] = await connection()
  const written = vi.spyOn(here, '_writev')
  const together = togetherOn(here)
  let heard = ''
  there.setEncoding('utf8').on('data', (text: string) => (heard += text))
  for (const turn of ['a', 'b']) {
    for (let n = 0; n < 3; n += 1) {
      together()
      here.write(`${turn}${String(n)} `)
      await Promise.resolve()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  while (heard.length < 18) await once(there, 'data')
  expect(heard).toBe('a0 a1 a2 b0 b1 b2 ')
  expect(written).toHaveBeenCalledTimes(2)
})
test('a connection that is cut in the same turn is gone, and nothing breaks', async () => {
  const [here, there] = await connection()
  const together = togetherOn(here)
  together()
  here.write('unsaid')
  here.destroy()
  await once(there.resume(), 'close')
  expect(here.destroyed).toBe(true)
})

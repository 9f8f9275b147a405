/** Traders who never give up: each order under one key until it is answered, whatever dies meanwhile. */
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { dice } from '#apps/demo/strategies/prices'

export interface Acknowledged {
  readonly id: string
  readonly logPosition: string
  readonly key: string
  readonly body: string
}
export interface Load {
  /** What the ledger has promised to keep. */
  readonly acknowledged: () => readonly Acknowledged[]
  /** Answers that no client should ever see. */
  readonly surprises: () => readonly string[]
  readonly stop: () => Promise<void>
}

/** What a client may meet while parts of the ledger are away; it asks again with the same key. */
const retried = new Set([429, 500, 502, 503, 504])

const orderOf = (roll: (sides: number) => number): object => {
  const side = roll(100) < 60 ? 'buy' : 'sell'
  const order = { symbol: 'BTC/USDT', side, strategy: `s${String(roll(3))}` }
  const quantity = `0.0${String(1 + roll(9))}`
  if (roll(100) < 60) return { ...order, type: 'market', quantity }
  const price = side === 'buy' ? 64_000 + roll(2000) : 64_500 + roll(2000)
  return { ...order, type: 'limit', quantity, limitPrice: String(price) }
}

export const startLoad = (url: string, key: string, traders: number): Load => {
  const acknowledged: Acknowledged[] = []
  const surprises: string[] = []
  const state = { stopped: false }
  const ask = async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<{ readonly status: number; readonly text: string } | undefined> => {
    try {
      const reply = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, ...headers },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(20_000),
      })
      return { status: reply.status, text: await reply.text() }
    } catch {
      return undefined
    }
  }
  const insist = async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ) => {
    for (;;) {
      const answer = await ask(method, path, headers, body)
      if (answer !== undefined && !retried.has(answer.status)) return answer
      if (state.stopped) return undefined
      await setTimeout(100)
    }
  }
  const trader = async (seed: number): Promise<void> => {
    const roll = dice(seed)
    while (!state.stopped) {
      const body = JSON.stringify(orderOf(roll))
      const idempotencyKey = randomUUID()
      const placed = await insist(
        'POST',
        '/v1/orders',
        { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body,
      )
      if (placed === undefined) return
      if (placed.status !== 201) surprises.push(`POST: ${String(placed.status)} ${placed.text}`)
      else {
        const { id, logPosition } = JSON.parse(placed.text) as Acknowledged
        acknowledged.push({ id, logPosition, key: idempotencyKey, body })
        if (roll(100) < 30) {
          const cancelled = await insist('DELETE', `/v1/orders/${id}`, {})
          if (cancelled !== undefined && cancelled.status !== 202 && cancelled.status !== 409)
            surprises.push(`DELETE: ${String(cancelled.status)} ${cancelled.text}`)
        }
      }
      await setTimeout(20)
    }
  }
  const all = Promise.all(Array.from({ length: traders }, (_, n) => trader(n + 1)))
  return {
    acknowledged: () => acknowledged,
    surprises: () => surprises,
    stop: async () => {
      state.stopped = true
      await all
    },
  }
}

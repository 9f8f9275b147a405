/** What was asked of the ledger, and how long its first answer took. */
import type { Client, Order, OrderRequest } from './client.ts'

export interface Asked {
  readonly request: OrderRequest
  readonly order: Order
  /** From the request to the word of the guard or the venue. */
  readonly ms: number
  /** When it was asked, in milliseconds of this process. */
  readonly at: number
}
export interface Tally {
  readonly asked: readonly Asked[]
  /** Answers that nobody should ever get. */
  readonly surprises: readonly string[]
  /** Orders whose time was over when they arrived: they are refused, and are none. */
  readonly tooLate: () => number
  /** Places through this client, and keeps what came of it. Undefined where it was no order. */
  readonly through: (client: Client) => (request: OrderRequest) => Promise<Order | undefined>
}

export const openTally = (hear: (order: Order) => void): Tally => {
  const asked: Asked[] = []
  const surprises: string[] = []
  let tooLate = 0
  return {
    asked,
    surprises,
    tooLate: () => tooLate,
    through: (client) => async (request) => {
      const at = performance.now()
      const { status, body } = await client.place(request)
      if (status === 422 && request.timeInForce === 'gtd') {
        tooLate += 1
        return undefined
      }
      if (status !== 201) {
        surprises.push(`${String(status)} ${JSON.stringify(body)} to ${JSON.stringify(request)}`)
        return undefined
      }
      asked.push({ request, order: body, ms: performance.now() - at, at })
      hear(body)
      return body
    },
  }
}

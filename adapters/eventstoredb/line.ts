/** A way to the server that is thrown away at any doubt and laid anew at the next use. */
import type { EventStoreAddress } from './address.ts'
import { type Client, type OpenClient, openClient } from './client.ts'
import { isWedged } from './failure.ts'
import { inTime, Silence } from './time.ts'
import { turns } from './turns.ts'

export interface Line {
  /** Rejects after that time, whatever the client does; waiting for a turn counts. The call itself has less. */
  readonly use: <A>(
    msMax: number,
    work: (client: Client, msLeft: number) => Promise<A>,
  ) => Promise<A>
  readonly isClosed: () => boolean
  readonly close: () => Promise<void>
}

/** Below the 100 streams that a server allows on one connection; what is above would hang. */
const callsMax = 90
/** What is under way on a client that was given up may still be answered in this time. */
const retireMs = 5_000

interface Held {
  readonly opening: Promise<OpenClient>
  calls: number
  isRetired: boolean
}

/** `callMs`: how long one call may take before the client that makes it is thrown away. */
export const openLine = (address: EventStoreAddress, name: string, callMs: number): Line => {
  let held: Held | undefined
  let isClosed = false
  const turn = turns(callsMax)
  const all = new Set<Held>()

  const shut = async (one: Held): Promise<void> => {
    if (!all.delete(one)) return
    await one.opening.then(({ close }) => close()).catch(() => undefined)
  }
  const retire = (one: Held): void => {
    if (held === one) held = undefined
    if (one.isRetired) return
    one.isRetired = true
    setTimeout(() => void shut(one), retireMs).unref()
  }
  const hold = (): Held => {
    if (held !== undefined) return held
    held = { opening: openClient(address, name), calls: 0, isRetired: false }
    all.add(held)
    return held
  }
  return {
    use: async (msMax, work) => {
      const until = performance.now() + msMax
      if (isClosed) throw new Silence('this log was closed by its own user')
      await turn.take(msMax)
      const one = hold()
      one.calls += 1
      try {
        const { client } = await inTime(one.opening, until - performance.now())
        const msLeft = Math.min(callMs, until - performance.now())
        const answer = await inTime(work(client, msLeft), msLeft)
        // A read that we cancel ourselves ends as if it were whole.
        if (!all.has(one)) throw new Silence('the client was closed before it had answered')
        return answer
      } catch (e) {
        if (isWedged(e)) retire(one)
        throw e
      } finally {
        one.calls -= 1
        turn.giveBack()
        if (one.isRetired && one.calls === 0) void shut(one)
      }
    },
    isClosed: () => isClosed,
    close: async () => {
      isClosed = true
      held = undefined
      await Promise.all([...all].map(shut))
    },
  }
}

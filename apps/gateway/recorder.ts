/** Decides commands against an order as it stands, and appends what they decide at that very revision. */
import * as E from 'fp-ts/lib/Either.js'
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js'
import type { Cause } from '#domain/kernel/envelop'
import type { OrderCommand, OrderRejection } from '#domain/order/commands'
import { orderDecider } from '#domain/order/order'
import type { ProposedEvent } from '#schemas/envelope'
import type { OrderEvent } from '#schemas/events/order'
import type { EventId } from '#schemas/values/ids'
import type { Appending } from './appending.ts'
import type { Entry } from './entry.ts'
import type { GatewayPorts } from './ports.ts'

export interface Recorder {
  /** Everything that these commands decide, in one append; decided again whenever somebody else wrote first. */
  readonly record: (
    entry: Entry,
    commands: readonly OrderCommand[],
    causationId?: EventId,
  ) => Promise<readonly OrderRejection[]>
  /** One attempt at the revision that the entry stands at. `moved`: somebody else wrote first. */
  readonly recordOnce: (
    entry: Entry,
    commands: readonly OrderCommand[],
    causationId?: EventId,
    stillRight?: (proposed: ProposedEvent) => boolean,
  ) => Promise<Once>
  /** Reads on from where the entry stands. */
  readonly refresh: (entry: Entry) => Promise<void>
}
export interface Once {
  readonly outcome: 'recorded' | 'nothing' | 'moved'
  readonly rejections: readonly OrderRejection[]
}

export const orderRecorder = (
  { envelop, ids, clock }: Pick<GatewayPorts, 'envelop' | 'ids' | 'clock'>,
  { append, read }: Appending,
): Recorder => {
  const refresh = async (entry: Entry): Promise<void> => {
    const news = await read(entry.stream, entry.revision)
    for (const recorded of news) entry.absorbRecorded(recorded, clock.monotonicMs())
  }
  /** Each event is caused by the one before it; the first by what made us act. */
  const enveloped = (entry: Entry, events: readonly OrderEvent[], first: EventId | undefined) => {
    const proposals: ProposedEvent<OrderEvent>[] = []
    for (const event of events) {
      const causationId = proposals.at(-1)?.metadata.id ?? first
      const cause: Cause = {
        correlationId: (entry.correlationId ??= ids.correlationId()),
        ...(causationId === undefined ? {} : { causationId }),
      }
      proposals.push(envelop(event, cause))
    }
    return proposals
  }
  const recordOnce: Recorder['recordOnce'] = async (entry, commands, causationId, stillRight) => {
    const { events, rejections } = decideAll(entry, commands)
    const proposals = enveloped(entry, events, causationId ?? entry.lastEventId)
    if (!isNonEmpty(proposals)) return { outcome: 'nothing', rejections }
    if (stillRight !== undefined && !proposals.every(stillRight)) {
      return { outcome: 'nothing', rejections }
    }
    const appended = await append(entry.stream, entry.revision, proposals)
    if (E.isLeft(appended)) {
      await refresh(entry)
      return { outcome: 'moved', rejections }
    }
    const first = appended.right.revision - BigInt(proposals.length - 1)
    for (const [index, { event, metadata }] of proposals.entries()) {
      entry.absorb(event, first + BigInt(index), metadata.id, clock.monotonicMs())
    }
    return { outcome: 'recorded', rejections }
  }
  return {
    refresh,
    recordOnce,
    record: async (entry, commands, causationId) => {
      for (;;) {
        const { outcome, rejections } = await recordOnce(entry, commands, causationId)
        if (outcome !== 'moved') return rejections
      }
    },
  }
}

const decideAll = (entry: Entry, commands: readonly OrderCommand[]) => {
  const events: OrderEvent[] = []
  const rejections: OrderRejection[] = []
  let { order } = entry
  for (const command of commands) {
    const decision = orderDecider.decide(command, order)
    if (E.isLeft(decision)) {
      rejections.push(decision.left)
      continue
    }
    events.push(...decision.right)
    order = decision.right.reduce(orderDecider.evolve, order)
  }
  return { events, rejections }
}

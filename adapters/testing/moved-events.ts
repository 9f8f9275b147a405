/** Histories as texts, for tests of moving a log: orders of several streams, each event by the app that writes its kind. */
import { systemIds } from '#adapters/system/ids'
import type { MovedEvent } from '#domain/kernel/stored-log'
import { anyStory } from '#projections/testing/any-story'
import { enveloped, type Told } from '#projections/testing/stories'
import { encodeProposed } from '#schemas/stored'
import type { StreamName } from '#schemas/streams'
import { writerOf } from './log-story.ts'

/** In streams of their own, so that many histories fit in one log. */
export const movedHistory = (story: readonly Told[], name = systemIds.nonce()): MovedEvent[] => {
  const next = new Map<StreamName, bigint>()
  return story.map((told, n) => {
    const stream = `${told.stream}.${name.slice(0, 12)}` as StreamName
    const revision = next.get(stream) ?? 0n
    next.set(stream, revision + 1n)
    const writer = writerOf(told)
    const { event, metadata } = enveloped(told, n)
    const own = { ...metadata, id: systemIds.eventId(), actor: { ...metadata.actor, app: writer } }
    return { writer, stream, revision, event: encodeProposed({ event, metadata: own }) }
  })
}

export const anyMovedHistory = anyStory.map((story) => movedHistory(story))

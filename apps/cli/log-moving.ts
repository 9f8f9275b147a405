/** What is asked of a stored event before it may stand in another log: whose it is, and that he may write it. */
import * as E from 'fp-ts/lib/Either.js'
import { type MayWrite, writing } from '#domain/kernel/proposal'
import type { MovedEvent } from '#domain/kernel/stored-log'
import type { StoredEvent } from '#schemas/envelope'
import { factOf } from '#schemas/events/ledger'
import { isStreamName } from '#schemas/streams'
import { type AppName, apps } from '#schemas/writers'

export interface Unmovable {
  readonly event: StoredEvent
  readonly detail: string
}

const rightsOf = new Map<string, MayWrite>(apps.map((app) => [app, writing([app])]))
const isApp = (name: unknown): name is AppName => apps.some((app) => app === name)

/**
 * With the rights of the app that its metadata name, so that a copy holds nothing that nobody may write. The data
 * are not looked at: a newer version of an event that this build knows is copied as it is.
 */
export const movedFrom = (stored: StoredEvent): E.Either<Unmovable, MovedEvent> => {
  const { stream, revision, id, type, data, metadata } = stored
  const unmovable = (detail: string) => E.left({ event: stored, detail })
  if (!isStreamName(stream)) return unmovable('its stream is none of a ledger')
  if (!factOf.has(type as never)) {
    return unmovable(`this build knows no event ${type}: copy with the build that wrote it`)
  }
  const said = envelopeIn(metadata)
  if (said?.id !== id || said.type !== type) {
    return unmovable('its metadata do not name its own id and type: it was changed')
  }
  const writer = said.app
  if (!isApp(writer)) return unmovable(`its metadata name no app of ours as its writer`)
  if (rightsOf.get(writer)?.(stream, type) !== true) {
    return unmovable(`${writer} does not write ${type} to such a stream: it was not written by us`)
  }
  return E.right({ writer, stream, revision, event: { id, type, data, metadata } })
}

interface Said {
  readonly id: unknown
  readonly type: unknown
  readonly app: unknown
}
const envelopeIn = (metadata: string): Said | undefined => {
  try {
    const said = JSON.parse(metadata) as Readonly<Record<string, unknown>>
    const actor = (said['actor'] ?? {}) as Readonly<Record<string, unknown>>
    return { id: said['id'], type: said['type'], app: actor['app'] }
  } catch {
    return undefined
  }
}

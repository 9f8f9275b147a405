/**
 * The metadata of an event that no person and no request stands behind, read at one go from the text that was stored:
 * so is nearly everything in a long log, and parsing it as JSON takes more than half as long as the event itself.
 */
import type { Metadata } from '#schemas/envelope'
import type { CorrelationId, EventId, Nonce } from '#schemas/values/ids'
import { parseInstant } from '#schemas/values/instant'

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
/** As the encoder writes it: by name, without blanks, and without anything that would need an escape. */
const plain = new RegExp(
  `^\\{"actor":\\{"app":"([a-z-]+)"\\},(?:"causationId":"(${uuid})",)?"correlationId":"(${uuid})",` +
    `"id":"(${uuid})","nonce":"([0-9a-f]{32})","occurredAt":"([^"\\\\]+)",` +
    '"type":"([A-Za-z]+)","version":([1-9][0-9]{0,3})\\}$',
)

/** Undefined where it is not written so: then only the codec can tell what it is. */
export const plainMetadata = (text: string): Metadata | undefined => {
  const found = plain.exec(text)
  if (found === null) return undefined
  const [, app = '', causationId, correlationId, id, nonce, at, type = '', version] = found
  const occurredAt = parseInstant(at ?? '')
  if (occurredAt === undefined) return undefined
  const metadata = {
    id: id as EventId,
    type,
    version: Number(version),
    correlationId: correlationId as CorrelationId,
    actor: { app },
    occurredAt,
    nonce: nonce as Nonce,
  }
  return causationId === undefined ? metadata : { ...metadata, causationId: causationId as EventId }
}

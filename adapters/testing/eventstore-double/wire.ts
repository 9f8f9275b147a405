/** Between what the double keeps and the messages of the protocol. */
import { randomUUID } from 'node:crypto'
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js'
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import { type MetadataValue, Metadata, type status as Status } from '@grpc/grpc-js'
import type { KeptEvent, OfferedEvent } from './store.ts'
import { shared, streams } from './stubs.ts'

export const nameIn = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? new Uint8Array()).toString('utf8')

export const identifierOf = (stream: string): StreamIdentifier => {
  const identifier = new shared.StreamIdentifier()
  identifier.setStreamName(Uint8Array.from(Buffer.from(stream, 'utf8')))
  return identifier
}

/** The server answers in lower case, whatever it was given. */
export const idIn = (uuid: UUID | undefined): string => {
  const structured = uuid?.getStructured()
  if (structured === undefined) return (uuid?.getString() ?? '').toLowerCase()
  const bytes = Buffer.alloc(16)
  bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(structured.getMostSignificantBits())), 0)
  bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(structured.getLeastSignificantBits())), 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
export const textId = (id: string): UUID => {
  const uuid = new shared.UUID()
  uuid.setString(id)
  return uuid
}
/** As the server sends correlation ids and those of its members. */
export const structuredId = (id: string): UUID => {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  const structured = new shared.UUID.Structured()
  structured.setMostSignificantBits(bytes.readBigInt64BE(0).toString())
  structured.setLeastSignificantBits(bytes.readBigInt64BE(8).toString())
  const uuid = new shared.UUID()
  uuid.setStructured(structured)
  return uuid
}

interface ProposedMessage {
  readonly getId: () => UUID | undefined
  readonly getMetadataMap: () => { readonly get: (key: string) => string | undefined }
  readonly getData_asU8: () => Uint8Array
  readonly getCustomMetadata_asU8: () => Uint8Array
}
export const offeredIn = (message: ProposedMessage): OfferedEvent => ({
  id: idIn(message.getId()),
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
})

/** .NET ticks are 100 ns. */
const ticksPerMs = 10_000n

/** ulong.MaxValue. */
const noPosition = (2n ** 64n - 1n).toString()

export interface Told {
  /** The commit position is another than the prepare position. */
  readonly isSplit?: boolean
  readonly hidesPosition?: boolean
}

/** As it goes over the wire; made once for all who read it. */
export const eventBytes = (kept: KeptEvent, told: Told = {}): Uint8Array => {
  const isPlain = told.isSplit !== true && told.hidesPosition !== true
  const made = isPlain ? bytesMade.get(kept) : undefined
  if (made !== undefined) return made
  const bytes = eventMessage(kept, told).serializeBinary()
  if (isPlain) bytesMade.set(kept, bytes)
  return bytes
}
const bytesMade = new WeakMap<KeptEvent, Uint8Array>()

const eventMessage = (
  kept: KeptEvent,
  { isSplit = false, hidesPosition = false }: Told,
): ReadResp => {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
  recorded.setId(textId(kept.id))
  recorded.setStreamIdentifier(identifierOf(kept.stream))
  recorded.setStreamRevision(kept.revision.toString())
  const commit = kept.position + (isSplit ? 50n : 0n)
  recorded.setCommitPosition(hidesPosition ? noPosition : commit.toString())
  recorded.setPreparePosition(hidesPosition ? noPosition : kept.position.toString())
  const known = recorded.getMetadataMap()
  known.set('type', kept.type)
  known.set('content-type', kept.contentType)
  known.set('created', (BigInt(kept.createdMs) * ticksPerMs).toString())
  recorded.setCustomMetadata(kept.metadata)
  recorded.setData(kept.data)
  const event = new streams.ReadResp.ReadEvent()
  event.setEvent(recorded)
  event.setCommitPosition(kept.position.toString())
  const response = new streams.ReadResp()
  response.setEvent(event)
  return response
}

export const confirmationMessage = (): ReadResp => {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation()
  confirmation.setSubscriptionId(randomUUID())
  const response = new streams.ReadResp()
  response.setConfirmation(confirmation)
  return response
}
export const checkpointMessage = (position: bigint): ReadResp => {
  const checkpoint = new streams.ReadResp.Checkpoint()
  checkpoint.setCommitPosition(position.toString())
  checkpoint.setPreparePosition(position.toString())
  const response = new streams.ReadResp()
  response.setCheckpoint(checkpoint)
  return response
}
export const caughtUpMessage = (): ReadResp => {
  const response = new streams.ReadResp()
  response.setCaughtUp(new streams.ReadResp.CaughtUp())
  return response
}
export const notFoundMessage = (stream: string): ReadResp => {
  const notFound = new streams.ReadResp.StreamNotFound()
  notFound.setStreamIdentifier(identifierOf(stream))
  const response = new streams.ReadResp()
  response.setStreamNotFound(notFound)
  return response
}

export interface WireError extends Error {
  readonly code: Status
  readonly details: string
  readonly metadata: Metadata
}
/** A status with the trailers that the client tells errors apart by. */
export const wireError = (
  code: Status,
  details: string,
  trailers: Readonly<Record<string, MetadataValue>> = {},
): WireError => {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
  return Object.assign(new Error(details), { code, details, metadata })
}

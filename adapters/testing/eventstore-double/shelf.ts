/** Events on disk, so that they outlive a killed process: one JSON line each, written before the answer. */
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'

export interface KeptEvent {
  readonly stream: string
  readonly revision: bigint
  readonly position: bigint
  readonly createdMs: number
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

export interface Shelf {
  readonly kept: () => readonly KeptEvent[]
  readonly keep: (event: KeptEvent) => void
  readonly close: () => void
}

type Line = readonly [
  stream: string,
  revision: string,
  position: string,
  createdMs: number,
  id: string,
  type: string,
  contentType: string,
  data: string,
  metadata: string,
]

/** Without a file nothing outlives the process. */
export const openShelf = (file: string | undefined): Shelf => {
  if (file === undefined) {
    return { kept: () => [], keep: () => undefined, close: () => undefined }
  }
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  // What comes after the last newline was cut off by a kill, and never acknowledged.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole))
  const handle = openSync(file, 'a')
  return {
    kept: () => whole.split('\n').slice(0, -1).map(fromLine),
    keep: (event) => {
      writeSync(handle, `${JSON.stringify(toLine(event))}\n`)
    },
    close: () => closeSync(handle),
  }
}

const toLine = (event: KeptEvent): Line => [
  event.stream,
  String(event.revision),
  String(event.position),
  event.createdMs,
  event.id,
  event.type,
  event.contentType,
  Buffer.from(event.data).toString('base64'),
  Buffer.from(event.metadata).toString('base64'),
]

const fromLine = (text: string): KeptEvent => {
  const [stream, revision, position, createdMs, id, type, contentType, data, metadata] = JSON.parse(
    text,
  ) as Line
  return {
    stream,
    revision: BigInt(revision),
    position: BigInt(position),
    createdMs,
    id,
    type,
    contentType,
    data: Buffer.from(data, 'base64'),
    metadata: Buffer.from(metadata, 'base64'),
  }
}

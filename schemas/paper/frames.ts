/** The paper venue's frames as text, and back. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { faultsIn } from '#schemas/faults'
import {
  type FrameType,
  frames,
  type PaperFrame,
  type PaperWireRequest,
  type RequestType,
  requests,
} from '#schemas/paper/wire'

/** What was said cannot be understood; the number of the request where at least that could be read. */
export interface MalformedWire {
  readonly _tag: 'MalformedWire'
  readonly request?: number
  readonly detail: string
}

export const encodeRequest = (request: PaperWireRequest): string =>
  JSON.stringify((requests[request.type] as t.Encoder<PaperWireRequest, unknown>).encode(request))

export const encodePaperFrame = (frame: PaperFrame): string =>
  JSON.stringify((frames[frame.type] as t.Encoder<PaperFrame, unknown>).encode(frame))

export const decodeRequest = (text: string): E.Either<MalformedWire, PaperWireRequest> =>
  E.flatMap((said: Said) =>
    isRequestType(said['type'])
      ? decodeBy<PaperWireRequest>(requests[said['type']], said)
      : E.left(malformed(said, `there is no request of that type; there are ${names(requests)}`)),
  )(parse(text))

export const decodePaperFrame = (text: string): E.Either<MalformedWire, PaperFrame> =>
  E.flatMap((said: Said) =>
    isFrameType(said['type'])
      ? decodeBy<PaperFrame>(frames[said['type']], said)
      : E.left(malformed(said, 'there is no frame of that type')),
  )(parse(text))

type Said = Readonly<Record<string, unknown>>
const isRequestType = (u: unknown): u is RequestType =>
  typeof u === 'string' && Object.hasOwn(requests, u)
const isFrameType = (u: unknown): u is FrameType =>
  typeof u === 'string' && Object.hasOwn(frames, u)
const names = (of: object): string => Object.keys(of).join(', ')

const parse = (text: string): E.Either<MalformedWire, Said> => {
  const parsed = E.tryCatch(
    () => JSON.parse(text) as unknown,
    () => malformed({}, 'it is not JSON'),
  )
  if (E.isLeft(parsed)) return parsed
  const said = parsed.right
  return typeof said === 'object' && said !== null && !Array.isArray(said)
    ? E.right(said as Said)
    : E.left(malformed({}, 'it is not a record'))
}

const decodeBy = <A>(codec: t.Any, said: Said): E.Either<MalformedWire, A> => {
  const decoded = codec.decode(said)
  if (E.isRight(decoded)) return E.right(decoded.right as A)
  const faults = faultsIn(codec, said).map(({ detail }) => detail)
  return E.left(malformed(said, faults.join(' ')))
}

const detailMax = 400
const malformed = ({ request }: Said, detail: string): MalformedWire => ({
  _tag: 'MalformedWire',
  ...(typeof request === 'number' && Number.isSafeInteger(request) && request >= 0
    ? { request }
    : {}),
  // It goes out as one line again.
  detail: detail.slice(0, detailMax).replace(/[\p{Cc}\p{Cs}]/gu, '?'),
})

/** The paper venue's frames as text, and back. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { compileDecoder, type Decode } from '#schemas/compile'
import { compileEncoder, type Encode } from '#schemas/encode'
import { faultsIn } from '#schemas/faults'
import {
  type FrameType,
  frames,
  type PaperFrame,
  type PaperWireRequest,
  type PlaceRequest,
  type RequestType,
  requests,
} from '#schemas/paper/wire'

/** What was said cannot be understood; the number of the request where at least that could be read. */
export interface MalformedWire {
  readonly _tag: 'MalformedWire'
  readonly request?: number
  readonly detail: string
}

/** What is said of every order is written by encoders that are made once. */
const encodePlace: Encode<PlaceRequest> = compileEncoder(requests.place)
const frameEncoders = {
  order: compileEncoder(frames.order),
  orderChanged: compileEncoder(frames.orderChanged),
  tradeMade: compileEncoder(frames.tradeMade),
} as const
const frameDecoders: ReadonlyMap<string, Decode<PaperFrame>> = new Map(
  Object.entries(frames).map(([type, codec]) => [
    type,
    compileDecoder(codec as t.Type<PaperFrame, unknown>),
  ]),
)

export const encodeRequest = (request: PaperWireRequest): string =>
  request.type === 'place'
    ? encodePlace(request)
    : JSON.stringify(
        (requests[request.type] as t.Encoder<PaperWireRequest, unknown>).encode(request),
      )

export const encodePaperFrame = (frame: PaperFrame): string => {
  switch (frame.type) {
    case 'order':
      return frameEncoders.order(frame)
    case 'orderChanged':
      return frameEncoders.orderChanged(frame)
    case 'tradeMade':
      return frameEncoders.tradeMade(frame)
    default:
      return JSON.stringify((frames[frame.type] as t.Encoder<PaperFrame, unknown>).encode(frame))
  }
}

export const decodeRequest = (text: string): E.Either<MalformedWire, PaperWireRequest> =>
  E.flatMap((said: Said) =>
    isRequestType(said['type'])
      ? decodeBy<PaperWireRequest>(requests[said['type']], said)
      : E.left(malformed(said, `there is no request of that type; there are ${names(requests)}`)),
  )(parse(text))

export const decodePaperFrame = (text: string): E.Either<MalformedWire, PaperFrame> =>
  E.flatMap((said: Said) => {
    const { type } = said
    if (!isFrameType(type)) return E.left(malformed(said, 'there is no frame of that type'))
    const frame = frameDecoders.get(type)?.(said)
    return frame === undefined ? E.left(faultsOf(frames[type], said)) : E.right(frame)
  })(parse(text))

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
  return E.isRight(decoded) ? E.right(decoded.right as A) : E.left(faultsOf(codec, said))
}
const faultsOf = (codec: t.Any, said: Said): MalformedWire =>
  malformed(
    said,
    faultsIn(codec, said)
      .map(({ detail }) => detail)
      .join(' '),
  )

const detailMax = 400
const malformed = ({ request }: Said, detail: string): MalformedWire => ({
  _tag: 'MalformedWire',
  ...(typeof request === 'number' && Number.isSafeInteger(request) && request >= 0
    ? { request }
    : {}),
  // It goes out as one line again.
  detail: detail.slice(0, detailMax).replace(/[\p{Cc}\p{Cs}]/gu, '?'),
})

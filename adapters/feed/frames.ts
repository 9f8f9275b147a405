/** The tick hub's frames as text, and back: one JSON object a frame, looked up by its type. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { Ended, type HubFrame, QuoteTick, TradeTick, Welcome } from '#schemas/market/tick'

export interface MalformedFrame {
  readonly _tag: 'MalformedFrame'
  readonly detail: string
}

export const encodeFrame = (frame: HubFrame): string => {
  switch (frame.type) {
    case 'trade':
      return JSON.stringify(TradeTick.encode(frame))
    case 'quote':
      return JSON.stringify(QuoteTick.encode(frame))
    case 'welcome':
      return JSON.stringify(Welcome.encode(frame))
    case 'ended':
      return JSON.stringify(Ended.encode(frame))
  }
}

const codecs: ReadonlyMap<unknown, t.Decoder<unknown, HubFrame>> = new Map<
  string,
  t.Decoder<unknown, HubFrame>
>([
  ['trade', TradeTick],
  ['quote', QuoteTick],
  ['welcome', Welcome],
  ['ended', Ended],
])

export const decodeFrame = (text: string): E.Either<MalformedFrame, HubFrame> => {
  const parsed = E.tryCatch(
    () => JSON.parse(text) as unknown,
    () => malformed('is not JSON', text),
  )
  if (E.isLeft(parsed)) return parsed
  const type: unknown = (parsed.right as { readonly type?: unknown } | null)?.type
  const codec = codecs.get(type)
  if (codec === undefined) return E.left(malformed('has a type that the hub does not have', text))
  const decoded = codec.decode(parsed.right)
  if (E.isRight(decoded)) return decoded
  const [first] = decoded.left
  const at = first?.context.map(({ key }) => key).join('/') ?? ''
  return E.left(malformed(`${at} ${first?.message ?? 'is not what it should be'}`, text))
}

const shownMax = 120
const malformed = (what: string, text: string): MalformedFrame => ({
  _tag: 'MalformedFrame',
  detail: `frame ${what}: ${text.slice(0, shownMax)}`,
})

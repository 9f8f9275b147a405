import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { describe, expect } from 'vitest'
import { canonicalJson } from '#schemas/canonical-json'
import {
  decodePaperFrame,
  decodeRequest,
  encodePaperFrame,
  encodeRequest,
} from '#schemas/paper/frames'
import { frames, type PaperFrame, type PaperWireRequest, requests } from '#schemas/paper/wire'
import { arbitraryOf } from '#schemas/testing/arbitraries'
import { damaged } from '#schemas/testing/mutations'
import { fc, prop } from '#testing/prop'

const codecs = Object.entries({ ...frames }).map(([type, codec]) => ({
  type,
  codec: codec as t.Any,
}))

describe.each(codecs)('frame $type', ({ type, codec }) => {
  const anyFrame = arbitraryOf(codec as t.Type<PaperFrame>)
  const anyWire = anyFrame.map((frame) => codec.encode(frame) as unknown)

  prop('is said as the codec says it', anyFrame, (frame) => {
    const said = JSON.parse(encodePaperFrame(frame)) as unknown
    expect(canonicalJson(said)).toBe(canonicalJson(codec.encode(frame)))
  })
  prop(
    'is understood and refused like by the codec, with the same value',
    fc.oneof(damaged(anyWire), anyWire),
    (wire) => {
      const json = JSON.parse(JSON.stringify(wire) ?? 'null') as unknown
      const heard = decodePaperFrame(JSON.stringify(json))
      const isOfType =
        typeof json === 'object' && json !== null && 'type' in json && json.type === type
      const expected = isOfType ? (codec.decode(json) as E.Either<unknown, unknown>) : undefined
      if (expected === undefined) return
      expect(E.isRight(heard)).toBe(E.isRight(expected))
      if (E.isRight(heard) && E.isRight(expected)) expect(heard.right).toStrictEqual(expected.right)
    },
  )
})

const anyPlace = arbitraryOf(requests.place as unknown as t.Type<PaperWireRequest>)
prop('what is placed is heard as it was said', anyPlace, (place) => {
  const heard = decodeRequest(encodeRequest(place))
  expect(heard).toStrictEqual(E.right(place))
})

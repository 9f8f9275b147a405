/** Append and BatchAppend as the server answers them. */
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js'
import {
  type handleClientStreamingCall,
  type ServerDuplexStream,
  status as codes,
} from '@grpc/grpc-js'
import type { Double } from './double.ts'
import type { Expected, OfferedEvent, Outcome } from './store.ts'
import { Any, GoogleEmpty, shared, status, streams } from './stubs.ts'
import { identifierOf, idIn, nameIn, offeredIn, structuredId, wireError } from './wire.ts'

/** Of one append, up to version 25.0. */
const appendBytesMax = 1024 * 1024

interface Asked {
  readonly stream: string
  readonly expected: Expected
  readonly events: readonly OfferedEvent[]
}
type Answered = Outcome | { readonly _tag: 'tooLarge' }

const sizeOf = (events: readonly OfferedEvent[]): number =>
  events.reduce(
    (sum, { data, metadata, type }) => sum + data.length + metadata.length + type.length * 2,
    0,
  )

const write = ({ store, faults }: Double, { stream, expected, events }: Asked): Answered =>
  sizeOf(events) > appendBytesMax
    ? { _tag: 'tooLarge' }
    : store.append(stream, expected, events, faults.forgetsWrites)

export const append =
  (double: Double): handleClientStreamingCall<AppendReq, AppendResp> =>
  (call, answer) => {
    double.seen('append', call)
    let options: AppendReq.Options | undefined
    const events: OfferedEvent[] = []
    call.on('error', () => undefined)
    call.on('data', (request: AppendReq) => {
      const message = request.getProposedMessage()
      if (message === undefined) options = request.getOptions()
      else events.push(offeredIn(message))
    })
    call.on('end', () => {
      if (options === undefined || double.faults.isSilent) return
      const refused = double.refused('append', call)
      if (refused !== undefined) {
        answer(refused)
        return
      }
      const asked = {
        stream: nameIn(options.getStreamIdentifier()),
        expected: expectedIn(options),
        events,
      }
      const outcome = write(double, asked)
      deliver(double, () => {
        if (outcome._tag === 'deleted') answer(deleted(asked.stream))
        else if (outcome._tag === 'tooLarge') answer(tooLarge())
        else answer(null, responseTo(asked, outcome, double.faults.hidesPosition))
      })
    })
  }

/** Now, late, or never; the event is in the store already. */
const deliver = ({ faults, counts, cut }: Double, answer: () => void): void => {
  counts.underWay += 1
  counts.mostUnderWay = Math.max(counts.mostUnderWay, counts.underWay)
  if (faults.lose === 'answer') return
  if (faults.lose === 'connection') cut()
  else if (faults.appendDelayMs > 0) {
    setTimeout(() => {
      counts.underWay -= 1
      answer()
    }, faults.appendDelayMs)
  } else {
    counts.underWay -= 1
    answer()
  }
}

const deleted = (stream: string) =>
  wireError(codes.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  })
const tooLarge = () =>
  wireError(codes.INVALID_ARGUMENT, 'Maximum Append Size Exceeded.', {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(appendBytesMax),
  })

const expectedIn = (options: AppendReq.Options): Expected => {
  if (options.hasAny()) return 'any'
  if (options.hasNoStream()) return 'noStream'
  return options.hasStreamExists() ? 'streamExists' : BigInt(options.getRevision())
}

type Judged = Exclude<Outcome, { readonly _tag: 'deleted' }>

const responseTo = ({ expected }: Asked, outcome: Judged, hidesPosition: boolean): AppendResp => {
  const response = new streams.AppendResp()
  if (outcome._tag === 'written') {
    response.setSuccess(successOf(outcome, hidesPosition))
    return response
  }
  const wrong = new streams.AppendResp.WrongExpectedVersion()
  if (outcome.current === undefined) wrong.setCurrentNoStream(new shared.Empty())
  else wrong.setCurrentRevision(outcome.current.toString())
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty())
  else if (expected === 'noStream') wrong.setExpectedNoStream(new shared.Empty())
  else if (expected === 'streamExists') wrong.setExpectedStreamExists(new shared.Empty())
  else wrong.setExpectedRevision(expected.toString())
  response.setWrongExpectedVersion(wrong)
  return response
}

const successOf = (
  { revision, position }: Extract<Outcome, { readonly _tag: 'written' }>,
  hidesPosition: boolean,
): AppendResp.Success => {
  const success = new streams.AppendResp.Success()
  if (revision < 0n) success.setNoStream(new shared.Empty())
  else success.setCurrentRevision(revision.toString())
  if (position === undefined || hidesPosition) {
    success.setNoPosition(new shared.Empty())
    return success
  }
  const at = new streams.AppendResp.Position()
  at.setCommitPosition(position.toString())
  at.setPreparePosition(position.toString())
  success.setPosition(at)
  return success
}

interface Fragments {
  readonly options: BatchAppendReq.Options
  readonly events: OfferedEvent[]
}

export const batchAppend =
  (double: Double) =>
  (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
    double.seen('batchAppend', call)
    double.batches.add(call)
    const open = new Map<string, Fragments>()
    const over = (): void => {
      double.batches.delete(call)
    }
    call.on('error', over)
    call.on('cancelled', over)
    call.on('end', () => {
      over()
      call.end()
    })
    call.on('data', (request: BatchAppendReq) => {
      if (double.faults.isSilent) return
      const refused = double.refused('batchAppend', call)
      if (refused !== undefined) {
        call.emit('error', refused)
        return
      }
      const id = idIn(request.getCorrelationId())
      const options = request.getOptions()
      if (options !== undefined) open.set(id, { options, events: [] })
      const fragments = open.get(id)
      fragments?.events.push(...request.getProposedMessagesList().map(offeredIn))
      if (fragments === undefined || !request.getIsFinal()) return
      open.delete(id)
      const response = batchResponse(double, id, fragments)
      deliver(double, () => call.write(response))
    })
  }

const batchResponse = (
  double: Double,
  id: string,
  { options, events }: Fragments,
): BatchAppendResp => {
  const stream = nameIn(options.getStreamIdentifier())
  const response = new streams.BatchAppendResp()
  response.setCorrelationId(structuredId(id))
  response.setStreamIdentifier(identifierOf(stream))
  const fail = (
    code: number,
    name: string,
    details: { serializeBinary: () => Uint8Array },
  ): void => {
    const said = new status.Status()
    said.setCode(code)
    said.setMessage(name)
    const packed = new Any()
    packed.pack(details.serializeBinary(), `event_store.client.${name}`)
    said.setDetails(packed)
    response.setError(said)
  }
  // The deadline is a moment by the client's clock.
  if (options.hasDeadline() && (options.getDeadline()?.toDate().getTime() ?? 0) <= Date.now()) {
    fail(codes.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout())
    return response
  }
  const expected = batchExpected(options)
  const outcome = write(double, { stream, expected, events })
  if (outcome._tag === 'tooLarge') {
    const details = new shared.MaximumAppendSizeExceeded()
    details.setMaxappendsize(appendBytesMax)
    fail(codes.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', details)
  } else if (outcome._tag === 'deleted') {
    const details = new shared.StreamDeleted()
    details.setStreamIdentifier(identifierOf(stream))
    fail(codes.NOT_FOUND, 'StreamDeleted', details)
  } else if (outcome._tag === 'wrongVersion') {
    fail(codes.ALREADY_EXISTS, 'WrongExpectedVersion', wrongVersion(expected, outcome.current))
  } else {
    response.setSuccess(batchSuccess(outcome))
  }
  return response
}

const batchExpected = (options: BatchAppendReq.Options): Expected => {
  if (options.hasAny()) return 'any'
  if (options.hasNoStream()) return 'noStream'
  return options.hasStreamExists() ? 'streamExists' : BigInt(options.getStreamPosition())
}

const wrongVersion = (expected: Expected, current: bigint | undefined) => {
  const wrong = new shared.WrongExpectedVersion()
  if (current === undefined) wrong.setCurrentNoStream(new GoogleEmpty())
  else wrong.setCurrentStreamRevision(current.toString())
  if (expected === 'any') wrong.setExpectedAny(new GoogleEmpty())
  else if (expected === 'noStream') wrong.setExpectedNoStream(new GoogleEmpty())
  else if (expected === 'streamExists') wrong.setExpectedStreamExists(new GoogleEmpty())
  else wrong.setExpectedStreamPosition(expected.toString())
  return wrong
}

const batchSuccess = ({
  revision,
  position,
}: Extract<Outcome, { readonly _tag: 'written' }>): BatchAppendResp.Success => {
  const success = new streams.BatchAppendResp.Success()
  if (revision < 0n) success.setNoStream(new GoogleEmpty())
  else success.setCurrentRevision(revision.toString())
  if (position === undefined) {
    success.setNoPosition(new GoogleEmpty())
    return success
  }
  const at = new shared.AllStreamPosition()
  at.setCommitPosition(position.toString())
  at.setPreparePosition(position.toString())
  success.setPosition(at)
  return success
}

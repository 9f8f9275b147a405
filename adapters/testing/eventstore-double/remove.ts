/** Delete (soft) and Tombstone as the server answers them. */
import type {
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js'
import type { handleUnaryCall } from '@grpc/grpc-js'
import type { Double } from './double.ts'
import { streams } from './stubs.ts'
import { nameIn } from './wire.ts'

interface Removing {
  readonly delete: handleUnaryCall<DeleteReq, DeleteResp>
  readonly tombstone: handleUnaryCall<TombstoneReq, TombstoneResp>
}

export const remove = ({ store }: Double): Removing => ({
  delete: ({ request }, answer) => {
    const position = store.softDelete(nameIn(request.getOptions()?.getStreamIdentifier()))
    const at = new streams.DeleteResp.Position()
    at.setCommitPosition(position.toString())
    at.setPreparePosition(position.toString())
    const response = new streams.DeleteResp()
    response.setPosition(at)
    answer(null, response)
  },
  tombstone: ({ request }, answer) => {
    const position = store.tombstone(nameIn(request.getOptions()?.getStreamIdentifier()))
    const at = new streams.TombstoneResp.Position()
    at.setCommitPosition(position.toString())
    at.setPreparePosition(position.toString())
    const response = new streams.TombstoneResp()
    response.setPosition(at)
    answer(null, response)
  },
})

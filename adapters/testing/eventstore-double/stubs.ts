/** The generated code inside the client's own package: the double speaks exactly what the client does. */
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js'
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import status from '@eventstore/db-client/generated/status_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js'
import any from 'google-protobuf/google/protobuf/any_pb.js'
import empty from 'google-protobuf/google/protobuf/empty_pb.js'

export type ReadMessage = ReadResp | Uint8Array

export const { GossipService } = gossipService
export const { ServerFeaturesService } = featuresService
/** What is read may be bytes already: several readers are given the same. */
export const StreamsService = {
  ...streamsService.StreamsService,
  read: {
    ...streamsService.StreamsService.read,
    responseSerialize: (message: ReadMessage): Buffer => {
      const bytes = message instanceof Uint8Array ? message : message.serializeBinary()
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    },
  },
}
export const { Any } = any
/** Google's; some messages want the server's own. */
export const GoogleEmpty = empty.Empty
export { features, gossip, shared, status, streams }

/** A server that speaks EventStoreDB's protocol, for tests: in this process, or in one of its own. */
import { randomUUID } from 'node:crypto'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import {
  type Deadline,
  type Metadata,
  type ServerDuplexStream,
  Server,
  ServerCredentials,
  status as codes,
} from '@grpc/grpc-js'
import { append, batchAppend } from './append.ts'
import { type Faults, noFaults, refusalFor, type Rpc } from './faults.ts'
import { type Reader, read } from './read.ts'
import { openStore, type Store } from './store.ts'
import { remove } from './remove.ts'
import { features, gossip, GossipService, ServerFeaturesService, StreamsService } from './stubs.ts'
import { structuredId, type WireError, wireError } from './wire.ts'

export interface DoubleSettings {
  /** 0: any free one. A restarted double keeps it. */
  readonly port?: number
  /** Where the events are kept, so that they outlive the process. */
  readonly file?: string
  /** Of another double: then both are nodes of one cluster, and hold the same at any time. */
  readonly store?: Store
  /** PEM texts; without them it speaks in the clear. */
  readonly tls?: { readonly key: string; readonly certificate: string }
  readonly credentials?: { readonly user: string; readonly password: string }
  /** Off: a server from before batch appends. */
  readonly hasBatchAppend?: boolean
}

interface Seen {
  readonly metadata: Metadata
  readonly getDeadline: () => Deadline
}
export interface Counts {
  readonly calls: Partial<Record<Rpc, number>>
  /** Messages written to readers. */
  written: number
  /** Events that subscriptions looked at. */
  considered: number
  /** Appends that wait for their answer, now and at most. */
  underWay: number
  mostUnderWay: number
}

export interface Double {
  readonly store: Store
  readonly faults: Faults
  readonly counts: Counts
  readonly readers: Set<Reader>
  readonly batches: Set<ServerDuplexStream<BatchAppendReq, BatchAppendResp>>
  /** The headers of the last call of that kind. */
  readonly headers: Map<Rpc, ReturnType<Metadata['getMap']>>
  /** How long the last call of that kind may take, as the wire says. */
  readonly msAllowed: Map<Rpc, number>
  readonly seen: (rpc: Rpc, call: Seen) => void
  /** Why this call gets an error instead of an answer, if it does. */
  readonly refused: (rpc: Rpc, call: Seen) => WireError | undefined
  /** Ends every connection in the middle of whatever it carries. */
  readonly cut: () => void
  readonly port: () => number
  readonly url: (query?: string) => string
  /** Ends reads and subscriptions with status OK, though they are not at their end. */
  readonly endReads: () => void
  /** Ends reads and subscriptions with an error. */
  readonly failReads: (error: WireError) => void
  readonly endBatches: () => void
  readonly stop: () => void
  readonly start: () => Promise<void>
}

export const openDouble = async (settings: DoubleSettings = {}): Promise<Double> => {
  const store = settings.store ?? openStore(settings.file)
  let server: Server | undefined
  let port = settings.port ?? 0
  const address = (): string => `127.0.0.1:${String(port)}`
  const double: Double = {
    store,
    faults: noFaults(),
    counts: { calls: {}, written: 0, considered: 0, underWay: 0, mostUnderWay: 0 },
    msAllowed: new Map(),
    readers: new Set(),
    batches: new Set(),
    headers: new Map(),
    seen: (rpc, call) => {
      double.counts.calls[rpc] = (double.counts.calls[rpc] ?? 0) + 1
      double.headers.set(rpc, call.metadata.getMap())
      double.msAllowed.set(rpc, Number(call.getDeadline()) - Date.now())
    },
    refused: (rpc, { metadata }) => refusal(double, settings, rpc, metadata),
    cut: () => server?.drain(address(), 0),
    port: () => port,
    url: (query = '') => {
      const { credentials: login, tls } = settings
      const user = login === undefined ? '' : `${login.user}:${login.password}@`
      return `esdb://${user}${address()}?tls=${String(tls !== undefined)}${query}`
    },
    endReads: () => {
      for (const { call } of double.readers) call.end()
    },
    failReads: (error) => {
      for (const { call } of double.readers) call.emit('error', error)
    },
    endBatches: () => {
      for (const call of double.batches) call.end()
    },
    stop: () => {
      server?.forceShutdown()
      server = undefined
    },
    start: async () => {
      store.forgetIds()
      server = serverOf(double, settings.hasBatchAppend ?? true)
      port = await bind(server, address(), settings.tls)
    },
  }
  await double.start()
  return double
}

const bind = (server: Server, address: string, tls: DoubleSettings['tls']): Promise<number> => {
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [
          { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) },
        ])
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) resolve(port)
      else reject(error)
    })
  })
}

const refusal = (
  { faults }: Double,
  { credentials: login }: DoubleSettings,
  rpc: Rpc,
  metadata: Metadata,
): WireError | undefined => {
  const [authorization] = metadata.get('authorization')
  const wanted = `Basic ${Buffer.from(`${login?.user ?? ''}:${login?.password ?? ''}`).toString('base64')}`
  if (login !== undefined && rpc !== 'features' && rpc !== 'gossip' && authorization !== wanted) {
    return wireError(codes.UNAUTHENTICATED, 'Bad HTTP status code: 401')
  }
  const [needsLeader] = metadata.get('requires-leader')
  if (faults.leader !== undefined && (rpc === 'append' || needsLeader === 'true')) {
    return wireError(codes.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': faults.leader.host,
      'leader-endpoint-port': String(faults.leader.port),
    })
  }
  const refused = refusalFor(faults, rpc)
  return refused === undefined
    ? undefined
    : wireError(refused.code, refused.details, refused.trailers)
}

/** What Kestrel allows, and the server does not change. */
const streamsPerConnection = 100
const messageBytesMax = 17 * 1024 * 1024

const serverOf = (double: Double, hasBatchAppend: boolean): Server => {
  const server = new Server({
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_concurrent_streams': streamsPerConnection,
  })
  server.addService(StreamsService, {
    append: append(double),
    batchAppend: batchAppend(double),
    read: read(double),
    ...remove(double),
  })
  server.addService(ServerFeaturesService, {
    getSupportedMethods: (call: Seen, answer: Answer) => {
      double.seen('features', call)
      if (double.faults.isSilent) return
      const refused = double.refused('features', call)
      if (refused === undefined) answer(null, supported(hasBatchAppend))
      else answer(refused)
    },
  })
  server.addService(GossipService, {
    read: (call: Seen, answer: Answer) => {
      double.seen('gossip', call)
      if (double.faults.isSilent) return
      const refused = double.refused('gossip', call)
      if (refused === undefined) answer(null, members(double))
      else answer(refused)
    },
  })
  return server
}
type Answer = (error: WireError | null, message?: unknown) => void

/** The server writes its names in lower case. */
const supported = (hasBatchAppend: boolean) => {
  const methods = new features.SupportedMethods()
  methods.setEventStoreServerVersion('24.10.5')
  for (const name of ['read', 'append', 'delete', ...(hasBatchAppend ? ['batchappend'] : [])]) {
    const method = new features.SupportedMethod()
    method.setServiceName('event_store.client.streams.streams')
    method.setMethodName(name)
    methods.addMethods(method)
  }
  return methods
}

/** A cluster of one: itself, or whoever it says is the leader. */
const members = ({ faults, port }: Double) => {
  const endPoint = new gossip.EndPoint()
  endPoint.setAddress(faults.leader?.host ?? '127.0.0.1')
  endPoint.setPort(faults.leader?.port ?? port())
  const member = new gossip.MemberInfo()
  member.setInstanceId(structuredId(randomUUID()))
  member.setTimeStamp(String(Date.now()))
  member.setState(gossip.MemberInfo.VNodeState.LEADER)
  member.setIsAlive(true)
  member.setHttpEndPoint(endPoint)
  const cluster = new gossip.ClusterInfo()
  cluster.addMembers(member)
  return cluster
}

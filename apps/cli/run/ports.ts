/** Ports of this machine: which are free, and whether the one that was asked for is. */
import { createServer, type Server } from 'node:net'
import { UsageError } from '#apps/process/failure'

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server))
  })
const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
  })

/** As many free ports as asked for, all different: each one that was wanted and is free, any other one else. */
export const freePorts = async (wanted: readonly (number | undefined)[]): Promise<number[]> => {
  const servers: Server[] = []
  try {
    for (const port of wanted) {
      servers.push(await listen(port ?? 0).catch(() => listen(0)))
    }
    return servers.map(portOf)
  } finally {
    await Promise.all(servers.map(close))
  }
}

/** Why nobody can listen there; undefined where we could. */
const obstacle = async (port: number): Promise<'taken' | 'forbidden' | undefined> => {
  try {
    await close(await listen(port))
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES'
      ? 'forbidden'
      : 'taken'
  }
}

/** The api's port. One that is taken by what a killed run left behind becomes free within `patienceMs`. */
export const requirePort = async (
  port: number,
  patienceMs: number,
  pause: (ms: number) => Promise<void>,
): Promise<number> => {
  if (port === 0) return (await freePorts([undefined]))[0] ?? 0
  for (let waited = 0; ; waited += 100) {
    const found = await obstacle(port)
    if (found === undefined) return port
    if (found === 'forbidden') {
      throw new UsageError(
        `Port ${String(port)} may not be opened by this user. Give --port one above 1023.`,
      )
    }
    if (waited >= patienceMs) {
      throw new UsageError(
        `Port ${String(port)} is already in use: stop what listens there, or start on another ` +
          'one with --port <port>.',
      )
    }
    await pause(100)
  }
}

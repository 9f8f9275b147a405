/** Finds a port on this machine that nobody listens on. */
import { createServer } from 'node:net'

const tryPort = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(undefined)
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      const found = typeof address === 'object' ? address?.port : undefined
      server.close(() => {
        resolve(found)
      })
    })
  })

/** That port where it is free, else any free one. Somebody may still be quicker: the caller tries again. */
export const freePort = async (wanted = 0): Promise<number> => {
  const port = (await tryPort(wanted)) ?? (await tryPort(0))
  if (port === undefined) throw new Error('No port on 127.0.0.1 can be opened.')
  return port
}

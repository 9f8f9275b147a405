/** The Unix-domain socket of an embedded PostgreSQL: in its own folder, which nobody but its user can enter. */
import { readdirSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'

/** What the narrowest system allows for the whole path (unix(4) of macOS, with the zero at its end). */
const pathBytesMax = 103
const nameOf = (port: number): string => `.s.PGSQL.${String(port)}`

/** Undefined where a socket cannot be: its path would be too long, or there are no such sockets. */
export const socketFolder = (place: string): string | undefined =>
  process.platform !== 'win32' && Buffer.byteLength(join(place, nameOf(65_535))) <= pathBytesMax
    ? place
    : undefined

/** A list of folders, in PostgreSQL's own form; none where there is no socket. */
export const socketSetting = (folder: string | undefined): string =>
  folder === undefined ? '' : `"${folder.replaceAll('"', '""')}"`

/**
 * What a killed server left behind, or came with a copied folder. PostgreSQL would believe the lock beside a socket
 * whose pid is alive, whoever that is now. Only for a folder on which no server runs.
 */
export const clearSockets = (place: string): void => {
  for (const entry of readdirSync(place, { withFileTypes: true })) {
    const isLeft = /^\.s\.PGSQL\.\d+(\.lock)?$/.test(entry.name) && !entry.isDirectory()
    if (isLeft) rmSync(join(place, entry.name), { force: true })
  }
}

/** Whether we may connect there: the file may be missing, or its folder closed to us. */
export const isReachable = (folder: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(join(folder, nameOf(port)))
    const settle = (isOpen: boolean) => (): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.setTimeout(1_000, settle(false))
    socket.once('connect', settle(true))
    socket.once('error', settle(false))
  })

/** Host and port of a URL. */
export const hostOf = (folder: string | undefined, port: number): string =>
  `${folder === undefined ? '127.0.0.1' : encodeURIComponent(folder)}:${String(port)}`

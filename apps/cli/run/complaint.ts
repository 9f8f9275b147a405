/** What an app said last, in its log, before it ended because it was used wrongly. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** The sentence after `daybook <app>: `, which apps/process writes for people, where there is one after that byte. */
export const lastComplaint = (logFile: string, app: string, after: number): string | undefined => {
  const start = `daybook ${app}: `
  const lines = tailOf(logFile, after).trimEnd().split('\n')
  const from = lines.findLastIndex((line) => line.startsWith(start))
  if (from < 0) return undefined
  return [lines[from]?.slice(start.length), ...lines.slice(from + 1)].join('\n')
}

export const sizeOf = (path: string): number => {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

const bytesMax = 65_536
const tailOf = (path: string, after: number): string => {
  const size = sizeOf(path)
  const from = Math.max(after, size - bytesMax)
  if (size <= from) return ''
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(size - from)
    readSync(file, bytes, 0, bytes.length, from)
    return bytes.toString('utf8')
  } finally {
    closeSync(file)
  }
}

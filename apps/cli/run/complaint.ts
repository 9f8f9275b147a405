/** What an app said last, in its log, before it ended because it was used wrongly. */
import { readFileSync } from 'node:fs'

/** The sentence after `daybook <app>: `, which apps/process writes for people. */
export const lastComplaint = (logFile: string, app: string): string => {
  const start = `daybook ${app}: `
  const lines = textOf(logFile).trimEnd().split('\n')
  const from = lines.findLastIndex((line) => line.startsWith(start))
  if (from < 0) return `its log is ${logFile}.`
  return [lines[from]?.slice(start.length), ...lines.slice(from + 1)].join('\n')
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

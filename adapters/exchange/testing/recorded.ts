/** Frames of real venues as they were recorded, read apart from the code under test. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = join(
  process.env['DAYBOOK_RECORDINGS'] ?? join(import.meta.dirname, '../../../../shared/data'),
  'ws-messages',
)
export const haveRecordings = existsSync(folder)

/** The frames of one file, each as the text that came over the wire. */
export const recordedFrames = (name: string): readonly string[] =>
  gunzipSync(readFileSync(join(folder, name)))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !/"dir": ?"(connect|send|rest|config)"/.test(line))
    .map(frameOf)

/** Cut out of its line and not parsed: a number that is parsed may lose digits. */
const frameOf = (line: string): string => {
  const start = line.indexOf('"msg":') + '"msg":'.length
  return line.slice(start, line.lastIndexOf('}')).trim()
}

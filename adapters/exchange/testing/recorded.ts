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

/** A session that was interrupted, as another program told of it. Prices are numbers, but of few digits. */
export type ToldTrade = {
  readonly instrument: number
  readonly time_exchange: string
  readonly kind: {
    readonly Trade: {
      readonly id: string
      readonly price: number
      readonly amount: number
      readonly side: string
    }
  }
}
export const interruptedSession = (): readonly (ToldTrade | 'reconnecting')[] => {
  const name = 'barter_binance-spot_trades-with-disconnect_20241220.json.gz'
  const items = JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString('utf8')) as {
    readonly Item?: { readonly Ok: ToldTrade }
  }[]
  return items.map(({ Item }) => Item?.Ok ?? 'reconnecting')
}

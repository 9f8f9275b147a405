/** What the folds of the guard make of the golden logs, as one digest for each log. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '#adapters/system/hash'
import { rulesInForce } from '#domain/risk/rules'
import { digestOf, foldVersion } from '#domain/risk/snapshot'
import { standingsFold } from '#domain/risk/standing'
import type { GoldenLog } from '#domain/risk/testing/golden-stories'
import { readGolden } from '#domain/testing/golden-logs'

export interface Folds {
  readonly foldVersion: number
  readonly digests: Readonly<Record<string, string>>
}
export const foldsPath = join(import.meta.dirname, 'folds.json')

export const readFolds = (): Folds => {
  const versions = Array.from({ length: rulesInForce.version }, (_, index) => index + 1)
  const digests = versions.flatMap((version) =>
    readGolden(version).map((log) => [`rules ${String(version)}: ${log.name}`, digestOfLog(log)]),
  )
  return { foldVersion, digests: Object.fromEntries(digests) as Folds['digests'] }
}
export const recordedFolds = (): Folds => JSON.parse(readFileSync(foldsPath, 'utf8')) as Folds

const digestOfLog = ({ name, events }: GoldenLog): string => {
  const standings = standingsFold()
  for (const recorded of events)
    if (standings.apply(recorded) !== undefined) throw new Error(`${name} does not fold`)
  const state = standings.state()
  if (state === undefined) throw new Error('nothing was entered')
  return digestOf(state, sha256).slice(0, 16)
}

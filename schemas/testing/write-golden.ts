/** Writes the golden files that are missing, and never touches one that is there. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { facts } from '#schemas/events/ledger'
import { encodeProposed } from '#schemas/stored'
import {
  goldenFolder,
  goldenName,
  goldenNamesOf,
  keysNotShown,
  pinned,
  sampleOf,
  samples,
} from '#schemas/testing/golden'

mkdirSync(goldenFolder, { recursive: true })
for (const fact of facts) {
  const shown = goldenNamesOf(fact.type, fact.version)
  if (shown.length > 0 && keysNotShown(fact).length === 0) continue
  const path = join(goldenFolder, goldenName(fact.type, fact.version, shown.length + 1))
  const entries = samples.map((sample) => {
    const proposed = sampleOf(fact, sample)
    const { data, metadata } = encodeProposed(proposed)
    const { event, metadata: envelope } = proposed
    return { sample, data, metadata, event: pinned(event), envelope: pinned(envelope) }
  })
  writeFileSync(path, `${JSON.stringify(entries, undefined, 2)}\n`, { flag: 'wx' })
  process.stdout.write(`written: ${path}\n`)
}

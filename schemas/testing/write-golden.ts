/** Writes the golden files that are missing, and never touches one that is there. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { facts } from '#schemas/events/ledger'
import { encodeProposed } from '#schemas/stored'
import { goldenFolder, goldenName, pinned, sampleOf, samples } from '#schemas/testing/golden'

mkdirSync(goldenFolder, { recursive: true })
for (const fact of facts) {
  const path = join(goldenFolder, goldenName(fact.type, fact.version))
  if (existsSync(path)) continue
  const entries = samples.map((sample) => {
    const proposed = sampleOf(fact, sample)
    const { data, metadata } = encodeProposed(proposed)
    const { event, metadata: envelope } = proposed
    return { sample, data, metadata, event: pinned(event), envelope: pinned(envelope) }
  })
  writeFileSync(path, `${JSON.stringify(entries, undefined, 2)}\n`)
  process.stdout.write(`written: ${path}\n`)
}

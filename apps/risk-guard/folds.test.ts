/**
 * What the folds of the guard hold after logs that never change. Where that is not what it was, `foldVersion` has to be
 * raised, so that no build goes on from what another kind of fold has left behind; then
 * `npx tsx apps/risk-guard/testing/write-folds.ts`.
 */
import { expect, test } from 'vitest'
import { readFolds, recordedFolds } from '#apps/risk-guard/testing/folds'
import { foldVersion } from '#domain/risk/snapshot'

test('the folds hold what they held, or have another version', () => {
  const recorded = recordedFolds()
  const today = readFolds()
  if (recorded.foldVersion === foldVersion) expect(today.digests).toStrictEqual(recorded.digests)
  else expect(today.digests).not.toStrictEqual(recorded.digests)
  expect(recorded.foldVersion).toBe(foldVersion)
  expect(Object.keys(today.digests).length).toBeGreaterThan(100)
})

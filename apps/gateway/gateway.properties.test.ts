/** What holds of the gateway whatever happens around it, in whatever order: crashes, freezes, lost and doubled words. */
import { expect } from 'vitest'
import { anyRun, faultsAfter } from '#apps/gateway/testing/chaos'
import { prop } from '#testing/prop'

prop(
  'gateways, crashed, frozen and misinformed at will, send what was approved once and end at the truth',
  anyRun,
  async (run) => {
    expect(await faultsAfter(run)).toStrictEqual([])
  },
  { numRuns: Number(process.env['DAYBOOK_GATEWAY_RUNS'] ?? 60) },
)

/** T17: from the command to the first accepted order, on a fresh data folder. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openClient } from '#apps/demo/client'
import { startLedger } from '#apps/demo/ledger'
import { atMost, figure, repetitions, type Result, spreadOf } from './harness.ts'
import { root } from './root.ts'

const secondsToFirstOrder = async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'))
  const begun = performance.now()
  const ledger = await startLedger({ data: join(folder, 'data'), root })
  try {
    const order = await openClient(ledger.url, ledger.key).execute({
      symbol: 'BTC/USDT',
      side: 'buy',
      type: 'market',
      quantity: '0.01',
      strategy: 'manual',
    })
    if (order.status !== 'filled') throw new Error(`not filled: ${JSON.stringify(order)}`)
    return (performance.now() - begun) / 1000
  } finally {
    await ledger.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const startResults = async (): Promise<readonly Result[]> => {
  const seconds: number[] = []
  for (let run = 0; run < repetitions; run += 1) seconds.push(await secondsToFirstOrder())
  const ours = figure('command to first fill', 's', spreadOf(seconds))
  return [
    {
      target: 'T17',
      what: 'start, fresh data folder, built',
      ours,
      limits: [],
      goals: [atMost(5, ours)],
    },
  ]
}

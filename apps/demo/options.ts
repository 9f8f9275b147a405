/** What the demonstration is told: how much is traded, and on which market. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Plan } from './play.ts'

export interface Options {
  readonly plan: Plan
  readonly keep: boolean
  readonly isShort: boolean
}

export const optionsOf = (argv: readonly string[]): Options => {
  const { orders, sprint, short, keep } = new Command('daybook-demo')
    .description('Trades on a ledger of its own and proves its log.')
    .option('--orders <count>', 'while the strategies trade, at least', '1400')
    .option('--sprint <count>', 'more as fast as they are answered', '800')
    .option('--short', 'do not wait until what takes a minute has taken effect')
    .option('--keep', 'leave the data folder behind')
    .parse([...argv])
    .opts<{ orders: string; sprint: string; short?: boolean; keep?: boolean }>()
  const isShort = short === true
  return {
    plan: {
      orders: Number(orders),
      sprint: Number(sprint),
      waits: !isShort,
      fundingIntervalMs: isShort ? 2_000 : 10_000,
    },
    keep: keep === true,
    isShort,
  }
}

export interface Market {
  readonly says: string
  readonly setting: string
  readonly symbols: (all: readonly string[]) => readonly string[]
}

/** The spot market and two contracts on it, recorded in the same minutes. */
const recordings = [
  'binance-spot_BTCUSDT_trades_20240808-0809.csv.gz',
  'binance-usdm_BTCUSDT_trades_20240808.csv.gz',
  'binance-coinm_BTCUSD_PERP_trades_20240808-0809.csv.gz',
]
/**
 * As fast as the listeners follow, the session would be over in 14 seconds, most of them before the ledger is ready;
 * so fast it lasts for as long as a release takes, and all else that is shown.
 */
const speed = 5

export const marketAt = (folder: string): Market => {
  const files = recordings.map((name) => join(folder, 'trades', name))
  const missing = files.find((file) => !existsSync(file))
  if (missing === undefined)
    return {
      says: `Market: trades of Binance, spot and both contracts, 2024-08-08, ${String(speed)} times as fast.`,
      setting: `replay:${files.join(',')}@${String(speed)}`,
      symbols: () => [],
    }
  return {
    says: `Market: simulated. (No recording at ${missing}; DAYBOOK_RECORDINGS names the folder.)`,
    setting: 'simulated',
    symbols: (all) => ['--symbols', all.join(',')],
  }
}

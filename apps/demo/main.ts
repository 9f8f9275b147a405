/** `make demo`: a ledger of its own, a scripted trader, and what the log says of them afterwards. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { openClient } from './client.ts'
import { startLedger } from './ledger.ts'
import { demoLimits } from './limits.ts'
import { openRows } from './log-rows.ts'
import { progress } from './progress.ts'
import { provokeEachCheck } from './provoke.ts'
import { report } from './report.ts'
import { firstPrice, trade, cancelUntilSettled } from './trader.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const recordings = process.env['DAYBOOK_RECORDINGS'] ?? join(root, '../shared/data')
const recording = join(recordings, 'trades/binance-spot_BTCUSDT_trades_20240808-0809.csv.gz')

const { orders, keep } = new Command('daybook-demo')
  .description('Trades on a ledger of its own and proves its log.')
  .option('--orders <count>', 'orders after those that provoke each check', '450')
  .option('--keep', 'leave the data folder behind')
  .parse()
  .opts<{ orders: string; keep?: boolean }>()

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const market = existsSync(recording) ? `replay:${recording}@10` : 'simulated'
say(
  existsSync(recording)
    ? 'Market: recorded BTCUSDT trades of Binance, 2024-08-08, ten times as fast.'
    : `Market: simulated. (No recording at ${recording}; DAYBOOK_RECORDINGS names the folder.)`,
)

const folder = mkdtempSync(join(tmpdir(), 'daybook-demo-'))
const limits = join(folder, 'limits.json')
writeFileSync(limits, JSON.stringify(demoLimits))
const options = ['--market', market, '--symbols', 'BTC/USDT', '--limits', limits]
const ledger = await startLedger({ data: join(folder, 'data'), options, root })
try {
  const client = openClient(ledger.url, ledger.key)
  const price = await firstPrice(client)
  say('One order for each check …')
  const outcomes = await provokeEachCheck(client, price)
  await trade(client, price, Number(orders), progress(Number(orders)))
  await cancelUntilSettled(client)
  const rows = await openRows(ledger.data)
  const { text, isClean } = await report(client, rows, outcomes)
  await rows.close()
  process.stdout.write(`${text}\n`)
  process.exitCode = isClean ? 0 : 1
} finally {
  await ledger.stop()
  if (keep === true) say(`The ledger is kept in ${ledger.data}`)
  else rmSync(folder, { recursive: true, force: true })
}

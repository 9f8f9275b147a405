/** `make demo`: a ledger of its own, a desk of people and strategies on it, and what the log says of them afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { symbols } from './cast.ts'
import { startLedger } from './ledger.ts'
import { demoLimits } from './limits.ts'
import { marketAt, optionsOf } from './options.ts'
import { play } from './play.ts'
import { complaintsOf, reportOf } from './report.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const { plan, keep, isShort } = optionsOf(process.argv)
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const market = marketAt(process.env['DAYBOOK_RECORDINGS'] ?? join(root, '../shared/data'))
say(market.says)

const begun = Date.now()
const folder = mkdtempSync(join(tmpdir(), 'daybook-demo-'))
const limits = join(folder, 'limits.json')
writeFileSync(limits, JSON.stringify(demoLimits))
const ledger = await startLedger({
  data: join(folder, 'data'),
  options: ['--market', market.setting, ...market.symbols(symbols), '--limits', limits],
  environment: { DAYBOOK_PAPER_FUNDING_INTERVAL: String(plan.fundingIntervalMs) },
  root,
})
const leave = async (): Promise<void> => {
  await ledger.stop()
  if (keep) say(`The ledger is kept in ${ledger.data}`)
  else rmSync(folder, { recursive: true, force: true })
}
// Ctrl-C reaches the ledger by itself; its folder would be left.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void leave().then(() => process.exit(130)))
try {
  const played = await play(ledger, plan, say)
  process.stdout.write(`${reportOf(played)}\n`)
  const complaints = complaintsOf(played, plan.orders, isShort)
  const took = ((Date.now() - begun) / 1000).toFixed(0)
  say(
    `\n${String(played.orders.length)} orders, ${String(played.findings.length)} proofs, ${took} s.`,
  )
  for (const complaint of complaints) say(`NOT AS IT SHOULD BE: ${complaint}`)
  process.exitCode = complaints.length === 0 ? 0 : 1
} finally {
  await leave()
}

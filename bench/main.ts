/** `make bench`: every figure beside its limit of the same run. ARGS="T2 T17" measures those alone. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { apiResults } from './api-alone.ts'
import { appendResults } from './append.ts'
import { decideResults } from './decide.ts'
import { eventStoreResults } from './eventstore.ts'
import { eventStoreOrderResults } from './eventstore-orders.ts'
import { header, type Result, row } from './harness.ts'
import { journeyResults } from './journey.ts'
import { killSwitchResults } from './kill-switch.ts'
import { lagResults } from './lag.ts'
import { memoryResults } from './memory.ts'
import { restartResults } from './restart.ts'
import { root } from './root.ts'
import { startResults } from './start.ts'
import { streamResults } from './stream.ts'
import { sustainedResults } from './sustained.ts'
import { tickResults } from './ticks.ts'

const suites = {
  'T1 T2': appendResults,
  T5: restartResults,
  T7: lagResults,
  T8: journeyResults,
  T9: sustainedResults,
  T10: decideResults,
  T13: killSwitchResults,
  T15: streamResults,
  T16: apiResults,
  T17: startResults,
  T18: memoryResults,
  T19: tickResults,
  T20: async () => [...(await eventStoreResults()), ...(await eventStoreOrderResults())],
} as const

const wanted = process.argv.slice(2)
const chosen = Object.entries(suites).filter(
  ([targets]) =>
    wanted.length === 0 || wanted.some((target) => targets.split(' ').includes(target)),
)
if (chosen.length === 0)
  throw new Error(`no such target; there are ${Object.keys(suites).join(', ')}`)

const machine = (): string => {
  const cpu = cpus()[0]?.model ?? 'unknown processor'
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${String(cpus().length)} × ${cpu}, ${String(memory)} GiB, Node ${process.version}, PostgreSQL 18 with fsync`
}

const results: Result[] = []
for (const [targets, measure] of chosen) {
  process.stderr.write(`measuring ${targets} …\n`)
  for (const result of await measure()) {
    results.push(result)
    process.stderr.write(`${row(result)}\n`)
  }
}
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root })
  .toString()
  .trim()
const date = new Date().toISOString().slice(0, 10)
const lines = join(root, 'bench/results.jsonl')
const kept = (): readonly string[] => {
  try {
    return readFileSync(lines, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}
const measured = new Set(results.map(({ target }) => target))
const others = kept().filter((line) => !measured.has((JSON.parse(line) as Result).target))
const all = [
  ...others.map((line) => JSON.parse(line) as Result & { on: string }),
  ...results.map((result) => ({ ...result, on: `${date}, ${commit}` })),
]
const order = (target: string): number => Number(target.slice(1))
all.sort((a, b) => order(a.target) - order(b.target))
writeFileSync(lines, `${all.map((result) => JSON.stringify(result)).join('\n')}\n`)
writeFileSync(
  join(root, 'bench/RESULTS.md'),
  `# What was measured

\`make bench\` on ${machine()}. Everything shares these cores: load, ledger and PostgreSQL.
Each figure is the median of three repetitions with the lowest and highest; limits and peers are measured in the same run.
Where a goal is missed: [READING.md](READING.md).

${header}
${all.map(row).join('\n')}

Measured: ${[...new Set(all.map(({ target, on }) => `${target} (${on})`))].join(', ')}.
`,
)

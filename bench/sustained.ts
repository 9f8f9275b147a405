/** T9: how many orders a second go all the way, five events each, with every app on this machine. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { testPostgres } from '#adapters/testing/postgres'
import { type Ledger, startLedger } from '#apps/demo/ledger'
import type { Rows } from '#apps/demo/judge/log-row'
import { figure, percentile, repetitions, type Result, spreadOf } from './harness.ts'
import { openSender } from './keep-alive.ts'
import { inPostgres, type LogPlace } from './log-places.ts'
import { root } from './root.ts'

export const seconds = 10
const warmingSeconds = 3
export const clients = 64
const eventsOfOrder = 5

/** Three processes that write and six that read and parse: events a second that the slowest reader has read. */
const bareProcesses = async (): Promise<number> => {
  const server = await testPostgres()
  try {
    const client = new pg.Client({ connectionString: server.url() })
    await client.connect()
    await client.query(`create schema bare;
      create table bare.head (position bigint not null); insert into bare.head values (0);
      create table bare.events (position bigint primary key, data text not null)`)
    await client.end()
    const started = (role: string): ChildProcess =>
      fork(join(root, 'bench/sustained-peer.ts'), [role, server.url(), String(seconds)], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        execArgv: ['--import', 'tsx'],
      })
    const readers = Array.from({ length: 6 }, () => started('reader'))
    const writers = Array.from({ length: 3 }, () => started('writer'))
    const counts = await Promise.all(
      [...readers, ...writers].map(async (child) => {
        const [count] = (await once(child, 'message')) as [number]
        return count
      }),
    )
    return Math.min(...counts.slice(0, readers.length)) / seconds
  } finally {
    await server.stop()
  }
}

/** Wide: what is measured is the pace, and nothing may be denied for its number. */
const limits = {
  maxOrdersPerSecond: 1_000_000,
  maxOrdersPerMinute: 100_000_000,
  maxOrdersPerHour: 1_000_000_000,
  maxOpenOrders: 1_000_000,
  maxUnknownOrders: 1_000_000,
}

export interface Sustained {
  readonly perSecond: number
  readonly lost: number
  readonly denied: number
  readonly p50: number
  readonly p99: number
  /** CPU seconds of each process for a thousand orders. */
  readonly cpu: Readonly<Record<string, number>>
}

export const ourOrders = async (openPlace: () => Promise<LogPlace>): Promise<Sustained> => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'))
  writeFileSync(join(folder, 'limits.json'), JSON.stringify(limits))
  const place = await openPlace()
  const options = ['--symbols', 'BTC/USDT', '--limits', join(folder, 'limits.json')]
  const ledger = await startLedger({
    data: join(folder, 'data'),
    root,
    options: [...options, ...place.options],
  })
  const sender = openSender(ledger, clients)
  try {
    await sender.press(warmingSeconds)
    const before = cpuOf(ledger)
    const begun = performance.now()
    const sent = await sender.press(seconds)
    const elapsed = (performance.now() - begun) / 1000
    const after = cpuOf(ledger)
    const rows = await place.rows(ledger.data)
    try {
      const found = await settled(rows)
      const cpu = Object.fromEntries(
        Object.entries(after).map(([name, used]) => [
          name,
          ((used - (before[name] ?? 0)) / sent.length) * 1000,
        ]),
      )
      return {
        perSecond: sent.length / elapsed,
        ...found,
        p50: percentile(sent, 0.5),
        p99: percentile(sent, 0.99),
        cpu,
      }
    } finally {
      await rows.close()
    }
  } finally {
    sender.close()
    await ledger.stop()
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Once nothing moves any more: intents without a fill, and those that were denied. */
const settled = async (rows: Rows): Promise<{ readonly lost: number; readonly denied: number }> => {
  const count = async (): Promise<Readonly<Record<string, number>>> => {
    const counts = await rows.query('select type, count(*)::int as n from log.events group by type')
    return Object.fromEntries(counts.map(({ type, n }) => [String(type), Number(n)]))
  }
  const until = performance.now() + 20_000
  for (;;) {
    const {
      OrderIntentRecorded: intents = 0,
      OrderFilled: fills = 0,
      OrderDenied: denied = 0,
    } = await count()
    const open = intents - fills - denied
    if (open <= 0 || performance.now() > until) return { lost: Math.max(0, open), denied }
    await new Promise((resolve) => {
      setTimeout(resolve, 200)
    })
  }
}

/** User and system time of the ledger's processes so far, from /proc, in seconds (proc(5): 100 ticks a second). */
const cpuOf = ({ data }: Ledger): Readonly<Record<string, number>> => {
  const file = JSON.parse(readFileSync(join(data, 'daybook.json'), 'utf8')) as {
    readonly processes?: readonly { readonly name: string; readonly pid: number }[]
  }
  return Object.fromEntries(
    (file.processes ?? []).map(({ name, pid }) => {
      const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return [name, (Number(fields[11]) + Number(fields[12])) / 100]
    }),
  )
}

export const sustainedResults = async (): Promise<readonly Result[]> => {
  const bare: number[] = []
  const runs: Sustained[] = []
  for (let run = 0; run < repetitions; run += 1) {
    bare.push(await bareProcesses())
    runs.push(await ourOrders(inPostgres))
  }
  const spread = (pick: (run: Sustained) => number) => spreadOf(runs.map(pick))
  const ours = figure(
    'orders all the way',
    'orders/s',
    spread(({ perSecond }) => perSecond),
  )
  const limit = figure(
    '3 writing and 6 reading processes that only parse',
    'events/s',
    spreadOf(bare),
  )
  const lost = Math.max(...runs.map((run) => run.lost))
  const denied = Math.max(...runs.map((run) => run.denied))
  const share = (ours.value.median * eventsOfOrder) / limit.value.median
  return [
    {
      target: 'T9',
      what: `orders sustained for ${String(seconds)} s, ${String(clients)} clients, five events each; ${share.toFixed(2)} × the limit's events`,
      ours,
      limits: [
        limit,
        figure(
          'p50 to the answer that the venue has it',
          'ms',
          spread(({ p50 }) => p50),
        ),
        figure(
          'p99',
          'ms',
          spread(({ p99 }) => p99),
        ),
        ...Object.keys(runs[0]?.cpu ?? {}).map((name) =>
          figure(
            `CPU of ${name} for 1,000 orders`,
            's',
            spread(({ cpu }) => cpu[name] ?? 0),
          ),
        ),
      ],
      goals: [
        {
          says: '≥ 600 orders/s',
          reached: `${ours.value.median.toFixed(0)} orders/s`,
          met: ours.value.median >= 600,
        },
        { says: 'nothing lost', reached: String(lost), met: lost === 0 },
        { says: 'nothing denied', reached: String(denied), met: denied === 0 },
      ],
    },
  ]
}

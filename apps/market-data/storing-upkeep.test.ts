import * as E from 'fp-ts/lib/Either.js'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { noon } from '#adapters/testing/ticks'
import { readSettings } from '#apps/process/settings'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { storingConfig } from './storing-config.ts'
import { upkeep } from './storing-upkeep.ts'

/** Runs the upkeep until it has asked so often for room, and answers all that it asked for. */
const asked = async (
  retentionDays: number | undefined,
  rounds: number,
  forget: () => Promise<E.Either<{ _tag: 'TicksBusy'; detail: string }, string | undefined>>,
) => {
  const stopping = new AbortController()
  const calls: string[] = []
  const said: string[] = []
  let round = 0
  await upkeep({
    store: {
      makeRoom: async (today, days) => {
        round += 1
        calls.push(`room ${formatInstant(today)} ${String(days)}`)
        if (round === rounds) stopping.abort()
        return E.right(0)
      },
      forget: async (before) => {
        calls.push(`forget ${formatInstant(before)}`)
        return forget()
      },
      compress: async () => {
        calls.push('compress')
        return E.right(undefined)
      },
    },
    app: {
      logger: pino({ level: 'trace' }, { write: (line: string) => said.push(line) }),
      stopping: stopping.signal,
      clock: { now: (): Instant => noon, monotonicMs: () => 0 },
    },
    retentionDays,
    everyMs: 1,
    againMs: 1,
  })
  return { calls, said }
}

test('room is made, what is too old is dropped day by day, and the rest compressed', async () => {
  const days = ['trades_20261020', 'quotes_20261020', undefined]
  const { calls, said } = await asked(30, 2, async () => E.right(days.shift()))
  expect(calls).toStrictEqual([
    'room 2026-11-20T12:00:00Z 3',
    'forget 2026-10-21T12:00:00Z',
    'forget 2026-10-21T12:00:00Z',
    'forget 2026-10-21T12:00:00Z',
    'compress',
    'room 2026-11-20T12:00:00Z 3',
  ])
  expect(said.join('')).toContain('["trades_20261020","quotes_20261020"]')
})
test('nothing is dropped where ticks are kept for ever', async () => {
  const { calls } = await asked(undefined, 2, async () => E.right('never'))
  expect(calls.filter((call) => call.startsWith('forget'))).toStrictEqual([])
})
test('what is being read is left, said once, and tried again', async () => {
  const { calls, said } = await asked(1, 4, async () =>
    E.left({ _tag: 'TicksBusy', detail: 'lock timeout' }),
  )
  expect(calls.filter((call) => call.startsWith('forget'))).toHaveLength(3)
  expect(said).toHaveLength(1)
})

test.each([
  ['', 7],
  ['7', 7],
  ['0', 'off'],
  ['off', 'off'],
  ['36500', 36_500],
])('DAYBOOK_TICKS_RETENTION=%s', (text, meaning) => {
  const read = readSettings(storingConfig, { DAYBOOK_TICKS_RETENTION: text })
  expect(read).toMatchObject({ right: { ticksRetention: meaning } })
})
test.each(['-1', '1.5', 'x', '36501', '007', 'never'])(
  'DAYBOOK_TICKS_RETENTION=%s is refused with what there is',
  (text) => {
    const read = readSettings(storingConfig, { DAYBOOK_TICKS_RETENTION: text })
    expect(read).toStrictEqual(
      E.left([
        'DAYBOOK_TICKS_RETENTION is not usable: set it to the days that ticks are kept for, 1 to 36500, ' +
          'or off to keep them for ever.',
      ]),
    )
  },
)

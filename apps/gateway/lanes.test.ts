import { expect, test } from 'vitest'
import type { OrderId } from '#schemas/values/ids'
import { Entry } from './entry.ts'
import { Lanes } from './lanes.ts'
import type { Task } from './tasks.ts'

const open = () => {
  const done: string[] = []
  const lanes = new Lanes({
    load: () => Promise.resolve(),
    tell: (_entry, tasks) => {
      done.push(`told ${String(tasks.length)}`)
      return Promise.resolve()
    },
    attend: () => {
      done.push('attended')
      return Promise.resolve()
    },
    rest: () => undefined,
    defect: (thrown) => {
      throw thrown
    },
  })
  const entry = new Entry('018e0000-0000-7000-8000-000000000001' as OrderId)
  entry.loaded = true
  return { lanes, entry, done }
}
const word = (): Task => ({ command: { type: 'ReportNotSent' } as never })

test('an answer and the news that came in the same bytes are told together', async () => {
  const { lanes, entry, done } = open()
  lanes.push(entry, [word()])
  // As long as it takes until whoever asked has the answer in hand.
  for (let hop = 0; hop < 20; hop += 1) await Promise.resolve()
  lanes.push(entry, [word()])
  await lanes.idle()
  expect(done).toStrictEqual(['told 2'])
})
test('what an order needs is seen to at once', () => {
  const { lanes, entry, done } = open()
  lanes.attend(entry)
  expect(done).toStrictEqual(['attended'])
})

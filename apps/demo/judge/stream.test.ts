/** What the stream told, held against the log: what is missing, repeated, renamed, invented or out of order is named. */
import { expect, test } from 'vitest'
import { type Heard, streamFinding } from './stream.ts'
import { at, type Draft, ended, fill, intent, logOf } from './testing/drafts.ts'

const drafts: readonly Draft[] = [
  ['ApiKeyIssued', 'access-ada', {}],
  intent('a', {}),
  ['MarksTaken', 'risk-main', { at: at(1) }],
  fill({}),
  ended('a', 'OrderExpired', 2),
]
const log = logOf(drafts)
const placed: Heard = {
  logPosition: '2',
  type: 'order.placed',
  event: 'OrderIntentRecorded',
  id: 'a',
}
const filled: Heard = {
  logPosition: '4',
  type: 'order.partiallyFilled',
  event: 'OrderFilled',
  id: 'a',
}
const expired: Heard = { logPosition: '5', type: 'order.expired', event: 'OrderExpired', id: 'a' }
const told = [placed, filled, expired]

test('every event that is told was told once, and what is not told was not missed', () => {
  expect(streamFinding(log, told)).toMatchObject({ verdict: 'holds', examined: 3 })
})
test('what came after the log was read is no offence', () => {
  const next: Heard = { logPosition: '6', type: 'funding.paid', event: 'FundingPaid', id: '' }
  expect(streamFinding(log, [...told, next]).verdict).toBe('holds')
})
test.each([
  ['missing', [placed, expired], 'OrderFilled at 4 was not told'],
  ['twice', [placed, filled, filled, expired], 'position 4 was told twice'],
  [
    'as another event',
    [placed, { ...filled, event: 'OrderAccepted' }, expired],
    'as OrderAccepted',
  ],
  ['under another name', [placed, { ...filled, type: 'order.denied' }, expired], 'as order.denied'],
  ['of another order', [{ ...placed, id: 'b' }, filled, expired], 'of order b'],
  [
    'of what is not told',
    [...told.slice(0, 1), { ...filled, logPosition: '3' }, ...told.slice(1)],
    'at 3 is not on the log',
  ],
  ['out of order', [placed, expired, filled], 'position 4 was told late'],
])('%s', (_says, heard, says) => {
  const found = streamFinding(log, heard)
  expect(found.verdict).toBe('broken')
  expect(found.offences.join()).toContain(says)
})

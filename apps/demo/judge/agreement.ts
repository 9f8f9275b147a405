/** I10 and I11: whether what loosens came after its minute under single control, or by two persons under dual. */
import { list, type LogRow, named, record, second, text, when, writtenAt } from './log-row.ts'

const settling = 60 * second

/** Why it was not allowed yet; none: it was. `released`: kill switches whose engagers may be neither of the two. */
export const tooSoon = (
  rows: readonly LogRow[],
  asked: LogRow,
  ruling: LogRow,
  released: readonly string[] = [],
): readonly string[] => {
  if (controlAt(rows, ruling) === 'single') {
    const waited = when(ruling.data['clock']) - writtenAt(asked)
    return waited < settling ? [`after ${(waited / second).toFixed(1)} s`] : []
  }
  const engagers = released.map((id) => engagerOf(rows, id))
  const persons = [asked, ...endorsementsOf(rows, asked, ruling)].map(personOf)
  const able = new Set(persons.filter((person) => person !== '' && !engagers.includes(person)))
  return able.has(persons[0] ?? '') && able.size > 1
    ? []
    : [`under dual control by ${[...new Set(persons)].join(' and ')}`]
}

/** What the book was opened with, or what it was changed to last before that. */
export const controlAt = (rows: readonly LogRow[], { data, position }: LogRow): string => {
  const last = named(rows, 'BookOpened', 'ControlChanged').findLast(
    (row) => row.position < position && row.data['book'] === data['book'],
  )
  return text(last?.data['control']) || 'single'
}

const endorsementOf: Readonly<Record<string, string>> = {
  RiskLimitsProposed: 'RiskLimitsEndorsed',
  KillSwitchReleaseRequested: 'KillSwitchReleaseEndorsed',
  ControlChangeRequested: 'ControlChangeEndorsed',
}
const endorsementsOf = (
  rows: readonly LogRow[],
  asked: LogRow,
  ruling: LogRow,
): readonly LogRow[] =>
  named(rows, endorsementOf[asked.type] ?? '').filter(
    ({ data, position }) =>
      data['proposalId'] === asked.data['proposalId'] &&
      position > asked.position &&
      position < ruling.position,
  )
const engagerOf = (rows: readonly LogRow[], id: string): string => {
  const first = named(rows, 'KillSwitchEngaged').find(({ data }) => data['killSwitchId'] === id)
  return first === undefined ? '' : personOf(first)
}
const personOf = ({ metadata }: LogRow): string => text(record(metadata['actor'])['person'])

export const idsIn = (row: LogRow): readonly string[] => list(row.data['killSwitchIds']).map(text)

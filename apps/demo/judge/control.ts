/** I11 and I10: one person alone tightens at once; what he loosens or releases takes effect a minute later at the soonest. */
import { units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import {
  type Json,
  list,
  type LogRow,
  named,
  record,
  second,
  text,
  when,
  writtenAt,
} from './log-row.ts'

const settling = 60 * second

export const controlFindings = (rows: readonly LogRow[]): readonly Finding[] => [
  limitsFinding(rows),
  releasesFinding(rows),
]

const proposalsIn = (rows: readonly LogRow[], type: string): ReadonlyMap<string, LogRow> =>
  new Map(named(rows, type).map((row) => [text(row.data['proposalId']), row]))

const limitsFinding = (rows: readonly LogRow[]): Finding => {
  const proposals = proposalsIn(rows, 'RiskLimitsProposed')
  const inForce = new Map<string, Json>()
  const wrong: string[] = []
  for (const { type, data, position } of named(rows, 'BookOpened', 'RiskLimitsSet')) {
    const book = text(data['book'])
    const [before, after] = [inForce.get(book) ?? {}, record(data['limits'])]
    inForce.set(book, after)
    if (type === 'BookOpened') continue
    const name = `the limits set at ${String(position)}`
    const asked = proposals.get(text(data['proposalId']))
    if (asked === undefined || asked.position > position) {
      wrong.push(`${name} were proposed by nobody`)
      continue
    }
    const proposed = record(asked.data['limits'])
    if (!isSame(after, { ...before, ...proposed })) wrong.push(`${name} are others than proposed`)
    if (text(asked.data['reason']) === '') wrong.push(`${name} have no reason`)
    const waited = when(data['clock']) - writtenAt(asked)
    if (loosened(before, proposed).length > 0 && waited < settling)
      wrong.push(
        `${name} loosen ${loosened(before, proposed).join(', ')} after ${secondsOf(waited)}`,
      )
  }
  const says = 'limits are those that were proposed; what loosened them waited a minute'
  return finding('I11', says, proposals.size, wrong)
}

const releasesFinding = (rows: readonly LogRow[]): Finding => {
  const asked = proposalsIn(rows, 'KillSwitchReleaseRequested')
  const wrong = named(rows, 'KillSwitchReleased').flatMap(({ data, position }) => {
    const name = `the release at ${String(position)}`
    const request = asked.get(text(data['proposalId']))
    if (request === undefined || request.position > position) return [`${name} was asked by nobody`]
    const named_ = list(request.data['killSwitchIds'])
    const waited = when(data['clock']) - writtenAt(request)
    return [
      ...(waited < settling ? [`${name} came after ${secondsOf(waited)}`] : []),
      ...list(data['killSwitchIds'])
        .filter((id) => !named_.includes(id))
        .map((id) => `${name} releases ${text(id)}, which nobody named`),
      ...(text(request.data['reason']) === '' ? [`${name} has no reason`] : []),
    ]
  })
  const says = 'a kill switch was released by request alone, and a minute later at the soonest'
  return finding('I10', says, asked.size, wrong)
}
const secondsOf = (micros: number): string => `${(micros / second).toFixed(1)} s`

const isSame = (a: Json, b: Json): boolean => {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]))
}

/** Whatever bound and binds less now, or not at all. Any change of the collar may let something through. */
const loosened = (before: Json, proposed: Json): readonly string[] =>
  Object.keys(proposed).filter((name) => {
    const [was, is] = [before[name], proposed[name]]
    if (was === undefined) return false
    if (name === 'priceCollar') return figure(was) !== figure(is)
    if (typeof was !== 'object') return figure(is) > figure(was)
    return Object.entries(record(was)).some(([symbol, most]) => {
      const now = record(is)[symbol]
      return now === undefined || figure(now) > figure(most)
    })
  })
const figure = (value: unknown): bigint =>
  typeof value === 'number' ? units(String(value)) : units(value)

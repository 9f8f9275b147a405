/** I11 and I10: one person alone tightens at once; what loosens or releases waits a minute, or for a second person. */
import { controlAt, idsIn, tooSoon } from './agreement.ts'
import { units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import { type Json, list, type LogRow, named, record, text } from './log-row.ts'

export const controlFindings = (rows: readonly LogRow[]): readonly Finding[] => [
  limitsFinding(rows),
  releasesFinding(rows),
  changesFinding(rows),
]

const proposalsIn = (rows: readonly LogRow[], type: string): ReadonlyMap<string, LogRow> =>
  new Map(named(rows, type).map((row) => [text(row.data['proposalId']), row]))

const limitsFinding = (rows: readonly LogRow[]): Finding => {
  const proposals = proposalsIn(rows, 'RiskLimitsProposed')
  const inForce = new Map<string, Json>()
  const wrong: string[] = []
  for (const row of named(rows, 'BookOpened', 'RiskLimitsSet')) {
    const { type, data, position } = row
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
    const loose = loosened(before, proposed)
    if (loose.length > 0)
      wrong.push(
        ...tooSoon(rows, asked, row).map((why) => `${name} loosen ${loose.join(', ')} ${why}`),
      )
  }
  const says =
    'limits are those that were proposed; what loosened them waited a minute, or was for two persons'
  return finding('I11', says, proposals.size, wrong)
}

const releasesFinding = (rows: readonly LogRow[]): Finding => {
  const asked = proposalsIn(rows, 'KillSwitchReleaseRequested')
  const wrong = named(rows, 'KillSwitchReleased').flatMap((row) => {
    const { data, position } = row
    const name = `the release at ${String(position)}`
    const request = asked.get(text(data['proposalId']))
    if (request === undefined || request.position > position) return [`${name} was asked by nobody`]
    const named_ = idsIn(request)
    return [
      ...tooSoon(rows, request, row, idsIn(row)).map((why) => `${name} came ${why}`),
      ...idsIn(row)
        .filter((id) => !named_.includes(id))
        .map((id) => `${name} releases ${id}, which nobody named`),
      ...(text(request.data['reason']) === '' ? [`${name} has no reason`] : []),
    ]
  })
  const says =
    'a kill switch was released by request alone, a minute later at the soonest or by two persons'
  return finding('I10', says, asked.size, wrong)
}

const changesFinding = (rows: readonly LogRow[]): Finding => {
  const asked = proposalsIn(rows, 'ControlChangeRequested')
  const wrong = named(rows, 'ControlChanged').flatMap((row) => {
    const { data, position } = row
    const name = `the change of control at ${String(position)}`
    const request = asked.get(text(data['proposalId']))
    if (request === undefined || request.position > position) return [`${name} was asked by nobody`]
    return [
      ...(request.data['control'] === data['control'] ? [] : [`${name} is not what was asked`]),
      ...(controlAt(rows, row) === data['control'] ? [`${name} changes nothing`] : []),
      ...(data['control'] === 'single'
        ? tooSoon(rows, request, row).map((why) => `${name} came ${why}`)
        : []),
    ]
  })
  const says = 'control went from two persons to one by two of them'
  return finding('I11', says, asked.size, wrong)
}

const isSame = (a: Json, b: Json): boolean => {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]))
}

/**
 * Whatever bound and binds less now, or not at all. Any change of the collar may let something through, and so may
 * other windows; a shorter time finds fewer orders to be the same again.
 */
const loosened = (before: Json, proposed: Json): readonly string[] =>
  Object.keys(proposed).filter((name) => {
    const [was, is] = [before[name], proposed[name]]
    if (was === undefined) return false
    if (name === 'priceCollar') return figure(was) !== figure(is)
    if (name === 'duplicateWindowMs') return figure(is) < figure(was)
    if (name === 'overrides') return !isKept(was, is)
    if (name === 'tradingWindows')
      return Object.entries(record(was)).some(([venue, windows]) => {
        return JSON.stringify(windows) !== JSON.stringify(record(is)[venue])
      })
    if (typeof was !== 'object') return figure(is) > figure(was)
    return Object.entries(record(was)).some(([symbol, most]) => {
      const now = record(is)[symbol]
      return now === undefined || figure(now) > figure(most)
    })
  })
const isKept = (was: unknown, is: unknown): boolean => {
  const after = new Set(list(is).map((each) => JSON.stringify(each)))
  return list(was).every((each) => after.has(JSON.stringify(each)))
}
const figure = (value: unknown): bigint =>
  typeof value === 'number' ? units(String(value)) : units(value)

/** Reads what /metrics says as Prometheus does (text format 0.0.4), and says what is wrong with it. */

interface Sample {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
  readonly line: string
}
interface Family {
  readonly name: string
  help?: string
  type?: string
  readonly samples: Sample[]
}

/** What each family has besides its own name. */
const parts: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
  gauge: [''],
  counter: [''],
}

/** By name; a line that cannot be read is a fault. */
export const familiesIn = (
  text: string,
): { readonly families: ReadonlyMap<string, Family>; readonly faults: readonly string[] } => {
  const families = new Map<string, Family>()
  const faults: string[] = []
  const familyOf = (name: string): Family => {
    const family = families.get(name) ?? { name, samples: [] }
    families.set(name, family)
    return family
  }
  for (const line of text.split('\n').filter(Boolean)) {
    const comment = /^# (HELP|TYPE) ([^ ]+) (.+)$/.exec(line)
    if (comment !== null) {
      const [, kind, name = '', says = ''] = comment
      const family = familyOf(name)
      if (family.samples.length > 0) faults.push(`${name}: ${kind ?? ''} comes after its samples`)
      const field = kind === 'HELP' ? 'help' : 'type'
      if (family[field] !== undefined) faults.push(`${name}: ${kind ?? ''} twice`)
      family[field] = says
      continue
    }
    const sample = sampleIn(line)
    if (sample === undefined) {
      faults.push(`cannot be read: ${line}`)
      continue
    }
    const owner = [...families.values()].findLast(({ name, type }) =>
      (parts[type ?? 'gauge'] ?? []).some((part) => sample.name === `${name}${part}`),
    )
    if (owner === undefined) faults.push(`${sample.name}: no TYPE before it`)
    else owner.samples.push(sample)
  }
  return { families, faults }
}

const sampleIn = (line: string): Sample | undefined => {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9.eE+-]+|[Nn]a[Nn]|[+-]Inf)$/.exec(
    line,
  )
  if (match === null) return undefined
  const [, name = '', labelled = '', value = ''] = match
  const labels = new Map<string, string>()
  const rest = labelled.replace(
    /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)",?/g,
    (_, label: string, text: string) => {
      labels.set(label, text)
      return ''
    },
  )
  if (rest !== '') return undefined
  return { name, labels, value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value), line }
}

const keyOf = (labels: Iterable<readonly [string, string]>): string =>
  [...labels]
    .map((pair) => pair.join('='))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('|')

/** Everything that promtool would complain of, and what this house has agreed upon besides. */
export const faultsOfMetrics = (text: string): readonly string[] => {
  const { families, faults } = familiesIn(text)
  const series = [...families.values()].flatMap(({ samples }) =>
    samples.map(({ name, labels }) => `${name}{${keyOf(labels)}}`),
  )
  const twice = series.filter((one, n) => series.indexOf(one) !== n)
  return [
    ...faults,
    ...(text.endsWith('\n') ? [] : ['the last line does not end']),
    ...twice.map((one) => `${one}: twice`),
    ...[...families.values()].flatMap(faultsOfFamily),
  ]
}

const otherUnits =
  /_(ms|msec|millis|milliseconds|micros|nanos|minutes|hours|days|kb|mb|kilobytes|megabytes|percent)(_|$)/
const anId = /[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}|^[0-9]{6,}$/

const faultsOfFamily = (family: Family): readonly string[] => {
  const { name, help, type, samples } = family
  const faults: string[] = []
  const unless = (good: boolean, says: string): void => {
    if (!good) faults.push(`${name}: ${says}`)
  }
  unless(help !== undefined && help.trim().length > 4, 'no HELP')
  unless(type !== undefined && type in parts, `its TYPE is ${type ?? 'missing'}`)
  unless(/^daybook(_[a-z][a-z0-9]*)+$/.test(name), 'not of the form daybook_some_thing')
  unless((type === 'counter') === name.endsWith('_total'), 'counters alone end in _total')
  unless(!/_(bucket|count|sum|info_total)$/.test(name), 'ends as a part of a histogram does')
  unless(!otherUnits.test(name), 'not in a base unit: seconds, bytes, ratio')
  unless(!/_(gauge|counter|histogram|summary)(_|$)/.test(name), 'names its own type')
  unless(
    type !== 'histogram' || /_(seconds|bytes|events|ratio)$/.test(name),
    'a histogram without a unit',
  )
  for (const { labels, value, line } of samples) {
    // A gauge may have nothing to show yet.
    unless(type !== 'counter' || value >= 0, `not counted: ${line}`)
    unless(!name.endsWith('_info') || value === 1, `an info that is not 1: ${line}`)
    for (const [label, text] of labels) {
      unless(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(label), `label ${label}`)
      unless(!anId.test(text), `an id in a label: ${line}`)
    }
  }
  if (type === 'histogram') faults.push(...faultsOfBuckets(family))
  return faults
}

const faultsOfBuckets = ({ name, samples }: Family): readonly string[] => {
  const rows = new Map<string, Sample[]>()
  for (const sample of samples) {
    const key = keyOf([...sample.labels].filter(([label]) => label !== 'le'))
    rows.set(key, [...(rows.get(key) ?? []), sample])
  }
  return [...rows].flatMap(([labels, row]) => {
    const buckets = row.filter((sample) => sample.name === `${name}_bucket`)
    const counts = buckets.map(({ value }) => value)
    const isCumulative = counts.every((count, n) => n === 0 || count >= (counts[n - 1] ?? 0))
    const last = buckets.at(-1)
    const count = row.find((sample) => sample.name === `${name}_count`)
    const isWhole = last?.labels.get('le') === '+Inf' && last.value === count?.value
    return isCumulative && isWhole ? [] : [`${name}{${labels}}: buckets do not add up`]
  })
}

/** What a proposal would change of the limits that were in force when it was asked for: one entry at a time. */
import { loosens, mergedWith } from '#domain/risk/control'
import { scopeInWords } from '#domain/risk/limit-overrides'
import { windowsInWords } from '#domain/risk/window-words'
import type { LimitChange } from '#schemas/api/control'
import { type LimitOverride, Limits } from '#schemas/values/trading'

export const changesIn = (current: Limits, proposed: Limits): readonly LimitChange[] => {
  const [before, after] = [entriesOf(current), entriesOf(mergedWith(current, proposed))]
  const keys = new Map([...after, ...before].map(([key, { limit, of }]) => [key, { limit, of }]))
  return [...keys].flatMap(([key, named]) => {
    const [from, to] = [before.get(key)?.value ?? null, after.get(key)?.value ?? null]
    return from === to ? [] : [{ ...named, from, to }]
  })
}

/** What is not seen at once: sentences for whoever proposed it. */
export const notesOn = (current: Limits, proposed: Limits): readonly string[] => {
  const waiting: ReadonlySet<string> = new Set(loosens(current, proposed))
  if (waiting.size === 0) return []
  const changes = changesIn(current, proposed)
  const tighter = [...new Set(changes.map(({ limit }) => limit))].filter((n) => !waiting.has(n))
  const gone = changes.filter(({ of, to }) => of !== null && to === null)
  return [
    ...(tighter.length === 0 ? [] : [waitsWith(tighter)]),
    ...gone.map(
      ({ limit, of, from }) =>
        `${limit} takes the place of what is in force as a whole, and ${of ?? ''} (${from ?? ''}) is not in it: name it too if it is to stay.`,
    ),
    ...(waiting.has('tradingWindows') ? [anyWindows] : []),
    ...(waiting.has('priceCollar') ? [anyCollar] : []),
  ]
}
const waitsWith = (names: readonly string[]): string =>
  names.length === 1
    ? `${names.join()} waits with it, although it tightens: send it by itself to have it at once.`
    : `${names.join(', ')} wait with it, although they tighten: send them by themselves to have them at once.`
const anyWindows =
  'Any change of trading windows that bind waits, a narrower one too: other times may be times that were closed.'
const anyCollar =
  'Any change of a price collar waits: a narrower one lets larger market orders through.'

interface Entry {
  readonly limit: string
  readonly of: string | null
  readonly value: string
}
/** Each limit, each name of one that is by name, each part of the book that has limits of its own. */
const entriesOf = ({ tradingWindows = {}, overrides = [], ...limits }: Limits) => {
  const all: readonly Entry[] = [
    ...Object.entries(Limits.encode(limits)).flatMap(([limit, value]) => entriesIn(limit, value)),
    ...Object.entries(tradingWindows).map(([of, windows]) => ({
      limit: 'tradingWindows',
      of,
      value: windowsInWords(windows),
    })),
    ...overrides.map(overrideEntry),
  ]
  const byKey = new Map<string, Entry>()
  for (const entry of all) {
    const key = `${entry.limit} ${entry.of ?? ''}`
    const known = byKey.get(key)
    byKey.set(
      key,
      known === undefined ? entry : { ...entry, value: `${known.value}; ${entry.value}` },
    )
  }
  return byKey
}
const entriesIn = (limit: string, value: unknown): readonly Entry[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([of, most]) => entryIn(limit, of, most))
    : entryIn(limit, null, value)
const entryIn = (limit: string, of: string | null, value: unknown): readonly Entry[] =>
  typeof value === 'string' || typeof value === 'number'
    ? [{ limit, of, value: String(value) }]
    : []
const overrideEntry = (override: LimitOverride): Entry => {
  // Without the part of the book, which is no limit.
  const said = Object.entries(Limits.encode(override))
    .flatMap(([limit, value]) => entriesIn(limit, value))
    .map(({ limit, of, value }) =>
      of === null ? `${limit} ${value}` : `${limit} of ${of} ${value}`,
    )
  return { limit: 'overrides', of: scopeInWords(override), value: said.join(', ') }
}

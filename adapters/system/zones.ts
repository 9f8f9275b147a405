/** What this machine's time zone tables say (Intl). Asked when a question is answered; nothing is stored by it. */
import type { Instant } from '#schemas/values/instant'

const formats = new Map<string, Intl.DateTimeFormat | undefined>()

/** Undefined where the tables do not know the zone. */
const formatOf = (zone: string): Intl.DateTimeFormat | undefined => {
  if (formats.has(zone)) return formats.get(zone)
  const format = formatFor(zone)
  formats.set(zone, format)
  return format
}
const formatFor = (timeZone: string): Intl.DateTimeFormat | undefined => {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  } catch {
    return undefined
  }
}

/** How far the clocks of a zone are ahead of UTC, in microseconds. */
export const zoneOffset = (zone: string, at: Instant): number | undefined => {
  if (zone === 'UTC') return 0
  const format = formatOf(zone)
  if (format === undefined) return undefined
  const ms = Math.floor(at / 1_000_000) * 1_000
  const parts = Object.fromEntries(
    format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return (Date.UTC(year, month - 1, day, hour, minute, second) - ms) * 1_000
}

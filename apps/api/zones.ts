/** Trading windows of zones that this machine's tables do not know would keep a venue closed for ever. */
import { zoneOffset } from '#adapters/system/zones'
import type { LimitFault } from '#domain/risk/control'
import type { Instant } from '#schemas/values/instant'
import type { Limits } from '#schemas/values/trading'

/** Only what may be a name is looked for: whatever is looked for is remembered. */
export const isZone = (zone: string): boolean =>
  /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(zone) && zoneOffset(zone, 0 as Instant) !== undefined

export const unknownZones = ({ tradingWindows = {} }: Limits): readonly LimitFault[] =>
  Object.entries(tradingWindows).flatMap(([venue, windows]) =>
    windows.flatMap(({ zone }, index) =>
      !isZone(zone)
        ? [
            {
              path: ['tradingWindows', venue, String(index), 'zone'],
              detail: 'must be a time zone such as America/New_York or UTC',
            },
          ]
        : [],
    ),
  )

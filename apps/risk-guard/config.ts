/** What the guard is told: where the log is, and where the ticks come from. */
import { shared } from '#apps/process/settings'

export const config = { log: shared.log, hub: shared.hub } as const

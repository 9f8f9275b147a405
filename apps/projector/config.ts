/** What the projector needs to be told. */
import { shared } from '#apps/process/settings'

export const config = { log: shared.log, database: shared.database } as const

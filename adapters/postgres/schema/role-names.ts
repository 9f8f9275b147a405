/** The names of database roles. */
import { apps, type AppName } from '#schemas/writers'

/** The role of an app, which alone may write that app's events. */
export const roleOf = (app: AppName): string => `daybook_${app.replaceAll('-', '_')}`
export const appRoles: readonly string[] = apps.map(roleOf)
/** Owns schema `log`; nobody logs in as it. */
export const logOwner = 'daybook_log'
/** Owns the tables of schema `market`; nobody logs in as it. */
export const marketOwner = 'daybook_market'

/** The names of database roles. */
import type { AppName } from '#schemas/writers'

/** The role of an app, which alone may write that app's events. */
export const roleOf = (app: AppName): string => `daybook_${app.replaceAll('-', '_')}`

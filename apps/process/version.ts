/** Which build this is. */
import { readFileSync } from 'node:fs'

const isPackage = (u: unknown): u is { readonly version: string } =>
  typeof u === 'object' && u !== null && 'version' in u && typeof u.version === 'string'

/** Sources and bundles both lie two folders below package.json. */
export const version = (): string => {
  const read: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return isPackage(read) ? read.version : 'unknown'
}

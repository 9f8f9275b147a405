/** New API keys from chance: 40 bits to name one, 256 bits that nobody guesses. */
import { randomBytes } from 'node:crypto'

/** `dbk_<8 of a-z and 0-9>_<43 of base64url>`. Told to whoever asked for it, and kept nowhere. */
export const newApiKey = (): string => {
  const id = [...randomBytes(8)].map((byte) => (byte % 36).toString(36)).join('')
  return `dbk_${id}_${randomBytes(32).toString('base64url')}`
}

/** An API key as a request carries it, and whether it is the one that was issued. */
import { hash, timingSafeEqual } from 'node:crypto'
import type { KeyId, Sha256 } from '#schemas/values/ids'

/** The public half names the key in the log; the secret half is never kept. */
const grammar = /^dbk_([a-z0-9]{8})_[A-Za-z0-9_-]{43}$/
export const keyGrammar = grammar

const anywhere = /dbk_[a-z0-9]{8}_[A-Za-z0-9_-]{43}/
/** Whether there is a whole key in a text: what is recorded is kept for ever, and read by many. */
export const holdsKey = (text: string): boolean => text.includes('dbk_') && anywhere.test(text)

export interface PresentedKey {
  readonly keyId: KeyId
  readonly secretHash: Sha256
}

/** The key's name and the SHA-256 of its whole text, or undefined where it does not look like a key. */
export const presentedKey = (key: string): PresentedKey | undefined => {
  const match = grammar.exec(key)
  if (match === null) return undefined
  return {
    keyId: match[1] as KeyId,
    secretHash: hash('sha256', key, 'hex') as Sha256,
  }
}

/** What stands behind `Authorization: Bearer`. The scheme's name is in any case (RFC 9110, 11.1). */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1]

/** Compared in constant time, so that nobody learns a hash digit by digit. */
export const sameHash = (a: Sha256, b: Sha256): boolean => {
  const left = Buffer.from(a, 'hex')
  const right = Buffer.from(b, 'hex')
  return left.length === right.length && timingSafeEqual(left, right)
}

/** SHA-256 of this machine's crypto library. */
import { hash } from 'node:crypto'
import type { Hash } from '#domain/kernel/ids'

export const sha256: Hash = (text) => hash('sha256', text, 'hex')
export const sha256OfBytes = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex')

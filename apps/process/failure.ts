/** Why a program ends before its time, in a sentence that says what to do. */

export const exitCodes = { done: 0, failed: 1, usedWrongly: 2 } as const

/** Used wrongly: a setting is missing or wrong, a port is taken. Exit code 2; starting it again changes nothing. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

const addressOf = (error: unknown): string => {
  const at = error as { readonly address?: unknown; readonly port?: unknown }
  return [at.address, at.port]
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .join(':')
}

/** The sentence for a mistake of whoever started the program, or undefined where the program itself is wrong. */
export const usageSentence = (error: unknown): string | undefined => {
  if (error instanceof UsageError) return error.message
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${addressOf(error)} is already in use: stop what listens there, or choose another port.`
    case 'EADDRNOTAVAIL':
      return `Address ${addressOf(error)} is not one of this machine: choose another.`
    case undefined:
    default:
      return undefined
  }
}

export const errorOf = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))

/** The limits of the first run: the defaults, with what a file of the operator puts in their place. */
import { readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { UsageError } from '#apps/process/failure'
import { GivenLimits } from '#schemas/api/control'
import { decodeRequest } from '#schemas/request'
import type { Limits } from '#schemas/values/trading'
import { defaultLimits } from './fresh-ledger.ts'
import { faultsInValues } from './limit-faults.ts'

/** A misspelt limit must not pass for one that is absent. */
const LimitsFile = GivenLimits as t.Type<Limits, unknown, unknown>

export const limitsFrom = async (path: string | undefined): Promise<Limits> => {
  if (path === undefined) return defaultLimits
  const decoded = decodeRequest(LimitsFile, parse(path, await read(path)))
  const faults = E.isLeft(decoded)
    ? decoded.left.map(({ detail }) => detail)
    : wrongIn(decoded.right)
  if (E.isRight(decoded) && faults.length === 0) return { ...defaultLimits, ...decoded.right }
  throw new UsageError(`The limits in ${path} (DAYBOOK_LIMITS) are not usable: ${faults.join(' ')}`)
}

const wrongIn = (limits: Limits): readonly string[] =>
  faultsInValues(limits)
    // A file that names none leaves all as they are.
    .filter(({ path }) => path.length > 0)
    .map(({ path, detail }) => `${path.join('.')} ${detail}.`)

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch {
    throw new UsageError(
      `The limits file ${path} (DAYBOOK_LIMITS) cannot be read: name one that is there, or leave it out.`,
    )
  }
}

const parse = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(
      `The limits file ${path} (DAYBOOK_LIMITS) is not JSON: write it like { "maxOrderNotional": "50000" }.`,
    )
  }
}

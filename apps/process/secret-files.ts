/** A setting may stand in a file instead: DAYBOOK_KEY_FILE names the file that holds what DAYBOOK_KEY would say. */
import { readFileSync } from 'node:fs'
import { UsageError } from './failure.ts'
import type { Environment } from './settings.ts'

const suffix = '_FILE'

/**
 * The variable as it is set, or the first line of the file that its `_FILE` names. Throws UsageError where both are
 * set, or the file cannot be read.
 */
export const settingText = (environment: Environment, variable: string): string | undefined => {
  const text = environment[variable]
  const path = environment[`${variable}${suffix}`]
  if (path === undefined || path === '') return text
  if (text !== undefined && text !== '') {
    throw new UsageError(`${variable} and ${variable}${suffix} are both set: keep one of them.`)
  }
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/, 1)[0]?.trim()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${variable}${suffix} names a file that cannot be read: ${why}`)
  }
}

/** The environment with each of these variables as `settingText` has it. */
export const withFiles = (environment: Environment, variables: readonly string[]): Environment => ({
  ...environment,
  ...Object.fromEntries(
    variables.map((variable) => [variable, settingText(environment, variable)] as const),
  ),
})

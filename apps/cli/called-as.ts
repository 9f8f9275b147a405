/** How the user can call this program again, for examples that can be pasted. */
import { realpathSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'

/** In a clone `npx daybook`, installed `daybook`, from anywhere else the program by its path. */
export const calledAs = (program: string | undefined, here = process.cwd()): string => {
  if (program === undefined) return 'daybook'
  const file = realpathSync(program)
  // build/apps/cli.mjs and apps/cli/main.ts alike.
  if (resolve(dirname(file), '..', '..') === realpathSync(here)) return 'npx daybook'
  if (basename(program) === 'daybook') return 'daybook'
  const path = relative(here, program)
  return `node ${path.startsWith('..') ? program : path}`
}

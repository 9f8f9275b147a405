import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { shells } from './completion.ts'
import { run } from './testing/serving.ts'

const script = async (shell: string): Promise<string> => (await run(`completion ${shell}`, {})).out

/** What bash itself offers when Tab is pressed after these words. */
const offered = async (typed: string): Promise<readonly string[]> => {
  const words = typed.split(' ')
  const press =
    `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); ` +
    `COMP_CWORD=${String(words.length - 1)}; _daybook; printf '%s\n' "\${COMPREPLY[@]}"`
  const said = execFileSync('bash', ['-c', `${await script('bash')}\n${press}`], {
    encoding: 'utf8',
  })
  return said.trim().split('\n')
}

describe('after Tab, bash offers', () => {
  test.each([
    ['commands by their beginning', 'daybook or', ['orders']],
    ['what a noun can do', 'daybook orders p', ['place']],
    ['options', 'daybook orders place --li', ['--limit-price']],
    ['the values of an option', 'daybook orders place --side ', ['buy', 'sell']],
    ['them by its short name too', 'daybook status -o c', ['csv']],
    ['options after others and their values', 'daybook orders place --side buy --ty', ['--type']],
    ['options after a name', 'daybook orders show 1f0e -o j', ['json']],
    ['nothing of ours where a value is free', 'daybook orders place --quantity ', ['']],
  ])('%s', async (_, typed, words) => {
    expect(await offered(typed)).toStrictEqual(words)
  })
})

test.each(shells)('the script for %s knows every command', async (shell) => {
  const said = await script(shell)
  for (const word of ['orders', 'place', 'cancel', 'doctor', 'limit-price']) {
    expect(said).toContain(word)
  }
})

test('another shell is refused by name', async () => {
  const { code, err } = await run('completion powershell', {})
  expect(code).toBe(2)
  expect(err).toContain('bash, zsh, fish')
})

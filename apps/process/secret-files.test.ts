import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UsageError } from './failure.ts'
import { settingText } from './secret-files.ts'
import { Port, required, settingsFrom } from './settings.ts'

let folder: string
const fileOf = (name: string, content: string): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-secrets-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

describe('a setting that a file holds', () => {
  test.each([
    ['as it stands', '8080'],
    ['without the line end that editors add', '8080\n'],
    ['its first line alone', '8080\r\nwhat a person wrote below\n'],
  ])('is read: %s', (name, content) => {
    const environment = { DAYBOOK_PORT_FILE: fileOf(name, content) }
    expect(settingsFrom({ port: required('DAYBOOK_PORT', Port, 'a port') }, environment)).toEqual({
      port: 8080,
    })
  })
  test('gives way to nothing: both at once are refused by name', () => {
    const environment = { DAYBOOK_PORT: '1', DAYBOOK_PORT_FILE: fileOf('both', '2') }
    expect(() => settingText(environment, 'DAYBOOK_PORT')).toThrow(
      new UsageError('DAYBOOK_PORT and DAYBOOK_PORT_FILE are both set: keep one of them.'),
    )
  })
  test('that is not there is named, and what it should hold is not guessed', () => {
    const environment = { DAYBOOK_PORT_FILE: join(folder, 'nowhere') }
    expect(() => settingText(environment, 'DAYBOOK_PORT')).toThrow(
      /DAYBOOK_PORT_FILE names a file that cannot be read: ENOENT/,
    )
  })
  test('an empty name is none', () => {
    expect(settingText({ DAYBOOK_PORT: '1', DAYBOOK_PORT_FILE: '' }, 'DAYBOOK_PORT')).toBe('1')
    expect(settingText({}, 'DAYBOOK_PORT')).toBeUndefined()
  })
})

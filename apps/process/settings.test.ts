import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { UsageError } from './failure.ts'
import {
  Flag,
  ofEveryApp,
  optional,
  Port,
  readSettings,
  required,
  settingsFrom,
  shared,
} from './settings.ts'

const port = { port: required('DAYBOOK_PORT', Port, 'a port from 0 to 65535') }

describe('a setting', () => {
  test('is read from its variable', () => {
    expect(readSettings(port, { DAYBOOK_PORT: '8080' })).toStrictEqual(E.right({ port: 8080 }))
  })
  test.each(['65536', '-1', '80.5', '8e3', 'http', ' 80'])('is refused when it is %j', (text) => {
    expect(readSettings(port, { DAYBOOK_PORT: text })).toStrictEqual(
      E.left(['DAYBOOK_PORT is not usable: set it to a port from 0 to 65535.']),
    )
  })
  test.each([undefined, ''])('is named when it is missing (%j)', (text) => {
    expect(readSettings(port, { DAYBOOK_PORT: text })).toStrictEqual(
      E.left(['DAYBOOK_PORT is missing: set it to a port from 0 to 65535.']),
    )
  })
  test('with a fallback may be missing but not wrong', () => {
    const empty = { empty: optional('DAYBOOK_EMPTY', Flag, 'yes or no', false) }
    expect(readSettings(empty, {})).toStrictEqual(E.right({ empty: false }))
    expect(readSettings(empty, { DAYBOOK_EMPTY: 'yes' })).toStrictEqual(E.right({ empty: true }))
    expect(readSettings(empty, { DAYBOOK_EMPTY: 'maybe' })).toStrictEqual(
      E.left(['DAYBOOK_EMPTY is not usable: set it to yes or no.']),
    )
  })
})

test('all that is missing is said at once, each in its own sentence', () => {
  const read = () => settingsFrom(shared, { DAYBOOK_HUB: 'ws://127.0.0.1:1' })
  expect(read).toThrow(UsageError)
  expect(read).toThrow(/DAYBOOK_LOG is missing.*\nDAYBOOK_DATABASE.*\nDAYBOOK_PAPER/)
})

test('the text of a wrong setting is not repeated, for it may hold a password', () => {
  const read = readSettings(shared, {
    DAYBOOK_LOG: 'mysql://daybook:hunter2@localhost/daybook',
    DAYBOOK_DATABASE: 'postgres://daybook:hunter2@localhost/daybook',
    DAYBOOK_HUB: 'ws://127.0.0.1:1',
    DAYBOOK_PAPER: 'ws://127.0.0.1:2',
  })
  expect(E.isLeft(read)).toBe(true)
  expect(JSON.stringify(read)).not.toContain('hunter2')
})

test('an app needs nothing but its own name', () => {
  expect(readSettings(ofEveryApp, {})).toStrictEqual(
    E.right({
      healthPort: 0,
      healthHost: '127.0.0.1',
      database: undefined,
      instance: undefined,
      logLevel: 'info',
    }),
  )
})

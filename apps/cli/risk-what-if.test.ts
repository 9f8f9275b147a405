import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { mergedWith } from '#domain/risk/control'
import { openDesk } from '#domain/risk/testing/desk-of'
import { sessionsInUtc } from '#domain/risk/testing/venue-words'
import {
  amount,
  type Asked,
  filled,
  main,
  markAt,
  marksTaken,
  noon,
} from '#domain/risk/testing/words'
import { whatIf, type WhatIfResult } from '#domain/risk/what-if'
import type { Limits } from '#schemas/values/trading'
import { AssessProposal } from '#schemas/api/control'
import { cleanUp, run, temporary } from './testing/serving.ts'
import { assessmentOf, remarksOn, remarksOnAttached, showWhatIf } from './what-if-words.ts'

afterEach(cleanUp)

const asked = async (words: string) => {
  const { code, out, err } = await run(`risk what-if ${words}`, {})
  expect(out).toBe('')
  return { code, err }
}

describe('used wrongly', () => {
  test.each([
    ['without limits', '--book main', 'Say which limits'],
    ['with two kinds of limits', '--set maxOpenOrders=1 --proposal p', 'not both'],
    ['with a file that is not there', '--limits /nowhere', '/nowhere cannot be read'],
    ['with a misspelt limit', '--set maxOrderNotionl=3', 'Did you mean maxOrderNotional?'],
    ['with a limit that is none', '--set maxOpenOrders=-1', 'not below 0'],
    ['with an empty range', '--set maxOpenOrders=1 --from 5 --to 4', 'The range is empty'],
    ['with a range that is none', '--set maxOpenOrders=1 --from soon', '--from is soon'],
    ['with a book that is no name', '--set maxOpenOrders=1 --book Main!', '--book is Main!'],
    ['with a proposal that is no id', '--proposal p', '--proposal is p'],
    ['attached to nothing', '--set maxOpenOrders=1 --attach', '--attach goes with --proposal'],
    ['with a log that is no address', '--set maxOpenOrders=1 --log there', '--log is not usable'],
    ['with no log', '--set maxOpenOrders=1 --data /nonesuch', 'There is no log in /nonesuch'],
    ['with too many rows', '--set maxOpenOrders=1 --rows 99999', 'a whole number from 0 to 10000'],
  ])('%s it says so', async (_, words, sentence) => {
    const { code, err } = await asked(words)
    expect([code, err]).toStrictEqual([2, expect.stringContaining(sentence) as string])
  })
  test('with a file that is no JSON, or none of limits, it says so', async () => {
    const file = join(temporary(), 'limits.json')
    for (const [text, sentence] of [
      ['{', 'is not a JSON object of limits'],
      ['{}', 'must name at least one limit'],
      ['{"maxOpenOrders":"many"}', 'maxOpenOrders'],
    ] as const) {
      writeFileSync(file, text)
      const { code, err } = await asked(`--limits ${file}`)
      expect([code, err]).toStrictEqual([2, expect.stringContaining(sentence) as string])
    }
  })
})

const one: Asked = { quantity: '0.01' }
const found = (rowsMax = 9, limits: Limits = { maxOrderNotional: amount('100') }): WhatIfResult => {
  const desk = openDesk()
    .inFlight(1, one)
    .given(filled(1, { ...one, at: '65000' }), marksTaken(noon, markAt('66000')))
  const asking = whatIf({
    book: main,
    limits: (inForce) => mergedWith(inForce, limits),
    isAsked: () => true,
    rowsMax,
    sessionAt: sessionsInUtc,
  })
  for (const recorded of desk.log.events) asking.apply(recorded)
  return asking.result()
}
const subject = { book: 'main', currency: 'USDT', log: 'the log', limits: 'a file' }
const shown = async (format: 'table' | 'json' | 'csv'): Promise<string> => {
  let out = ''
  const terminal = {
    out: (text: string) => void (out += text),
    err: () => undefined,
    bold: (text: string) => text,
    environment: {},
    calledAs: 'daybook',
    finish: () => undefined,
  }
  await showWhatIf(terminal, format, subject, found())
  return out
}

describe('what was found', () => {
  test('is a summary, by strategy and one by one', async () => {
    const out = await shown('table')
    expect(out).toMatch(/^newlyDenied +1$/m)
    expect(out).toMatch(/^byReason +orderNotional 1$/m)
    expect(out).toMatch(/^manual +1 +682\.5 +10 +0 +0$/m)
    expect(out).toMatch(
      /newlyDenied +main +manual +BTC\/USDT +buy +0\.01 +682\.5 +10 +orderNotional/,
    )
  })
  test('is for programs the whole, with what is not known', async () => {
    expect(JSON.parse(await shown('json'))).toMatchObject({
      book: 'main',
      decisions: 1,
      newlyDenied: 1,
      deniedPnl: '10',
      byStrategy: [{ strategy: 'manual', deniedNotional: '682.5' }],
      rows: [{ turn: 'newlyDenied', notional: '682.5', pnl: '10', code: 'orderNotional' }],
      rowsLeftOut: 0,
      notKnown: expect.arrayContaining([
        expect.stringContaining('had an order been denied'),
      ]) as unknown,
    })
    expect(await shown('csv')).toMatch(/^at,turn,account,strategy,/)
  })
  test('is said in a sentence, with what nobody knows and what was left out', () => {
    const remarks = remarksOn(subject, found(0))
    expect(remarks[0]).toContain('Of 1 decision 1 would have been denied and 0 approved')
    expect(remarks).toContain('1 more are counted and not shown: --rows shows more.')
    expect(remarks.join(' ')).toContain('had an order been denied')
  })
  test('of other trading windows says that they were judged by the tables of today', () => {
    const window = { zone: 'UTC', days: ['mon'], from: '09:00', to: '19:00' } as const
    const remarks = remarksOn(subject, found(0, { tradingWindows: { paper: [window] } }))
    expect(remarks).toContain(
      'Trading windows that were not in force judged 1 decision, by the time-zone tables that this machine has today.',
    )
    expect(remarksOn(subject, found(0)).join(' ')).not.toContain('tables')
  })
  test('is attached as the ledger takes it', () => {
    expect(AssessProposal.decode(assessmentOf(found()))).toMatchObject({
      _tag: 'Right',
      right: { decisions: 1, newlyDenied: 1, newlyApproved: 0, deniedPnl: amount('10') },
    })
  })
  test('is attached as the word of a person, who is told so where he asked for the limits', () => {
    const attached =
      'It is attached to proposal p1. It is your word: the ledger does not compute it again.'
    expect(remarksOnAttached('p1', proposalOf(true, false), found())).toStrictEqual([attached])
    expect(remarksOnAttached('p1', proposalOf(false, true), found())).toStrictEqual([
      attached,
      expect.stringContaining('You asked for these limits yourself'),
    ])
  })
})
const proposalOf = (...byProposer: readonly boolean[]) => ({
  assessments: byProposer.map((isOwn) => ({ byProposer: isOwn })),
})

import pg from 'pg'
import { expect, test } from 'vitest'
import { databaseFailure } from './failure.ts'

const said = (code: string, message = 'no'): pg.DatabaseError => {
  const error = new pg.DatabaseError(message, message.length, 'error')
  error.code = code
  return error
}

test.each([
  { code: '23505', why: 'an id that is taken' },
  { code: '22P02', why: 'text that is no number' },
  { code: '42501', why: 'no right to it' },
  { code: '23514', why: 'an event that is too large' },
  { code: '54000', why: 'more than the server can do' },
])('$why was surely not done', ({ code }) => {
  expect(databaseFailure(said(code))).toMatchObject({ _tag: 'refused', code })
})

test.each([
  { code: '57P01', why: 'the server is shutting down' },
  { code: '53300', why: 'too many connections' },
  { code: '53100', why: 'a full disk' },
  { code: '40001', why: 'a conflict that passes' },
  { code: '40P01', why: 'a deadlock' },
  { code: '08006', why: 'a broken connection' },
  { code: '25006', why: 'a server that only reads for now' },
  { code: '28P01', why: 'a wrong password' },
])('$why may pass, and who knows what was done', ({ code }) => {
  expect(databaseFailure(said(code))).toMatchObject({ _tag: 'lost', code })
})

test('without a server there is no code, and still there are words', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  expect(databaseFailure(refused)).toStrictEqual({ _tag: 'lost', detail: 'connect ECONNREFUSED' })
  expect(databaseFailure(new AggregateError([refused, refused]))).toStrictEqual({
    _tag: 'lost',
    detail: 'connect ECONNREFUSED; connect ECONNREFUSED',
  })
  expect(databaseFailure('odd')).toStrictEqual({ _tag: 'lost', detail: 'odd' })
})

test('what was never made is said with what makes it', () => {
  for (const code of ['3F000', '42P01', '42883', '3D000']) {
    expect(databaseFailure(said(code)).detail).toMatch(/daybook migrate/)
  }
  expect(
    databaseFailure(said('42501', 'permission denied to set role "daybook_api"')),
  ).toMatchObject({
    _tag: 'lost',
    detail: expect.stringContaining('Grant it') as string,
  })
})

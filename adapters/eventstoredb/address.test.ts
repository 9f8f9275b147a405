import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { isEventStoreUrl, parseAddress } from './address.ts'

const text = (url: string): string => {
  const parsed = parseAddress(url)
  return E.isRight(parsed) ? parsed.right.text : parsed.left
}

describe('an address', () => {
  test('keeps what was given, and asks gossip for less time than the client would', () => {
    expect(text('esdb://localhost:2113?tls=false')).toBe(
      'esdb://localhost:2113?gossipTimeout=1&maxDiscoverAttempts=3&tls=false',
    )
    expect(text('esdb+discover://admin:p%40ss@db.example?gossipTimeout=4')).toBe(
      'esdb+discover://admin:p%40ss@db.example?gossipTimeout=4&maxDiscoverAttempts=3',
    )
  })
  test('with several hosts names seeds of one cluster, of which the client would else ask only the first', () => {
    expect(text('esdb+discover://a:b@one:1,two:2,three:3')).toMatch(
      /^esdb:\/\/a:b@one:1,two:2,three:3\?/,
    )
  })
  test('takes the names that containers have', () => {
    expect(text('esdb://event_store:2113?tls=false')).toMatch(/^esdb:\/\/event_store:2113\?/)
  })
  test('has whatever letters a password has', () => {
    expect(parseAddress('esdb://a:p[6]@h')).toMatchObject(
      E.right({ credentials: { username: 'a', password: 'p[6]' } }),
    )
  })
  test('gives the credentials that each append is sent with', () => {
    expect(parseAddress('esdb://ad%3Amin:ch%40ngeit@h')).toMatchObject(
      E.right({
        credentials: { username: 'ad:min', password: 'ch@ngeit' },
        isSecure: true,
        hosts: 'h',
      }),
    )
  })
  test.each([
    ['esdb://', 'looks like esdb://'],
    ['esdb:localhost', 'looks like esdb://'],
    ['kurrentdb://localhost?tls=false', 'looks like esdb://'],
    ['esdb://h:port?tls=false', 'looks like esdb://'],
    ['esdb://user:hunter2:x@h', 'write : @ / ? # in a password'],
    ['esdb://h', 'with TLS an EventStoreDB wants user:password@'],
    ['esdb://h?tls=no', 'tls is either true or false'],
    ['esdb://h?tls=false&tlsVerifyCert=false', 'tlsVerifyCert has no effect'],
    ['esdb://h?tls=false&throwOnAppendFailure=false', 'is no option'],
    ['esdb://h?tls=false&keepAliveInterval=1', 'is no option'],
    ['esdb://h?tls=false&defaultDeadline=5', 'is no option'],
    ['esdb://h?tls=false&nodePreference=best', 'nodePreference is one of'],
    ['esdb://h?tls=false&gossipTimeout=soon', 'gossipTimeout is a whole number'],
    ['esdb://a:b@h?tlsCAFile=', 'tlsCAFile has no value'],
    ['esdb://ad%min:hunter2@h', 'as %25'],
    ['esdb://admin:hunter2%@h', 'as %25'],
    ['esdb://admin:hunter2%E4@h', 'as %25'],
    ['esdb://[::1]:2113?tls=false', 'takes no IPv6 address'],
    ['esdb://a:hunter2@one,[::1]', 'takes no IPv6 address'],
  ])('is refused by name: %s', (url, says) => {
    const parsed = parseAddress(url)
    expect(E.isLeft(parsed) && parsed.left).toContain(says)
    expect(JSON.stringify(parsed)).not.toContain('hunter2')
  })
})

test('both schemes are known for what they are, right or wrong', () => {
  expect(['esdb://h', 'esdb+discover://h', 'ESDB:x'].every(isEventStoreUrl)).toBe(true)
  expect(['postgres://h/d', 'embedded', 'esdbx://h'].some(isEventStoreUrl)).toBe(false)
})

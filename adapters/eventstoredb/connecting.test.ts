/** What can be wrong with the way to the server: each is named, and what to do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { status as codes } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { certificate, key } from '#adapters/testing/eventstore-double/certificate'
import { accountNamed, deposit } from '#adapters/testing/ledger-events'
import { doubled, hear, idsOf, logAt, took, urlOf, writeTo } from './testing/stage.ts'

const unreachable = (says: RegExp) =>
  E.left({ _tag: 'StoreUnreachable', detail: expect.stringMatching(says) as string })

let folder: string
let authority: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-test-'))
  authority = join(folder, 'ca.pem')
  await writeFile(authority, certificate)
})
afterAll(() => rm(folder, { recursive: true }))
const credentials = { user: 'admin', password: 'changeit' }
const secured = () => doubled({ tls: { key, certificate }, credentials })

test('over TLS, to a server whose authority is named', async () => {
  const double = await secured()
  const log = logAt(double.url(`&tlsCAFile=${encodeURIComponent(authority)}`))
  const written = await writeTo(log, 2)
  expect(await hear(log.subscribeAll(0n, {}), 2)).toStrictEqual(written)
  expect(double.counts.calls).not.toHaveProperty('batchAppend')
})
test('without its authority: its certificate is not trusted', async () => {
  const log = logAt((await secured()).url(), { patienceMs: 600 })
  expect(await log.head()).toMatchObject(
    unreachable(/certificate is not trusted: name its authority/),
  )
})
test('with a wrong password: it is said, by every call, and never written', async () => {
  const double = await secured()
  const url = double
    .url(`&tlsCAFile=${encodeURIComponent(authority)}`)
    .replace('changeit', 'secret')
  const log = logAt(url, { patienceMs: 600 })
  const says = /does not let this user in: check user and password/
  const answers = await Promise.all([
    log.head(),
    log.read(accountNamed('a'), -1n),
    log.append(accountNamed('a'), 'noStream', [deposit('a')]),
    log.subscribeAll(0n, {}).next(),
  ])
  for (const answer of answers) expect(answer).toMatchObject(unreachable(says))
  expect(JSON.stringify(answers)).not.toContain('secret')
  expect(double.store.all().some(({ stream }) => stream === 'account-a')).toBe(false)
})
test('with TLS to a server without it, and the other way round', async () => {
  const [clear, secure] = [await doubled(), await secured()]
  const tls = logAt(`esdb://a:b@127.0.0.1:${String(clear.port())}`, { patienceMs: 600 })
  expect(await tls.head()).toMatchObject(unreachable(/does not speak TLS: add \?tls=false/))
  const bare = logAt(urlOf(secure.port()), { patienceMs: 600 })
  expect(await bare.head()).toMatchObject(unreachable(/perhaps the server wants TLS/))
})
test('to nobody: every call says so in time, and goes through once somebody is there', async () => {
  const double = await doubled()
  double.stop()
  const log = logAt(double.url(), { patienceMs: 400 })
  const subscription = log.subscribeAll(0n, {})
  const [answers, ms] = await took(
    Promise.all([
      log.head(),
      log.append(accountNamed('a'), 'noStream', [deposit('a')]),
      subscription.next(),
    ]),
  )
  for (const answer of answers)
    expect(answer).toMatchObject(unreachable(/ECONNREFUSED|UNAVAILABLE/))
  expect(ms).toBeLessThan(2_000)
  await double.start()
  const written = await writeTo(log, 1, 'b')
  for (let heard: readonly string[] = []; heard.length === 0; ) {
    const page = await subscription.next()
    if (E.isRight(page)) heard = idsOf(page.right.events)
    expect([[], written]).toContainEqual(heard)
  }
})
test('to an address that is none: nothing is opened', () => {
  expect(() => logAt('esdb://h?tls=maybe')).toThrow('tls is either true or false')
})
test('a server that refuses an append for its size is not asked again', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const details = 'Maximum Append Size Exceeded.'
  const trailers = { exception: 'maximum-append-size-exceeded', 'maximum-append-size': '1024' }
  double.faults.refuse = { rpc: 'append', code: codes.INVALID_ARGUMENT, details, trailers }
  expect(await log.append(accountNamed('a'), 'noStream', [deposit('a')])).toStrictEqual(
    E.left({
      _tag: 'AppendForbidden',
      stream: 'account-a',
      detail: 'the server takes at most 1024 bytes',
    }),
  )
  expect(double.counts.calls.append).toBe(1)
})

/** From nothing to a book that two persons run: opened in an empty ledger, traded, stopped and released again. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, openClient } from '#apps/demo/client'
import { controlFindings } from '#apps/demo/judge/control'
import { killSwitchFindings } from '#apps/demo/judge/kill-switches'
import { rolesFinding } from '#apps/demo/judge/roles'
import { type Ledger, startLedger } from '#apps/demo/ledger'
import { openRows } from '#apps/demo/log-rows'

const folder = mkdtempSync(join(tmpdir(), 'daybook-persons-'))
const data = join(folder, 'data')
let ledger: Ledger
let owner: Client
beforeAll(async () => {
  const root = import.meta.dirname.replace(/\/apps$/, '')
  ledger = await startLedger({ data, root, options: ['--empty', '--symbols', 'BTC/USDT'] })
  owner = openClient(ledger.url, ledger.key)
}, 90_000)
afterAll(async () => {
  await ledger.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Told {
  readonly id: string
  readonly state: string
  readonly needs: string | null
  readonly code?: string
}
const person = async (name: string): Promise<Client> => {
  const issued = await owner.request<{ readonly key: string }>('POST', '/v1/keys', {
    person: name,
    roles: ['trader', 'risk'],
  })
  return openClient(ledger.url, issued.body.key)
}
const book = 'futures'
const buy = {
  account: 'desk',
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'market',
  quantity: '0.01',
  strategy: 'manual',
} as const
const request = async (by: Client, method: string, path: string, body: object) => {
  const told = await by.request<Told>(method, path, { book, reason: 'a test', ...body })
  return { status: told.status, ...told.body }
}
const kill = (by: Client, body: object) => request(by, 'POST', '/v1/risk/kill-switch', body)
const endorse = async (by: Client, id: string) => {
  const path = `/v1/risk/proposals/${id}/endorse`
  const told = await by.request<Told>('POST', path, { reason: 'agreed' })
  return { status: told.status, ...told.body }
}

test('an empty ledger is furnished by hand and traded, and two persons are two persons', async () => {
  const opened = await owner.request('POST', '/v1/books', { id: book, currency: 'USDT' })
  expect([opened.status, opened.body]).toMatchObject([201, { id: book, control: 'dual' }])
  await owner.request('POST', '/v1/accounts', { id: 'desk', book })
  const money = { currency: 'USDT', amount: '100000' }
  expect((await owner.request('POST', '/v1/accounts/desk/deposits', money)).status).toBe(201)
  const [ann, ben, kim] = [await person('ann'), await person('ben'), await person('kim')]
  expect((await ann.execute(buy)).status).toBe('filled')

  const engaged = await kill(kim, { action: 'engage' })
  expect(engaged.status).toBe(201)
  expect(await ann.execute(buy)).toMatchObject({ status: 'denied', reason: { code: 'killSwitch' } })
  expect(await kill(kim, { action: 'release' })).toMatchObject({
    status: 403,
    code: 'secondPerson',
  })
  const release = await kill(ann, { action: 'release', id: engaged.id })
  expect(release).toMatchObject({ status: 202, state: 'pending', needs: 'secondPerson' })
  expect(await endorse(kim, release.id)).toMatchObject({ status: 403, code: 'secondPerson' })
  expect(await endorse(ann, release.id)).toMatchObject({ status: 403, code: 'secondPerson' })
  expect(await kill(ben, { action: 'endorse', id: engaged.id })).toMatchObject({
    status: 200,
    id: release.id,
    state: 'effective',
  })
  expect((await ann.execute(buy)).status).toBe('filled')

  const limits = await request(ann, 'PUT', '/v1/risk/limits', { limits: { maxOpenOrders: 300 } })
  expect(limits).toMatchObject({ status: 202, needs: 'secondPerson' })
  expect(await endorse(ben, limits.id)).toMatchObject({ status: 200, state: 'effective' })
  const less = { limits: { maxOrderNotional: '100' } }
  expect(await request(kim, 'PUT', '/v1/risk/limits', less)).toMatchObject({ status: 200 })
  expect((await ann.execute(buy)).reason?.code).toBe('orderNotional')

  const alone = await request(ann, 'PUT', '/v1/risk/control', { control: 'single' })
  expect(alone).toMatchObject({ status: 202, needs: 'secondPerson' })
  expect(await endorse(ben, alone.id)).toMatchObject({ status: 200, state: 'effective' })
  const back = await request(ann, 'PUT', '/v1/risk/control', { control: 'dual' })
  expect(back).toMatchObject({ status: 200, state: 'effective' })

  const rows = await openRows(data)
  const log = await rows.log()
  await rows.close()
  const findings = [...controlFindings(log), ...killSwitchFindings(log), rolesFinding(log)]
  expect(findings.flatMap(({ offences }) => offences)).toStrictEqual([])
}, 60_000)

import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import type { OpenApi, Operation } from '#adapters/http/openapi'
import { ledgerWith, limitBuy } from '#apps/api/testing/with-ledger'

const documented = async () => {
  const ledger = await ledgerWith()
  const told = await ledger.send('/openapi.json', { key: undefined })
  expect([told.status, told.headers['content-type']]).toStrictEqual([200, 'application/json'])
  return { ledger, document: told.body as unknown as OpenApi, text: told.text }
}
const operationsOf = ({ paths }: OpenApi): readonly Operation[] =>
  Object.values(paths).flatMap((path) => Object.values(path))

describe('openapi.json', () => {
  test('names every operation once, and describes whatever it refers to', async () => {
    const { document, text } = await documented()
    expect(document.openapi).toBe('3.1.0')
    const ids = operationsOf(document).map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toContain('postOrders')
    expect(ids).toContain('deleteOrdersById')
    const references = [...text.matchAll(/"#\/components\/([^"/]+)\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(100)
    for (const [, kind = '', name = ''] of references) {
      expect(document.components).toHaveProperty([kind, name])
    }
  })
  test('says of an order what the ledger says', async () => {
    const { document, ledger } = await documented()
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema({ $id: 'doc', components: document.components })
    const isOrder = ajv.compile({ $ref: 'doc#/components/schemas/PlaceOrder' })
    const isReply = ajv.compile({ $ref: 'doc#/components/schemas/OrderReply' })
    const isProblem = ajv.compile({ $ref: 'doc#/components/schemas/Problem' })
    expect(isOrder(limitBuy)).toBe(true)
    for (const wrong of [{ quantity: '0' }, { quantity: 1 }, { sid: 'buy' }, { side: 'long' }]) {
      expect(isOrder({ ...limitBuy, ...wrong })).toBe(false)
    }
    expect(isReply((await ledger.place(limitBuy, 'a')).body)).toBe(true)
    expect(isProblem((await ledger.place({ ...limitBuy, side: 'long' }, 'b')).body)).toBe(true)
  })
  test('says who may, what a request is named by, and what may go wrong', async () => {
    const { document } = await documented()
    const place = document.paths['/v1/orders']?.post
    expect(place?.description).toBe('Needs the role trader, to place orders.')
    expect(place?.security).toStrictEqual([{ key: [] }])
    expect(place?.parameters.map(({ name, required }) => [name, required])).toStrictEqual([
      ['dryRun', false],
      // A dry run needs none.
      ['Idempotency-Key', false],
      ['Prefer', false],
    ])
    expect(document.paths['/v1/keys']?.post?.parameters).toMatchObject([
      { name: 'Idempotency-Key', required: true },
    ])
    expect(place?.responses['403']?.description).toBe('forbidden')
    expect(document.paths['/healthz']?.get?.security).toStrictEqual([])
    expect(document.paths['/v1/keys/{id}']?.delete?.responses['409']?.description).toBe(
      'lastAdminKey',
    )
  })
})

describe('the page to read', () => {
  test('tells of every route, without a script, and with its own style alone', async () => {
    const { ledger, document } = await documented()
    const { status, headers, text } = await ledger.send('/docs', { key: undefined })
    expect([status, headers['content-type']]).toStrictEqual([200, 'text/html; charset=utf-8'])
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(text).not.toMatch(/<script|\son[a-z]+=|style="|https?:|@import|url\(/)
    for (const { operationId, summary } of operationsOf(document)) {
      expect(text).toContain(`<section id="${operationId}">`)
      expect(text).toContain(summary.replace(/[&<>"']/g, (c) => `&#${String(c.charCodeAt(0))};`))
    }
    // Every link on the page leads to something on it.
    for (const [, target = ''] of text.matchAll(/href="#([^"]+)"/g)) {
      expect(text).toContain(`id="${target}"`)
    }
  })
})

/** GET /openapi.json and /docs: what can be asked, for programs and for people. */
import { docsPage, docsPolicy } from '#adapters/http/docs'
import { open } from '#adapters/http/endpoint'
import { type OpenApi, openApiDocument } from '#adapters/http/openapi'
import type { Description, Route } from '#adapters/http/route'
import * as t from 'io-ts'

const describing = {
  method: 'GET',
  path: '/openapi.json',
  summary: 'This document: everything that can be asked, as OpenAPI 3.1.',
  tag: 'operation',
  replies: { 200: t.UnknownRecord },
} as const satisfies Description
const reading = {
  method: 'GET',
  path: '/docs',
  summary: 'The same as a page to read.',
  tag: 'operation',
  replies: { 200: 'text/html' },
} as const satisfies Description

/** These two describe themselves beside the others. */
export const withDocumentation = (routes: readonly Route[], version: string): readonly Route[] => {
  const once = lazily(() => {
    const document = openApiDocument(all, version)
    return { document: `${JSON.stringify(document)}\n`, page: pageOf(document) }
  })
  const all: readonly Route[] = [
    ...routes,
    open(describing, async () => ({ status: 200, body: once().document })),
    open(reading, async () => once().page),
  ]
  return all
}

const pageOf = (document: OpenApi) => ({
  status: 200,
  body: docsPage(document),
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': docsPolicy,
    'referrer-policy': 'no-referrer',
  },
})

const lazily = <A>(make: () => A): (() => A) => {
  let made: A | undefined
  return () => (made ??= make())
}

/** What can be asked, in words that every other program understands: OpenAPI 3.1, derived from the routes. */
import type * as t from 'io-ts'
import { Problem } from '#schemas/api/problem'
import { annotationOf, type JsonSchema } from '#schemas/codec'
import type { ProblemCode } from '#schemas/codes'
import { jsonSchema } from '#schemas/json-schema'
import { type RecordShape, structureOf } from '#schemas/structure'
import { statusOf } from './problems.ts'
import type { KeyedDescription, MediaType, Method, Route, Tag } from './route.ts'

export interface Operation {
  readonly operationId: string
  readonly tags: readonly [Tag]
  readonly summary: string
  readonly description: string
  readonly security: readonly object[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required: true; readonly content: Content }
  readonly responses: Readonly<Record<string, Response>>
}
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}
export type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>
export interface Response {
  readonly description: string
  readonly headers?: JsonSchema
  readonly content?: Content
}
export type Path = { readonly [M in Lowercase<Method>]?: Operation }
export interface OpenApi {
  readonly openapi: '3.1.0'
  readonly jsonSchemaDialect: string
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: Tag; readonly description: string }[]
  readonly paths: Readonly<Record<string, Path>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly headers: JsonSchema
    readonly securitySchemes: JsonSchema
  }
}

export const openApiDocument = (routes: readonly Route[], version: string): OpenApi => {
  const components = componentsOf()
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:([a-zA-Z]+)/g, '{$1}')
    const methods = (paths[path] ??= {})
    methods[route.method.toLowerCase()] = operationOf(route, components)
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title: 'Daybook', version, description: about },
    servers: [{ url: '/' }],
    tags: Object.entries(headings).map(([name, description]) => ({
      name: name as Tag,
      description,
    })),
    paths,
    components: {
      schemas: components.schemas(),
      headers: sentHeaders,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key: dbk_….' },
      },
    },
  }
}

const about =
  'A trading ledger: every order intent, risk decision and fill is an event that is never altered. ' +
  'Prices, quantities and money are decimal strings, times RFC 3339 in UTC. Whatever writes names ' +
  'its request by an Idempotency-Key: the same again has no second effect.'

const headings: Readonly<Record<Tag, string>> = {
  orders: 'Orders, and what was filled of them.',
  positions: 'What is held.',
  accounts: 'Accounts, their money, and what they made of it.',
  market: 'What may be traded, and at what price.',
  risk: 'What binds a book, and what its guard decided.',
  access: 'Persons and their keys.',
  stream: 'What happens, as it happens.',
  operation: 'How the ledger is doing.',
}

const sentHeaders: JsonSchema = {
  'Request-Id': {
    description: 'The name of this request: in every log line and event that it led to.',
    schema: { type: 'string', format: 'uuid' },
  },
  'Idempotent-Replayed': {
    description: 'true where the request was carried out before, and this is its answer again.',
    schema: { type: 'string', const: 'true' },
  },
  'Retry-After': {
    description: 'After how many seconds the same may be asked again.',
    schema: { type: 'integer' },
  },
}
const header = (name: string): JsonSchema => ({ $ref: `#/components/headers/${name}` })

interface Components {
  /** By reference where the codec has a name, in place where it has none. */
  readonly schemaOf: (codec: t.Any) => JsonSchema
  readonly schemas: () => Readonly<Record<string, JsonSchema>>
}
const componentsOf = (): Components => {
  const named = new Map<string, { readonly codec: t.Any; readonly schema: JsonSchema }>()
  const refer = (codec: t.Any): JsonSchema | undefined => {
    const name = nameOf(codec)
    if (name === undefined) return undefined
    const known = named.get(name)
    if (known === undefined) {
      // Entered before its parts, which are described after it.
      named.set(name, { codec, schema: {} })
      named.set(name, { codec, schema: jsonSchema(codec, refer) })
    } else if (known.codec !== codec && !isSame(known.schema, jsonSchema(codec, refer))) {
      throw new Error(`two codecs are called ${name}, and mean different things`)
    }
    return { $ref: `#/components/schemas/${name}` }
  }
  return {
    schemaOf: (codec) => refer(codec) ?? jsonSchema(codec, refer),
    schemas: () =>
      Object.fromEntries(
        [...named]
          .map(([name, { schema }]): [string, JsonSchema] => [name, schema])
          .toSorted(byName),
      ),
  }
}
const isSame = (a: JsonSchema, b: JsonSchema): boolean => JSON.stringify(a) === JSON.stringify(b)
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1

/** A name that somebody gave: what io-ts makes up is no word. */
const nameOf = ({ name }: t.Any): string | undefined => {
  const [, outer, inner] = /^(?:(Closed|List)<)?([A-Z][A-Za-z0-9]*)>?$/.exec(name) ?? []
  return outer === 'List' && inner !== undefined ? `${inner.replace(/Reply$/, '')}List` : inner
}

const operationOf = (route: Route, components: Components): Operation => ({
  operationId: operationIdOf(route),
  tags: [route.tag],
  summary: route.summary,
  description: accessOf(route),
  security: route.access === 'key' ? [{ key: [] }] : [],
  parameters: [
    ...pathParameters(route),
    ...queryParameters(route, components),
    ...headerParameters(route),
  ],
  ...(route.body === undefined
    ? {}
    : { requestBody: { required: true, content: json(components.schemaOf(route.body)) } }),
  responses: { ...repliesOf(route, components), ...problemsOf(route, components) },
})

/** `getOrdersById`, `postRiskKillSwitch`: from method and path, so that it changes only with them. */
const operationIdOf = ({ method, path }: Route): string => {
  const words = path
    .replace(/^\/v1\//, '/')
    .replace(/\/:([a-zA-Z]+)/g, '/by-$1')
    .split(/[^a-zA-Z0-9]+/)
    .filter((word) => word !== '')
  return [
    method.toLowerCase(),
    ...words.map((word) => word[0]?.toUpperCase() + word.slice(1)),
  ].join('')
}

const accessOf = (route: Route): string => {
  if (route.access === 'anybody') return 'Needs no key.'
  return route.roles === undefined
    ? 'Any key may.'
    : `Needs the role ${route.roles.anyOf.join(' or ')}, to ${route.roles.to}.`
}

const pathParameters = ({ path }: Route): readonly Parameter[] =>
  [...path.matchAll(/:([a-zA-Z]+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))

const queryParameters = ({ query }: Route, { schemaOf }: Components): readonly Parameter[] => {
  if (query === undefined) return []
  const shape = structureOf(query)
  if (shape.kind !== 'record') throw new Error(`${query.name} is no record of parameters`)
  return fieldsOf(shape).map(({ key, codec, required }) => ({
    name: key,
    in: 'query',
    required,
    ...describedBy(codec),
    schema: schemaOf(codec),
  }))
}
const fieldsOf = ({ required, optional }: RecordShape) => [
  ...required.map((field) => ({ ...field, required: true })),
  ...optional.map((field) => ({ ...field, required: false })),
]
const describedBy = (codec: t.Any): { readonly description?: string } => {
  const description = annotationOf(codec)?.['description']
  return typeof description === 'string' ? { description } : {}
}

const headerParameters = (route: Route): readonly Parameter[] => [
  ...(route.access === 'key' && route.idempotencyKey !== undefined
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: route.idempotencyKey === 'required' && route.dryRun !== true,
          description: 'Your own name of this request, so that asking it again does it once.',
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        } as const,
      ]
    : []),
  ...(route.access === 'key' && route.prefer === true
    ? [
        {
          name: 'Prefer',
          in: 'header',
          required: false,
          description: 'wait=<seconds>, up to 30: answer when the order has come to something.',
          schema: { type: 'string' },
        } as const,
      ]
    : []),
]

const json = (schema: JsonSchema): Content => ({ 'application/json': { schema } })

const repliesOf = (route: Route, { schemaOf }: Components): Readonly<Record<string, Response>> => {
  const isNamed = route.access === 'key' && route.idempotencyKey !== undefined
  const headers = {
    'Request-Id': header('Request-Id'),
    ...(isNamed ? { 'Idempotent-Replayed': header('Idempotent-Replayed') } : {}),
  }
  return Object.fromEntries(
    Object.entries(route.replies).map(([status, reply]) => [
      status,
      {
        description: meanings[Number(status)] ?? 'The answer.',
        headers,
        ...contentOf(reply, schemaOf),
      },
    ]),
  )
}
const contentOf = (
  reply: t.Any | MediaType,
  schemaOf: Components['schemaOf'],
): { readonly content?: Content } => {
  if (typeof reply !== 'string') return { content: json(schemaOf(reply)) }
  return { content: { [reply]: { schema: { type: 'string' } } } }
}
const meanings: Readonly<Record<number, string>> = {
  101: 'The connection goes on as a WebSocket.',
  200: 'Done.',
  201: 'Recorded.',
  202: 'Asked for: what becomes of it is decided later.',
  503: 'Not now.',
}

/** Everything that can keep a request of this route from being carried out, by status. */
const problemsOf = (route: Route, { schemaOf }: Components): Readonly<Record<string, Response>> => {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of problemCodesOf(route)) {
    byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code])
  }
  const problem = schemaOf(Problem)
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in route.replies))
      .map(([status, codes]) => [
        String(status),
        {
          description: codes.join(', '),
          headers: {
            'Request-Id': header('Request-Id'),
            ...(status === 429 || status === 503 ? { 'Retry-After': header('Retry-After') } : {}),
          },
          content: {
            'application/problem+json': {
              schema: { allOf: [problem, { properties: { code: { enum: codes } } }] },
            },
          },
        },
      ]),
  )
}

/** Those that the parts of its description imply, and its own. */
export const problemCodesOf = (route: Route): readonly ProblemCode[] => [
  ...new Set<ProblemCode>([
    'malformed',
    ...(route.access === 'key' ? impliedBy(route) : []),
    ...(route.method === 'GET' ? [] : (['payloadTooLarge', 'unsupportedMediaType'] as const)),
    ...(route.body === undefined ? [] : (['notSupported'] as const)),
    ...(route.problems ?? []),
    'notReady',
    'internal',
  ]),
]
const impliedBy = ({ roles, idempotencyKey }: KeyedDescription): readonly ProblemCode[] => [
  'unauthenticated',
  'tooManyRequests',
  'invalid',
  'unknownField',
  'logUnreachable',
  ...(roles === undefined ? [] : (['forbidden'] as const)),
  ...(idempotencyKey === undefined ? [] : (['idempotencyKeyReused'] as const)),
  ...(idempotencyKey === 'required' ? (['missingIdempotencyKey'] as const) : []),
]

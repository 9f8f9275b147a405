/** The drawing in ARCHITECTURE.md, held: who may import whom, and what each folder never contains. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

const layers = ['schemas', 'domain', 'projections', 'adapters', 'apps'] as const
type Layer = (typeof layers)[number]

interface Source {
  readonly path: string
  readonly layer: Layer
  readonly text: string
  readonly imports: readonly string[]
  readonly isTest: boolean
}

/** Comments and the inside of texts are not code. */
const codeOf = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
    .replace(/`(?:[^`\\]|\\.)*`/g, '``')

const importsOf = (text: string): readonly string[] =>
  [
    ...text.matchAll(/^\s*(?:import|export)\b[^'"`;]*?from\s+'([^']+)'/gms),
    ...text.matchAll(/^\s*import\s+'([^']+)'/gm),
    ...text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g),
  ].map((match) => match[1] ?? '')

const filesBelow = (layer: Layer): readonly string[] =>
  readdirSync(join(import.meta.dirname, layer), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(layer, path))

const sources: readonly Source[] = layers.flatMap((layer) =>
  filesBelow(layer).map((path) => {
    const text = readFileSync(join(import.meta.dirname, path), 'utf8')
    return {
      path,
      layer,
      text,
      imports: importsOf(text),
      isTest: /\.test\.ts$|(^|\/)testing\//.test(path),
    }
  }),
)
const product = sources.filter((source) => !source.isTest)

/** The folder that an import leads to, as `domain/values`; a package by its name. */
const target = (source: Source, specifier: string): string => {
  if (specifier.startsWith('#')) return specifier.slice(1)
  if (specifier.startsWith('.')) return normalize(join(dirname(source.path), specifier))
  return specifier
}
const isOurs = (to: string): boolean => layers.some((layer) => to.startsWith(`${layer}/`))

const allowedOurs: Readonly<Record<Layer, (to: string, from: Source) => boolean>> = {
  schemas: (to) => to.startsWith('schemas/'),
  domain: (to) => /^(schemas|domain)\//.test(to),
  projections: (to) => /^(schemas|projections|domain\/values|domain\/books)\//.test(to),
  adapters: (to, from) =>
    /^(schemas|domain|projections)\//.test(to) || folder(to) === folder(from.path),
  apps: (to, from) =>
    !to.startsWith('apps/') || to.startsWith('apps/process/') || folder(to) === folder(from.path),
}
const folder = (path: string): string => path.split('/').slice(0, 2).join('/')

const allowedPackages: Readonly<Partial<Record<Layer, RegExp>>> = {
  schemas: /^(io-ts|fp-ts\/lib\/.+\.js)$/,
  domain: /^fp-ts\/lib\/.+\.js$/,
  projections: /^(kysely|fp-ts\/lib\/.+\.js)$/,
}

const offenders = (
  from: readonly Source[],
  isOffence: (to: string, source: Source) => boolean,
): readonly string[] =>
  from.flatMap((source) =>
    source.imports
      .map((specifier) => target(source, specifier))
      .filter((to) => isOffence(to, source))
      .map((to) => `${source.path} -> ${to}`),
  )

describe('the drawing', () => {
  test('every layer was seen', () => {
    // An unread tree has no violations either.
    for (const layer of layers) {
      expect(
        product.some((source) => source.layer === layer && source.imports.length > 0),
        layer,
      ).toBe(true)
    }
  })
  test('every import of ours points inwards', () => {
    expect(
      offenders(product, (to, source) => isOurs(to) && !allowedOurs[source.layer](to, source)),
    ).toStrictEqual([])
  })
  test('the pure layers use the packages that they may and no others', () => {
    expect(
      offenders(product, (to, source) => {
        const allowed = allowedPackages[source.layer]
        return !isOurs(to) && allowed !== undefined && !allowed.test(to)
      }),
    ).toStrictEqual([])
  })
  test('nothing of the product imports a test or a helper of tests', () => {
    expect(offenders(product, (to) => /\/testing\/|^testing\/|\.test$/.test(to))).toStrictEqual([])
  })
})

/** A word that must not stand in the code of some files, with the places where it does. */
const placesOf = (word: RegExp, from: readonly Source[]): readonly string[] =>
  from.flatMap(({ path, text }) =>
    codeOf(text)
      .split('\n')
      .flatMap((line, index) => (word.test(line) ? [`${path}:${String(index + 1)} ${line}`] : [])),
  )
const inLayer = (layer: Layer): readonly Source[] =>
  product.filter((source) => source.layer === layer)

describe('what is never there', () => {
  test('domain: no throw, JSON, class; async only in kernel/execute.ts', () => {
    expect(placesOf(/\bthrow\b|\bJSON\b|\bclass\b/, inLayer('domain'))).toStrictEqual([])
    expect(
      placesOf(
        /\basync\b|\bawait\b/,
        inLayer('domain').filter(({ path }) => path !== 'domain/kernel/execute.ts'),
      ),
    ).toStrictEqual([])
  })
  test('the decider of one stream: no let', () => {
    const deciders = inLayer('domain').filter(({ path }) => path.startsWith('domain/order/'))
    expect(deciders).not.toStrictEqual([])
    expect(placesOf(/\blet\b/, deciders)).toStrictEqual([])
  })
  test('projections: no query is executed', () => {
    expect(placesOf(/\.execute/, inLayer('projections'))).toStrictEqual([])
  })
  test('adapters: no settings of the process', () => {
    expect(placesOf(/process\.env/, inLayer('adapters'))).toStrictEqual([])
  })
  test('money is never a number', () => {
    const words = 'price|quantity|amount|notional|fee|pnl|balance|equity|cost'
    expect(
      placesOf(new RegExp(`(${words})s?\\??: number\\b|parseFloat\\(`, 'i'), product),
    ).toStrictEqual([])
  })
  test('main.ts reads top to bottom in less than 60 lines', () => {
    const mains = inLayer('apps').filter(({ path }) => path.endsWith('/main.ts'))
    expect(mains.length).toBeGreaterThan(0)
    expect(
      mains.flatMap(({ path, text }) => (text.split('\n').length > 61 ? [path] : [])),
    ).toStrictEqual([])
  })
})

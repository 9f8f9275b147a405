/** openapi.json says what the ledger does: its form is valid, and a client that is made from it trades. */
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ledger, startLedger } from '#apps/demo/ledger'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const folder = join(import.meta.dirname, 'openapi-client')
const modules = join(folder, 'node_modules')
const isInstalled = existsSync(join(modules, '.package-lock.json'))
/** Nothing here takes longer, also on a machine that has much else to do. */
const deadline = { timeout: 120_000 }

/** What we use of it; it is installed in a folder of its own, out of the reach of the type checker. */
interface Checked {
  readonly valid: boolean
  readonly errors?: unknown
}
type ValidatorModule = {
  readonly Validator: new () => { readonly validate: (document: object) => Promise<Checked> }
}
const tool = (path: string): string => join(modules, path)
/** What a program prints; of one that fails, all that it has said. */
const printing = async (program: string, ...given: readonly string[]): Promise<string> => {
  try {
    return (await run(process.execPath, [program, ...given], deadline)).stdout
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string }
    throw new Error(`${program} fails: ${stdout}${stderr}`, { cause: error })
  }
}
const compilerOptions = {
  strict: true,
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2023', 'dom'],
  types: [],
  skipLibCheck: true,
}

const title = isInstalled
  ? 'openapi.json'
  : 'openapi.json (skipped: `make openapi-client` has not installed tools/openapi-client)'
describe.skipIf(!isInstalled)(title, () => {
  let ledger: Ledger
  let document: object
  let data: string
  let generated: string
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'daybook-openapi-'))
    mkdirSync(join(folder, 'generated'), { recursive: true })
    generated = mkdtempSync(join(folder, 'generated', 'client-'))
    ledger = await startLedger({ root, data })
    const response = await fetch(`${ledger.url}/openapi.json`, {
      signal: AbortSignal.timeout(10_000),
    })
    document = (await response.json()) as object
  })
  afterAll(async () => {
    await ledger.stop()
    rmSync(data, { recursive: true, force: true })
    rmSync(generated, { recursive: true, force: true })
  })

  test('is valid by the schema that the OpenAPI Initiative published for 3.1', async () => {
    const entry = tool('@seriousme/openapi-schema-validator/index.js')
    const { Validator } = (await import(pathToFileURL(entry).href)) as ValidatorModule
    const checked = await new Validator().validate(structuredClone(document))
    expect(checked).toMatchObject({ valid: true })
    const broken = await new Validator().validate({ ...document, paths: { '/x': { get: 1 } } })
    expect(broken).toMatchObject({ valid: false })
  })

  test('makes a client that compiles, and places an order that is filled', async () => {
    const file = join(generated, 'openapi.json')
    writeFileSync(file, JSON.stringify(document))
    const types = join(generated, 'schema.d.ts')
    await printing(tool('openapi-typescript/bin/cli.js'), file, '--output', types)
    copyFileSync(join(folder, 'place-order.ts'), join(generated, 'place-order.ts'))
    writeFileSync(join(generated, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    await printing(tool('typescript/bin/tsc'), '--project', generated)
    const client = join(generated, 'place-order.js')
    const said = JSON.parse(await printing(client, ledger.url, ledger.key)) as {
      readonly placed: { readonly id: string }
    }
    expect(said).toMatchObject({
      placed: { symbol: 'BTC/USDT', quantity: '0.01', live: false },
      listed: [said.placed.id],
      refused: 'invalid',
      unnamed: 'missingIdempotencyKey',
    })
    expect(said).toHaveProperty('timeline', expect.arrayContaining(['OrderIntentRecorded']))
  })
})

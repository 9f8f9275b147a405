/** How far each simulated market has been told, kept in a small file so that no tick is ever told twice. */
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { UsageError } from '#apps/process/failure'
import { Count } from '#schemas/values/count'

export interface Place {
  /** The first tick that was not told yet. */
  readonly next: (seed: number) => Promise<number>
  /** About to tell this tick. Almost always it has been allowed for, and nothing is written. */
  readonly reach: (seed: number, n: number) => Promise<void>
  /** This tick is the first that was not told. */
  readonly leave: (seed: number, n: number) => Promise<void>
}

const Kept = t.readonlyArray(t.strict({ seed: Count, next: Count }), 'MarketPlace')
type Kept = t.TypeOf<typeof Kept>

/** So many ticks (30 s) are allowed for at once; a killed process skips what it did not use of them. */
const allowance = 300

export const placeIn = (folder: string): Place => {
  const path = join(folder, 'market.json')
  let allowed = 0
  const write = async (seed: number, next: number): Promise<void> => {
    const others = (await read(path)).filter((kept) => kept.seed !== seed)
    await replaceFile(folder, path, JSON.stringify(Kept.encode([...others, { seed, next }])))
    allowed = next
  }
  return {
    next: async (seed) => (await read(path)).find((kept) => kept.seed === seed)?.next ?? 0,
    reach: async (seed, n) => {
      if (n >= allowed) await write(seed, n + allowance)
    },
    leave: write,
  }
}

const read = async (path: string): Promise<Kept> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '[]'
    throw error
  })
  const parsed = E.tryCatch(
    () => JSON.parse(text) as unknown,
    () => 'is not JSON',
  )
  const decoded = E.isLeft(parsed) ? parsed : Kept.decode(parsed.right)
  if (E.isRight(decoded)) return decoded.right
  throw new UsageError(`${path} is damaged: remove it, and the simulated market begins anew.`)
}

/** Whole or not at all: written beside it, made durable, then put in its place. */
const replaceFile = async (folder: string, path: string, text: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const beside = `${path}.new`
  const file = await open(beside, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}

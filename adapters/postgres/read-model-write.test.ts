import { describe, expect, test } from 'vitest'
import { batchStatement, type Insertion, type Lists } from './read-model-write.ts'

const insertion = (name: string, lists: number): Insertion => ({
  lists,
  sql: (first) => `insert into ${name} from ${String(first)}`,
})
const insertions = [insertion('a', 2), insertion('b', 1), insertion('c', 3)]
const some: readonly Lists[] = [['{1}', '{2}'], ['{3}'], ['{4}', '{5}', '{6}']]
/** Those of the tables that a batch touches. */
const touching = (...numbers: readonly number[]) =>
  insertions.map((_, number) => (numbers.includes(number) ? some[number] : undefined))

describe('the statement of a batch', () => {
  const statement = batchStatement(insertions)
  test('has the tables that it touches, each with its own lists, and no others', () => {
    const { text, values } = statement([], 7n, undefined, touching(0, 2))
    expect(text).toContain('insert into a from 9)')
    expect(text).toContain('insert into c from 11)')
    expect(text).not.toContain('insert into b')
    expect(values.slice(8)).toStrictEqual(['{1}', '{2}', '{4}', '{5}', '{6}'])
  })
  test('moves the checkpoints also where no table is touched', () => {
    const { text, values } = statement([], 7n, undefined, touching())
    expect(text).toContain('update read.generations')
    expect(text).not.toContain('insert into a')
    expect(values).toHaveLength(8)
  })
  test('has a name for each text', () => {
    const all = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2], [0]].map((numbers) =>
      statement([], 7n, undefined, touching(...numbers)),
    )
    const texts = new Map(all.map(({ name, text }) => [name, text]))
    expect(texts.size).toBe(8)
    for (const { name, text } of all) expect(texts.get(name)).toBe(text)
  })
})

test('there are not more statements than a connection can hold: then one has every table', () => {
  const many = Array.from({ length: 8 }, (_, n) => insertion(`t${String(n)}`, 1))
  const statement = batchStatement(many)
  const prepared = Array.from({ length: 200 }, (_, set) =>
    statement(
      [],
      7n,
      undefined,
      many.map((_, n) => ((set >> n) % 2 === 1 ? [`{${String(n)}}`] : undefined)),
    ),
  )
  const last = prepared.at(-1)
  expect(new Set(prepared.map(({ name }) => name)).size).toBe(25)
  expect(last?.name).toBe('batch')
  // 199 is 0b11000111.
  expect(last?.values.slice(8)).toStrictEqual(['{0}', '{1}', '{2}', '{}', '{}', '{}', '{6}', '{7}'])
  for (const { text, values } of prepared)
    expect(text.match(/insert into t/g)?.length ?? 0).toBe(values.length - 8)
})

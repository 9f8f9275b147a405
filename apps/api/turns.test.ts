import { expect, test } from 'vitest'
import { turns } from './turns.ts'

test('of one name one after another, also after one that failed; of two names at once', async () => {
  const inTurn = turns()
  const said: string[] = []
  const work =
    (name: string, fails = false) =>
    async () => {
      said.push(`${name} begins`)
      await Promise.resolve()
      said.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const all = await Promise.allSettled([
    inTurn('a', work('a1', true)),
    inTurn('a', work('a2')),
    inTurn('b', work('b1')),
  ])
  expect(all.map(({ status }) => status)).toStrictEqual(['rejected', 'fulfilled', 'fulfilled'])
  const ofA = said.filter((each) => each.startsWith('a'))
  expect(ofA).toStrictEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends'])
  expect(said.indexOf('b1 begins')).toBeLessThan(said.indexOf('a1 ends'))
  expect(await inTurn('a', work('a3'))).toBe('a3')
})

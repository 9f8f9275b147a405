import { expect, test } from 'vitest'
import { pairTexts } from '#domain/values/pair-texts'

test('is the text that both would make, also when more were asked for than are kept', () => {
  const pair = pairTexts()
  const names = Array.from({ length: 150 }, (_, n) => `name${String(n)}`)
  for (const round of ['first', 'second'])
    for (const a of names)
      for (const b of names)
        if (pair(a, b) !== `${a} ${b}`) expect.unreachable(`${round} ${a} ${b}`)
  expect(pair('a b', 'c')).toBe(pair('a', 'b c'))
})

import { expect, test } from 'vitest'
import { sha256 } from '#adapters/system/hash'

// FIPS 180-4, examples; the last one is UTF-8.
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['€', 'c4cc90ed3d26f12d4b08a75140970a7904035c31cbb4515a83f19b9003c00d1d'],
])('the SHA-256 of %j', (text, digest) => {
  expect(sha256(text)).toBe(digest)
})

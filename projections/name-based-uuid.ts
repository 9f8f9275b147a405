/** Ids that follow from names, so that whoever folds the log gives the same ones. */

/** SHA-256 of UTF-8 text in lower-case hexadecimal: pure, and handed in. */
export type NamesHash = (text: string) => string

/** A UUID of version 8 (RFC 9562) from the hash of the names as canonical JSON. */
export const nameBasedUuid = <Id extends string>(hash: NamesHash, names: readonly string[]): Id => {
  const digest = hash(JSON.stringify(names))
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-') as Id
}

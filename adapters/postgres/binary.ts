/** PostgreSQL's binary form of a list of texts: no quoting on our side, no unquoting on the other. */

/** The type number of `text`. */
const textOid = 25
const headerBytes = 20

/** A list with one dimension, beginning at 1, without nulls. */
export const textArray = (texts: readonly string[]): Buffer => {
  const lengths = texts.map((text) => Buffer.byteLength(text, 'utf8'))
  const bytes = lengths.reduce((sum, length) => sum + 4 + length, headerBytes)
  const buffer = Buffer.allocUnsafe(bytes)
  buffer.writeInt32BE(1, 0)
  buffer.writeInt32BE(0, 4)
  buffer.writeInt32BE(textOid, 8)
  buffer.writeInt32BE(texts.length, 12)
  buffer.writeInt32BE(1, 16)
  let at = headerBytes
  for (const [index, text] of texts.entries()) {
    at = buffer.writeInt32BE(lengths[index] ?? 0, at)
    at += buffer.write(text, at, 'utf8')
  }
  return buffer
}

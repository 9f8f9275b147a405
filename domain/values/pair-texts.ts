/** Two ids in one text, made once: a text that is at hand already has been hashed, and is found at once. */
import { innerOf } from '#domain/values/inner-of'

/** The same as `${a} ${b}`. As many as are asked for together are kept. */
export const pairTexts = (): ((a: string, b: string) => string) => {
  const texts = new Map<string, Map<string, string>>()
  let kept = 0
  return (a, b) => {
    const known = texts.get(a)?.get(b)
    if (known !== undefined) return known
    if (kept === keptMost) {
      texts.clear()
      kept = 0
    }
    kept += 1
    const text = `${a} ${b}`
    innerOf(texts, a).set(b, text)
    return text
  }
}
const keptMost = 8192

/** Keeps secrets out of whatever is written for people and machines to read. */

/** Credentials in a URL, before its host or in its query, and the secret part of an API key, wherever they stand. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/"'\\]*:)[^\s@/"'\\]+@/gi, '$1***@'],
  [/\b((?:ssl)?password=)[^\s&#"'\\]+/gi, '$1***'],
  [/\b(dbk_[a-z0-9]{8}_)[A-Za-z0-9_-]+/g, '$1***'],
  [/\b(Bearer\s+)(?!dbk_)[A-Za-z0-9._~+/=-]+/gi, '$1***'],
]
export const withoutSecrets = (text: string): string =>
  secrets.reduce((line, [pattern, instead]) => line.replace(pattern, instead), text)

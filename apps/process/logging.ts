/** What a program says about itself: JSON lines for machines, and never a secret. */
import { type DestinationStream, destination, type Logger, pino } from 'pino'

/** Credentials in a URL, and the secret part of an API key, wherever in a line they stand. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/"'\\]*:)[^\s@/"'\\]+@/gi, '$1***@'],
  [/\b(dbk_[a-z0-9]{8}_)[A-Za-z0-9_-]+/g, '$1***'],
  [/\b(Bearer\s+)(?!dbk_)[A-Za-z0-9._~+/=-]+/gi, '$1***'],
]
export const withoutSecrets = (text: string): string =>
  secrets.reduce((line, [pattern, instead]) => line.replace(pattern, instead), text)

/** Fields that hold a secret whatever it looks like. */
const secretFields = ['authorization', 'password', 'secret', 'apiKey', 'key'].flatMap((field) => [
  field,
  `*.${field}`,
  `*.*.${field}`,
])

/** Standard output, by writes that are done when they return: what was said before a crash is there. */
const standardOutput = (): DestinationStream => {
  const output = destination({ fd: 1, sync: true })
  // A full disk must not take the ledger down because its diary has no room.
  output.on('error', () => undefined)
  return output
}

export const openLogger = (
  app: string,
  instance: string,
  level: string,
  output: DestinationStream = standardOutput(),
): Logger =>
  pino(
    {
      level,
      base: { app, instance, pid: process.pid },
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
      errorKey: 'error',
      redact: { paths: secretFields, censor: '***' },
    },
    { write: (line: string) => output.write(withoutSecrets(line)) },
  )

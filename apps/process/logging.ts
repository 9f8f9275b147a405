/** What a program says about itself: JSON lines for machines, and never a secret. */
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { withoutSecrets } from './secrets.ts'

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

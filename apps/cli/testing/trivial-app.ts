/** Stands in for an app: ready at once, serves what the api would, ends when it is told or left alone. */
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename } from 'node:path'

const app = basename(process.argv[1] ?? '', '.mjs')
if (app === 'api') {
  const server = createServer((_, reply) => void reply.writeHead(200).end('{}'))
  server.on('error', (error) => {
    process.stderr.write(`daybook api: ${error.message}\n`)
    process.exit(2)
  })
  server.listen(Number(process.env['DAYBOOK_PORT']), '127.0.0.1')
}
const tell = (what: string): void => {
  appendFileSync(process.env['DAYBOOK_TEST_JOURNAL'] ?? '', `${app} ${what}\n`)
}
const stop = (why: string): void => {
  tell(why)
  if (process.env['DAYBOOK_TEST_DEAF'] !== app) process.exit(0)
}
process.on('SIGTERM', () => stop('SIGTERM'))
process.on('SIGINT', () => tell('SIGINT'))
process.on('disconnect', () => stop('disconnect'))
tell('listens')
process.send?.({ state: 'ready' })
setInterval(() => undefined, 1_000_000)

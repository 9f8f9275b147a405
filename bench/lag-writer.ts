/** A process that writes orders to a log at a steady pace, whatever becomes of them: base URL, orders, a second. */
import { appendHistory } from './history.ts'

const [urls = '{}', orders = '0', perSecond = '0'] = process.argv.slice(2)
const known = JSON.parse(urls) as Readonly<Record<string, string>>
await appendHistory((app) => known[app] ?? '', Number(orders), -1n, {
  atOnce: Number(perSecond) / 50,
  perSecond: Number(perSecond),
})
process.send?.('written')
process.disconnect()

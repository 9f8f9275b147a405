/** What `daybook run` says to the person who started it. */
import { basename, relative } from 'node:path'
import type { RunSettings } from './environment.ts'

export interface Ready {
  readonly settings: RunSettings
  readonly url: string
  readonly key: string
  readonly keyFile: string
  readonly logs: string
  /** The key was made (or taken over) just now: this is the one time that it is shown. */
  readonly fresh: boolean
  readonly seconds: number
  readonly calledAs: string
}

/** Paths as one would type them here. */
export const shownPath = (path: string): string => {
  const here = relative(process.cwd(), path)
  return here === '' ? '.' : here.startsWith('..') ? path : here
}

export const readyText = (ready: Ready): string => {
  const { settings, url, keyFile, logs, seconds } = ready
  const facts = [
    ['API', url],
    ['Key', keyLine(ready)],
    ['Market', marketLine(settings)],
    ['Venue', `${settings.venue} (no real money)`],
    ['Data', `${shownPath(settings.data)} (logs of the apps: ${shownPath(logs)})`],
  ]
  return [
    '',
    `Daybook is ready after ${seconds.toFixed(1)} s.`,
    '',
    ...facts.map(([name = '', value = '']) => `  ${name.padEnd(8)}${value}`),
    '',
    'Try this in another terminal, in this folder:',
    '',
    ...tries(ready).map((line) => `  ${line}`),
    '',
    `Or over HTTP:`,
    '',
    `  curl -s ${url}/v1/orders -H "Authorization: Bearer $(cat ${shownPath(keyFile)})" \\`,
    `    -H 'Content-Type: application/json' -H "Idempotency-Key: $(date +%s)" -H 'Prefer: wait=2' \\`,
    `    -d '{"symbol":"${symbolOf(settings)}","side":"buy","type":"market","quantity":"0.01"}'`,
    '',
    'Ctrl-C stops it. Nothing is lost: what was recorded is there at the next start.',
    '',
  ].join('\n')
}

const keyLine = ({ fresh, key, keyFile }: Ready): string =>
  fresh ? `${key} (shown this once; kept in ${shownPath(keyFile)})` : `in ${shownPath(keyFile)}`

const marketLine = ({ market, symbols }: RunSettings): string => {
  const [kind = market, seed] = market.split(':')
  const what =
    kind === 'simulated'
      ? `simulated prices (seed ${seed ?? '1'})`
      : kind === 'replay'
        ? market
        : `live prices of ${market}`
  return symbols === undefined ? what : `${what}, ${symbols}`
}

const tries = ({ settings, fresh, calledAs }: Ready): readonly string[] => {
  const where =
    basename(settings.data) === 'daybook-data' && shownPath(settings.data) === 'daybook-data'
      ? ''
      : ` --data ${shownPath(settings.data)}`
  const furnishing = [
    `${calledAs} books open main${where} --currency USDT --control single`,
    `${calledAs} accounts open main${where}`,
    `${calledAs} accounts deposit main${where} --currency USDT --amount 100000`,
  ]
  return [
    // An empty ledger has nothing to trade in yet.
    ...(settings.empty && fresh ? furnishing : []),
    `${calledAs} orders place${where} --symbol ${symbolOf(settings)} --side buy --type market --quantity 0.01`,
    `${calledAs} positions list${where}`,
    `${calledAs} status${where}`,
  ]
}

const symbolOf = ({ symbols }: RunSettings): string => symbols?.split(',')[0]?.trim() ?? 'BTC/USDT'

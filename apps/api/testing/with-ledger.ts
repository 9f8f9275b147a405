/** Ledgers that are ready to be asked, and closed again after each test. */
import { afterEach } from 'vitest'
import { type Ledger, type LedgerSettings, openLedger } from '#apps/api/testing/ledger'
import { btc, listed } from '#apps/api/testing/words'
import { instrumentStream } from '#schemas/streams'
import type { MarketSymbol, OrderId, VenueId } from '#schemas/values/ids'

const open: Ledger[] = []
afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close()
})

const paper = 'paper' as VenueId
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** After its first run, with one instrument listed. */
export const ledgerWith = async (settings: LedgerSettings = {}): Promise<Ledger> => {
  const ledger = await openLedger(settings)
  open.push(ledger)
  while (!ledger.knowledge.isComplete()) await turn()
  await ledger.caughtUp()
  if (!ledger.knowledge.directory.instrument(paper, btc)) await list(ledger, btc)
  return ledger
}
export const list = async (ledger: Ledger, ...symbols: readonly string[]): Promise<void> => {
  for (const symbol of symbols as readonly MarketSymbol[]) {
    await ledger.write('gateway', instrumentStream(paper, symbol), listed(symbol))
  }
  await ledger.caughtUp()
}

/** The first order that was asked for, as soon as it is on the log. */
export const untilIntent = async (ledger: Ledger): Promise<OrderId> => {
  for (;;) {
    const intents = (await ledger.events()).flatMap(({ event }) =>
      event.type === 'OrderIntentRecorded' ? [event.orderId] : [],
    )
    if (intents[0] !== undefined) return intents[0]
    await turn()
  }
}

export const limitBuy = {
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'limit',
  quantity: '1.50',
  limitPrice: '60000',
}
export const marketBuy = { symbol: 'BTC/USDT', side: 'buy', type: 'market', quantity: '0.5' }
export const idOf = (told: { readonly body: Readonly<Record<string, unknown>> }): OrderId =>
  String(told.body['id']) as OrderId

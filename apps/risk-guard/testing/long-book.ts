/** A book that is long one contract, on a stage, and what tests of its day and its losses ask of it. */
import { openStage, type Stage } from '#apps/risk-guard/testing/stage'
import { releaseAsked } from '#domain/risk/testing/control-words'
import { amount, filled, listed, symbolOf } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { KillSwitchId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

export const perpetual = symbolOf('BTC/USDT:USDT')
export const hour = 3_600_000
export const held = { symbol: perpetual, quantity: '1', at: '65000', feeIn: 'USDT' } as const

/** Long one contract at 65,000, which a guard has seen. */
export const long = async (limits: Limits = {}): Promise<Stage> => {
  const stage = await openStage({ maxLogLagMs: 99 * hour, ...limits })
  await stage.write(listed(perpetual))
  await stage.write(filled(1, held))
  stage.trade('65000', perpetual)
  await stage.guard().read()
  return stage
}
type Of<Type extends LedgerEvent['type']> = Extract<LedgerEvent, { readonly type: Type }>
export const allOf = async <Type extends LedgerEvent['type']>(
  stage: Stage,
  type: Type,
): Promise<readonly Of<Type>[]> =>
  (await stage.risk()).filter((event): event is Of<Type> => event.type === type)
export const typesOf = async (stage: Stage, after: number): Promise<readonly string[]> =>
  (await stage.risk()).slice(after).map(({ type }) => type)
export const lost = { maxDailyLoss: amount('1000') }
/** A second passes in which it is traded at this price. */
export const falls = (stage: Stage, to: string, ms = 1000): void => {
  stage.clock.advance(ms)
  stage.trade(to, perpetual)
}

export const release = async (stage: Stage): Promise<void> => {
  const [killed] = await allOf(stage, 'KillSwitchEngaged')
  const asked = releaseAsked(1, 1)
  if (killed === undefined || asked.type !== 'KillSwitchReleaseRequested')
    throw new Error('there is nothing to release')
  const killSwitchIds: readonly KillSwitchId[] = [killed.killSwitchId]
  await stage.write({ ...asked, killSwitchIds })
}

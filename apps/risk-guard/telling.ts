/** What an operator has to learn of what the guard wrote: in its log, though nobody asked. */
import type { Logger } from 'pino'
import type { Entry } from '#domain/risk/standing'
import { amountText, perCentText } from '#domain/risk/texts'
import type { ProposedEvent } from '#schemas/envelope'
import type { DailyLossBreached, DrawdownBreached } from '#schemas/events/risk'

/** Each broken limit of loss, with the figures that it was broken by. They are on the log of the ledger already. */
export const tellBreaches = (
  logger: Pick<Logger, 'warn'>,
  events: readonly ProposedEvent<Entry>[],
): void => {
  for (const { event } of events) {
    if (event.type === 'DailyLossBreached')
      logger.warn({ ...told(event), ...ofDay(event) }, `maxDailyLoss is broken: ${stopped}`)
    if (event.type === 'DrawdownBreached')
      logger.warn({ ...told(event), ...ofHighest(event) }, `maxDrawdown is broken: ${stopped}`)
  }
}
const stopped = 'the kill switch is engaged, and only what reduces is approved until a release'

const told = ({ book, equity, killSwitchId }: DailyLossBreached | DrawdownBreached) => ({
  book,
  equity: amountText(equity),
  killSwitchId,
})
const ofDay = ({ day, dayOpenEquity, loss, limit }: DailyLossBreached) => ({
  day,
  dayOpenEquity: amountText(dayOpenEquity),
  loss: amountText(loss),
  maxDailyLoss: amountText(limit),
})
const ofHighest = ({ highWater, drawdown, limit }: DrawdownBreached) => ({
  highWater: amountText(highWater),
  drawdown: `${perCentText(drawdown)} %`,
  maxDrawdown: `${perCentText(limit)} %`,
})

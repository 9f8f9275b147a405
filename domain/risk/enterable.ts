/** What the guard itself writes, and enters before it is on the log: all of a book's stream but its opening. */
import type { BookOpened, RiskEvent } from '#schemas/events/risk'

export type Enterable = Exclude<RiskEvent, BookOpened>

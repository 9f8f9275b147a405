/** What two persons ask of a book's control and what one alone does, as rules 4 have it. */
import {
  controlAsked,
  controlEndorsed,
  limitsEndorsed,
  proposed,
  releaseAsked,
  releaseEndorsed,
} from '#domain/risk/testing/control-words'
import { type Desk, deskOn, openDesk } from '#domain/risk/testing/desk-of'
import { type GoldenLog, ruledOn, told } from '#domain/risk/testing/golden-stories'
import { amount, bookOpened, engaged, later, ratio } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { StrategyId } from '#schemas/values/ids'
import type { LimitOverride } from '#schemas/values/trading'

const minute = later(60_000)
const less = { maxOrderNotional: amount('100') }
const more = { maxOrderNotional: amount('99999') }
const dual = (): Desk => deskOn({ ...bookOpened(), control: 'dual' } as LedgerEvent)
const watched = (): Desk => openDesk({ maxDailyLoss: amount('1000') })
const part: LimitOverride = { strategy: 'alpha' as StrategyId, maxOpenOrders: 1 }

export const fourthControlStories = (): readonly GoldenLog[] => [
  told('controlUnchanged', ruledOn(openDesk().by('ann', controlAsked(1, 'single')))),
  told(
    'two persons loosen',
    ruledOn(ruledOn(dual().by('ann', proposed(1, more))).by('ben', limitsEndorsed(1))),
  ),
  told(
    'one person tightens, and does not loosen',
    ruledOn(
      dual().by('ann', proposed(1, less), proposed(2, more), limitsEndorsed(2)),
      later(86_400_001),
    ),
  ),
  told(
    'neither of two persons has engaged what they release',
    ruledOn(
      ruledOn(
        dual()
          .by('kim', engaged(1, 'halt'))
          .given(engaged(2, 'reduce'))
          .by('ann', releaseAsked(1, 1, 2))
          .by('kim', releaseEndorsed(1), releaseAsked(2, 2)),
        minute,
      ).by('ben', releaseEndorsed(1)),
      minute,
    ),
  ),
  told(
    'control goes to two persons, and back by two',
    ruledOn(
      ruledOn(
        ruledOn(openDesk().by('ann', proposed(1, more), controlAsked(2, 'dual')), minute).by(
          'ann',
          proposed(3, { maxOpenOrders: 500 }),
          controlAsked(4, 'single'),
        ),
        minute,
      ).by('ben', controlEndorsed(4)),
      minute,
    ),
  ),
  told(
    'what prices are believed by waits for a second person while losses are watched',
    ruledOn(
      ruledOn(
        watched().by(
          'ann',
          proposed(1, { maxMarkJump: ratio('0.000001') }),
          controlAsked(2, 'dual'),
        ),
      ).by('ben', limitsEndorsed(1)),
      minute,
    ),
  ),
  told(
    'a part of a book is named twice',
    ruledOn(openDesk({}, proposed(1, { overrides: [part, { ...part, maxOrdersPerHour: 1 }] }))),
  ),
]

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
import { amount, bookOpened, engaged, later } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'

const minute = later(60_000)
const less = { maxOrderNotional: amount('100') }
const more = { maxOrderNotional: amount('99999') }
const dual = (): Desk => deskOn({ ...bookOpened(), control: 'dual' } as LedgerEvent)

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
]

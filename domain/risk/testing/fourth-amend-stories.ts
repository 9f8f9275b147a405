/** What rules 4 decide of amendments. */
import { amendedOn, working } from '#domain/risk/testing/amend-desk'
import { amended, amendRefused, amendStarted, amendUnknown } from '#domain/risk/testing/amend-words'
import { openDesk } from '#domain/risk/testing/desk-of'
import { decidedOn, type GoldenLog, told } from '#domain/risk/testing/golden-stories'
import {
  type Asked,
  btc,
  engaged,
  filled,
  later,
  listed,
  markAt,
  quantity,
} from '#domain/risk/testing/words'
import type { Limits } from '#schemas/values/trading'

const at = '64000'
const buy = (size: string): Asked => ({ at, quantity: size })
const sell = (size: string): Asked => ({ side: 'sell', at: '66000', quantity: size })
const one: Limits = { maxPosition: { [btc]: quantity('1') } }
const open = () => working(openDesk(one), 1, buy('0.4'))
const larger = () => amendedOn(open(), 1, buy('0.7'))
const underWay = () => larger().given(amendStarted(1, buy('0.7')))
const exit = () => working(openDesk(one, filled(9, { quantity: '1' })), 1, sell('0.5'))
const late = { ...buy('0.5'), decideBy: later(100) }

export const fourthAmendStories = (): readonly GoldenLog[] => [
  told('an amendment, and too much beside it', decidedOn(larger(), buy('0.4'))),
  told('an amendment above the limit', amendedOn(open(), 1, buy('1.1'))),
  told(
    'an amendment that filled on the way, and is unknown',
    decidedOn(underWay().given(filled(1, { quantity: '0.4' }), amendUnknown(1)), buy('0.3')),
  ),
  told(
    'an amendment that was refused, and another',
    amendedOn(underWay().given(amendRefused(1)), 1, buy('1'), 2),
  ),
  told(
    'an amendment that was done, and another',
    amendedOn(underWay().given(amended(1, buy('0.7'))), 1, { ...buy('0.9'), at: '63000' }, 2),
  ),
  told(
    'an amendment of a stop',
    amendedOn(
      working(openDesk({}, listed(btc, { orderTypes: ['market', 'stop'] })), 1, {
        stop: '70000',
        quantity: '0.2',
      }),
      1,
      { stop: '68000', quantity: '0.4' },
    ),
  ),
  told(
    'an amendment that reduces, under a kill switch',
    amendedOn(
      amendedOn(exit().given(engaged(1, 'reduce')), 1, sell('0.9')).given(
        amendStarted(1, sell('0.9')),
        amended(1, sell('0.9')),
      ),
      1,
      sell('1.1'),
      2,
    ),
  ),
  told(
    'an amendment that waited too long',
    amendedOn(open(), 1, late, 1, markAt('65000', later(200)), later(200)),
  ),
  told('an amendment into another order', amendedOn(open(), 1, { ...buy('0.5'), side: 'sell' })),
]

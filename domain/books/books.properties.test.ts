import { describe, expect } from 'vitest'
import { cashOfFill } from '#domain/books/cash'
import { legsOf } from '#domain/books/legs'
import {
  applyFill,
  flat,
  notional,
  pnlCurrency,
  type Position,
  type PositionFill,
  unrealisedPnl,
} from '#domain/books/position'
import {
  type AccountCode,
  type Posting,
  postingsOfDeposit,
  postingsOfFill,
  postingsOfFunding,
  postingsOfWithdrawal,
  trialBalance,
} from '#domain/books/postings'
import {
  amount,
  anyFill,
  anyFills,
  anyInstrument,
  anyPrice,
  inverse,
  linear,
  spot,
} from '#domain/testing/fills'
import { costIn, fillLots, heldIn, type LotBook, noLots } from '#domain/testing/lots'
import {
  atMost,
  fromFixed,
  magnitude,
  minus,
  type Rational,
  rational,
  times,
} from '#domain/testing/rational'
import { abs } from '#domain/values/decimal'
import type { Amount, Quantity } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'
import type { InstrumentTerms } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const story = fc.record({ instrument: anyInstrument, fills: anyFills('inKindToo') })

describe('I13: fills less fees in the coin are the position', () => {
  prop('for every prefix', story, ({ instrument, fills }) => {
    let sum = 0n
    walk(instrument, fills, (position, fill) => {
      sum += fill.side === 'buy' ? fill.quantity : negated(fill.quantity)
      if (instrument.kind === 'spot' && fill.fee.currency === instrument.base) {
        sum -= fill.fee.amount / 10n ** 18n
      }
      expect(position.quantity).toBe(sum)
    })
  })
})

describe('against lots kept one by one and never rounded', () => {
  prop(
    'spot and linear are exact when flat, and within a digit per close before',
    fc.record({ instrument: fc.constantFrom(spot, linear), fills: anyFills('inKindToo') }),
    ({ instrument, fills }) => {
      let lots: LotBook = noLots
      let closes = 0n
      walk(instrument, fills, (position, fill, before) => {
        lots = fillLots(lots, fill, instrument)
        if (position.realisedPnl !== before.realisedPnl) closes += 1n
        expect(fromFixed(position.quantity, 18)).toStrictEqual(heldIn(lots))
        const allowed = position.quantity === 0n ? 0n : closes
        expectWithin(position.realisedPnl, lots.realised, allowed)
        expectWithin(position.costBasis, costIn(lots, instrument), allowed)
      })
    },
  )
  prop('inverse is within a digit per fill and close', anyFills('aside'), (fills) => {
    let lots: LotBook = noLots
    let roundings = 0n
    walk(inverse, fills, (position, fill) => {
      lots = fillLots(lots, fill, inverse)
      roundings += 3n
      expectWithin(position.realisedPnl, lots.realised, roundings)
      expectWithin(position.costBasis, costIn(lots, inverse), roundings)
    })
  })
  prop(
    'at flat the cost is exactly nothing, and before that on the side of the holding',
    story,
    ({ instrument, fills }) => {
      walk(instrument, fills, ({ quantity, costBasis }) => {
        if (quantity === 0n) expect(costBasis).toBe(0n)
        else if (costBasis !== 0n) expect(costBasis > 0n).toBe(quantity > 0n)
      })
    },
  )
})

describe('I15: gains less fees are the cash and what the holding is worth', () => {
  prop('spot', fc.record({ fills: anyFills('inKindToo'), mark: anyPrice }), ({ fills, mark }) => {
    let quote = 0n
    let base = 0n
    let fees = 0n
    walk(spot, fills, (position, fill, before) => {
      const realised = (position.realisedPnl - before.realisedPnl) as Amount
      for (const { currency, amount: moved } of cashOfFill(fill, realised, spot)) {
        if (currency === spot.quote) quote += moved
        if (currency === spot.base) base += moved
      }
      if (fill.fee.currency === spot.quote) fees += fill.fee.amount
      if (fill.fee.currency === spot.base) fees += (fill.fee.amount / 10n ** 18n) * fill.price
      const gains = position.realisedPnl + unrealisedPnl(position, mark, spot) - fees
      expect(gains).toBe(quote + (base / 10n ** 18n) * mark)
    })
  })
  prop(
    'contracts, at notional',
    fc.record({
      instrument: fc.constantFrom(linear, inverse, {
        ...linear,
        contractSize: (10n ** 15n) as Quantity,
      }),
      fills: anyFills('aside'),
      mark: anyPrice,
    }),
    ({ instrument, fills, mark }) => {
      const gainIs = instrument.kind === 'inverse' ? -1n : 1n
      let flow = 0n
      walk(instrument, fills, (position, fill) => {
        const worth = notional(fill.price, fill.quantity, instrument)
        flow += fill.side === 'buy' ? negated(worth) : worth
        const gains = position.realisedPnl + unrealisedPnl(position, mark, instrument)
        const value = notional(mark, position.quantity, instrument)
        expect(gains).toBe(gainIs * (flow + value))
      })
    },
  )
})

/** Besides fills: money that comes and goes, and what holders of contracts pay each other. */
const anyMoney = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }) as fc.Arbitrary<Amount>
const anyMovement = fc.record({
  kind: fc.constantFrom(postingsOfDeposit, postingsOfWithdrawal, postingsOfFunding),
  currency: fc.constantFrom('USDT' as Currency, 'BTC' as Currency),
  amount: anyMoney,
})
const life = fc.record({
  instrument: anyInstrument,
  steps: fc.array(
    fc.oneof({ weight: 3, arbitrary: anyFill('inKindToo') }, { weight: 1, arbitrary: anyMovement }),
    { maxLength: 14 },
  ),
})

describe('I16: the trial balance is zero', () => {
  prop(
    'in every currency, for every prefix, and its accounts are the position',
    life,
    ({ instrument, steps }) => {
      const journal: Posting[] = []
      const balance = (code: AccountCode): bigint =>
        journal.reduce((sum, each) => (each.code === code ? sum + each.amount : sum), 0n)
      let position = flat
      for (const step of steps) {
        if ('kind' in step) journal.push(...step.kind(step))
        else {
          const after = applyFill(position, step, instrument)
          journal.push(...postingsOfFill(position, after, step, instrument))
          position = after
        }
        for (const [currency, sum] of trialBalance(journal)) expect(sum, currency).toBe(0n)
        expect(balance('positionCost')).toBe(position.costBasis)
        expect(balance('realisedPnl')).toBe(negated(position.realisedPnl))
        if (instrument.kind === 'spot') {
          expect(balance('unitsExchanged')).toBe(negated(position.quantity) * 10n ** 18n)
        } else expect(balance('contractObligation')).toBe(negated(position.costBasis))
      }
    },
  )
})

describe('I15: with funding, and with money that comes and goes', () => {
  prop(
    'what contracts have gained, less fees, with funding, is the cash less what was brought in',
    fc.record({ story: life, mark: anyPrice }),
    ({ story: { instrument, steps }, mark }) => {
      fc.pre(instrument.kind !== 'spot')
      const journal: Posting[] = []
      const settle = pnlCurrency(instrument)
      const credit = (code: AccountCode): bigint =>
        journal.reduce(
          (sum, each) => (each.code === code && each.currency === settle ? sum - each.amount : sum),
          0n,
        )
      let position = flat
      for (const step of steps) {
        if ('kind' in step) journal.push(...step.kind(step))
        else {
          const after = applyFill(position, step, instrument)
          journal.push(...postingsOfFill(position, after, step, instrument))
          position = after
        }
        const unrealised = unrealisedPnl(position, mark, instrument)
        const gains = position.realisedPnl + unrealised + credit('fees') + credit('funding')
        expect(gains).toBe(unrealised - credit('cash') - credit('capital'))
      }
    },
  )
})

describe('I18: it is the trading that counts, not how it is told', () => {
  const linearStory = fc.record({
    instrument: fc.constantFrom(spot, linear),
    fills: anyFills('aside'),
  })
  prop('long and short mirror', linearStory, ({ instrument, fills }) => {
    const mirrored = fills.map(
      (fill): PositionFill => ({
        ...fill,
        side: fill.side === 'buy' ? 'sell' : 'buy',
      }),
    )
    const one = fold(instrument, fills)
    expect(fold(instrument, mirrored)).toStrictEqual({
      quantity: negated(one.quantity),
      costBasis: negated(one.costBasis),
      realisedPnl: negated(one.realisedPnl),
    })
  })
  const split = fc.record({
    before: anyFills('aside', 5),
    fill: anyFill('aside'),
    parts: fc.array(fc.bigInt({ min: 1n, max: 100n }), { minLength: 1, maxLength: 6 }),
  })
  prop(
    'a fill in parts is the fill: exact when flat, else a digit per closing part',
    fc.record({ instrument: anyInstrument, told: split }),
    ({ instrument, told: { before, fill, parts } }) => {
      const pieces = BigInt(parts.length + 1)
      const whole = fold(instrument, [...before, fill])
      const told = fold(instrument, [...before, ...inParts(fill, parts)])
      expect(told.quantity).toBe(whole.quantity)
      const allowed =
        instrument.kind === 'inverse' ? 3n * pieces : whole.quantity === 0n ? 0n : pieces
      expectWithin(told.realisedPnl, fromFixed(whole.realisedPnl, 36), allowed)
      expectWithin(told.costBasis, fromFixed(whole.costBasis, 36), allowed)
    },
  )
  prop(
    'closing everything afterwards makes split and whole agree to the last digit',
    fc.record({ instrument: fc.constantFrom(spot, linear), told: split, exit: anyPrice }),
    ({ instrument, told: { before, fill, parts }, exit }) => {
      const whole = closedAt(exit, fold(instrument, [...before, fill]), instrument)
      const told = closedAt(
        exit,
        fold(instrument, [...before, ...inParts(fill, parts)]),
        instrument,
      )
      expect(told).toStrictEqual(whole)
      expect(told.costBasis).toBe(0n)
    },
  )
  prop('legs are the fill: same end, all of the fee', story, ({ instrument, fills }) => {
    walk(instrument, fills, (position, fill, before) => {
      const legs = legsOf(before, fill, instrument)
      expect(legs.at(-1)?.position).toStrictEqual(position)
      expect(legs.reduce((sum, leg) => sum + leg.feeAmount, 0n)).toBe(fill.fee.amount)
    })
  })
})

const walk = (
  instrument: InstrumentTerms,
  fills: readonly PositionFill[],
  see: (position: Position, fill: PositionFill, before: Position) => void,
): void => {
  let position = flat
  for (const fill of fills) {
    const before = position
    position = applyFill(before, fill, instrument)
    see(position, fill, before)
  }
}
const fold = (instrument: InstrumentTerms, fills: readonly PositionFill[]): Position =>
  fills.reduce((position, fill) => applyFill(position, fill, instrument), flat)

const closedAt = (exit: PositionFill['price'], position: Position, instrument: InstrumentTerms) => {
  if (position.quantity === 0n) return position
  const quantity = abs(position.quantity) as Quantity
  const side = position.quantity > 0n ? 'sell' : 'buy'
  const fee = { currency: 'USDT' as Currency, amount: amount('0') }
  return applyFill(position, { side, quantity, price: exit, fee }, instrument)
}

const negated = (value: bigint): bigint => -value

/** The same quantity in pieces of about these weights. */
const inParts = (fill: PositionFill, weights: readonly bigint[]): readonly PositionFill[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 1n)
  const pieces = weights.map((weight) => (fill.quantity * weight) / total)
  const rest = fill.quantity - pieces.reduce((sum, piece) => sum + piece, 0n)
  return [...pieces, rest].map((quantity) => ({ ...fill, quantity: quantity as Quantity }))
}

/** Equal, but for so many units of the last place of an amount. */
const expectWithin = (value: bigint, exact: Rational, digits: bigint): void => {
  const error = magnitude(minus(fromFixed(value, 36), exact))
  expect(atMost(error, times(rational(digits), fromFixed(1n, 36)))).toBe(true)
}

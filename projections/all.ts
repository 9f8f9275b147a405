/** Every read model there is. */
import { accounts } from '#projections/accounts'
import { breaks } from '#projections/breaks'
import { decisions } from '#projections/decisions'
import { fills } from '#projections/fills'
import { instruments } from '#projections/instruments'
import { ledgers } from '#projections/ledgers'
import { marks } from '#projections/marks'
import type { NamesHash } from '#projections/name-based-uuid'
import { orders } from '#projections/orders'
import { positions } from '#projections/positions'
import type { ReadModel } from '#projections/read-model'
import { venues } from '#projections/venues'

/** A read model of some row or other: all are stored and folded alike. */
export type AnyReadModel = ReadModel<Readonly<Record<string, unknown>>>

/** The one place where the type of a row is let go: who handles all of them alike never looks into a row. */
const alike = <Row extends object>(model: ReadModel<Row>): AnyReadModel =>
  model as unknown as AnyReadModel

export const allReadModels = (hash: NamesHash): readonly AnyReadModel[] => [
  alike(orders),
  alike(fills),
  alike(positions(hash)),
  alike(ledgers),
  alike(accounts),
  alike(marks),
  alike(instruments),
  alike(decisions),
  alike(venues),
  alike(breaks),
]

/** What every event's definition has: its name, its version, and the codec of its data. */
import * as t from 'io-ts'

/** One type of event. `data` is what is stored; the name and version stand in the metadata. */
export interface Fact<Type extends string = string, Data extends t.Mixed = t.Mixed> {
  readonly type: Type
  readonly version: number
  readonly data: Data
}

/** The event as the domain sees it: its name beside its data. */
export type EventOf<F> =
  F extends Fact<infer Type, infer Data> ? Readonly<{ type: Type } & t.TypeOf<Data>> : never

type Required<R extends t.Props> = t.ExactC<t.TypeC<R>>
type RequiredAndOptional<R extends t.Props, O extends t.Props> = t.ExactC<
  t.IntersectionC<[t.TypeC<R>, t.PartialC<O>]>
>

/** A fact in its first version. Unknown keys are dropped, so that a later optional key does not stop an older reader. */
export function fact<Type extends string, R extends t.Props>(
  type: Type,
  required: R,
): Fact<Type, Required<R>>
export function fact<Type extends string, R extends t.Props, O extends t.Props>(
  type: Type,
  required: R,
  optional: O,
): Fact<Type, RequiredAndOptional<R, O>>
export function fact(type: string, required: t.Props, optional?: t.Props): Fact {
  const data =
    optional === undefined
      ? t.exact(t.type(required), type)
      : t.exact(t.intersection([t.type(required), t.partial(optional)]), type)
  return { type, version: 1, data }
}

/** The shape of every decision about one stream. */
import * as E from 'fp-ts/lib/Either.js'

export type Decision<Event, Rejection> = E.Either<Rejection, readonly Event[]>

export interface Decider<Command, State, Event, Rejection> {
  readonly initialState: State
  readonly decide: (command: Command, state: State) => Decision<Event, Rejection>
  readonly evolve: (state: State, event: Event) => State
}

/** Record these; none: it is so already. */
export const accept = <Event>(...events: readonly Event[]): Decision<Event, never> =>
  E.right(events)
export const reject = <Rejection>(rejection: Rejection): Decision<never, Rejection> =>
  E.left(rejection)

export const fold =
  <State, Event>({
    initialState,
    evolve,
  }: Pick<Decider<never, State, Event, unknown>, 'initialState' | 'evolve'>) =>
  (events: readonly Event[]): State =>
    events.reduce(evolve, initialState)

/** Examples of a decider that read as given, when, then. */
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { type Decider, fold } from '#domain/kernel/decider'

export interface Outcome<State, Event, Rejection> {
  /** Exactly these events are recorded. */
  readonly thenRecorded: (...events: readonly Event[]) => void
  readonly thenNothing: () => void
  readonly thenRejected: (rejection: Rejection) => void
  /** What it leads to, for what is easier said of the state. */
  readonly thenState: (state: Partial<State>) => void
}

/** `given(…events).when(command).thenRecorded(…events)` for one decider. */
export const specify =
  <Command, State, Event, Rejection>(decider: Decider<Command, State, Event, Rejection>) =>
  (...history: readonly Event[]) => ({
    when: (command: Command): Outcome<State, Event, Rejection> => {
      const before = fold(decider)(history)
      const decision = decider.decide(command, before)
      return {
        thenRecorded: (...events) => {
          expect(decision).toStrictEqual(E.right(events))
        },
        thenNothing: () => {
          expect(decision).toStrictEqual(E.right([]))
        },
        thenRejected: (rejection) => {
          expect(decision).toStrictEqual(E.left(rejection))
        },
        thenState: (state) => {
          const events = E.isRight(decision) ? decision.right : []
          expect(events.reduce(decider.evolve, before)).toMatchObject(state as object)
        },
      }
    },
  })

/** One at a time, in the order in which they were asked: a connection does not do two things at once. */

export type InTurn = <A>(work: () => Promise<A>) => Promise<A>

/** What is done by one of these begins when all that came before has ended, well or not. */
export const turns = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}

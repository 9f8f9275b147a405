/** Waiting with an end. */

/** Nobody has answered in time; whether anything was done is not known. */
export class Silence extends Error {
  override readonly name = 'Silence'
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** What comes later than that is not waited for, and does no harm. */
export const inTime = <A>(work: Promise<A>, ms: number): Promise<A> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        reject(new Silence(`EventStoreDB did not answer within ${String(Math.ceil(ms))} ms`))
      },
      Math.max(ms, 1),
    )
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
    })
  })

/** Waiting with an end. */

/** Nobody has answered in time; whether anything was done is not known. */
export class Silence extends Error {
  override readonly name = 'Silence'
}
/** It has answered, and left out what it has: asked again, it may do better. */
export class CutShort extends Error {
  override readonly name = 'CutShort'
  readonly type = 'cut-short'
}
const silence = 'EventStoreDB did not answer within'
/** Of two reasons the one that says more: that there was no answer is the least that can be said. */
export const tellingOf = (earlier: string | undefined, later: string): string =>
  earlier !== undefined && later.startsWith(silence) ? earlier : later

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** Lets what is on its way inside this process arrive. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/** What comes later than that is not waited for, and does no harm. */
export const inTime = <A>(work: Promise<A>, ms: number): Promise<A> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        reject(new Silence(`${silence} ${String(Math.ceil(ms))} ms`))
      },
      Math.max(ms, 1),
    )
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
    })
  })

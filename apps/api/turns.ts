/** Lets one after another: who comes under a name waits until all that came before under it are done. */
export type InTurn = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>

export const turns = (): InTurn => {
  /** The last of each name; it never rejects. */
  const last = new Map<string, Promise<void>>()
  return async (name, work) => {
    const before = last.get(name)
    const ours = before === undefined ? work() : before.then(work)
    const done = ours.then(nothing, nothing)
    last.set(name, done)
    try {
      return await ours
    } finally {
      if (last.get(name) === done) last.delete(name)
    }
  }
}
const nothing = (): void => undefined

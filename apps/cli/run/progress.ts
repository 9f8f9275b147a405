/** Which app has come how far, as they say themselves, told so that a person can follow it. */

interface Said {
  readonly state: string
  readonly detail?: string
}
const isSaid = (u: unknown): u is Said =>
  typeof u === 'object' && u !== null && 'state' in u && typeof u.state === 'string'

export class Progress {
  readonly #said = new Map<string, Said>()
  readonly #restarted = new Set<string>()
  readonly #say: (sentence: string) => void
  readonly #ready: (app: string) => void

  constructor(say: (sentence: string) => void, ready: (app: string) => void) {
    this.#say = say
    this.#ready = ready
  }

  /** `isReady`: it was started when it was ready, and says nothing more. */
  readonly started = (app: string, isReady: boolean): void => {
    if (this.#said.has(app)) this.#restarted.add(app)
    this.#said.set(app, { state: 'starting' })
    if (isReady) this.hear(app, { state: 'ready' })
  }

  readonly hear = (app: string, message: unknown): void => {
    if (!isSaid(message)) return
    this.#said.set(app, message)
    if (message.state !== 'ready') return
    this.#ready(app)
    if (this.#restarted.delete(app)) this.#say(`${app} is ready again.`)
  }

  /** Who is not ready, and what for; empty when all are. */
  readonly missing = (): string => {
    const waiting = new Map<string, string[]>()
    for (const [app, { state, detail = state }] of this.#said) {
      if (state !== 'ready') waiting.set(detail, [...(waiting.get(detail) ?? []), app])
    }
    return [...waiting].map(([detail, names]) => `${together(names)} (${detail})`).join(', ')
  }
}

const together = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`

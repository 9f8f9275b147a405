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
  readonly missing = (): string =>
    [...this.#said]
      .filter(([, { state }]) => state !== 'ready')
      .map(([app, { state, detail }]) => `${app} (${detail ?? state})`)
      .join(', ')
}

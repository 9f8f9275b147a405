/** Which app has come how far, as they say themselves, told so that a person can follow it. */

interface Said {
  readonly state: string
  readonly detail?: string
}
const isSaid = (u: unknown): u is Said =>
  typeof u === 'object' && u !== null && 'state' in u && typeof u.state === 'string'

const aboutStores = /\b(log|database)\b/

export class Progress {
  readonly #said = new Map<string, Said>()
  readonly #restarted = new Set<string>()
  readonly #wereReady = new Set<string>()
  /** Who waits for what all of them share, by the reason. */
  readonly #away = new Map<string, Set<string>>()
  readonly #say: (sentence: string) => void
  readonly #ready: (app: string) => void

  constructor(say: (sentence: string) => void, ready: (app: string) => void) {
    this.#say = say
    this.#ready = ready
  }

  /** `isReady`: it was started when it was ready, and says nothing more. */
  readonly started = (app: string, isReady: boolean): void => {
    if (this.#said.has(app)) this.#restarted.add(app)
    this.#wereReady.delete(app)
    for (const [reason, apps] of this.#away) {
      if (apps.delete(app) && apps.size === 0) this.#away.delete(reason)
    }
    this.#said.set(app, { state: 'starting' })
    if (isReady) this.hear(app, { state: 'ready' })
  }

  readonly hear = (app: string, message: unknown): void => {
    if (!isSaid(message)) return
    this.#said.set(app, message)
    this.#tellOfStores(app, message)
    if (message.state !== 'ready') return
    this.#ready(app)
    this.#wereReady.add(app)
    if (this.#restarted.delete(app)) this.#say(`${app} is ready again.`)
  }

  /** A log or database that goes away while all is well is told once, and so is its return. */
  readonly #tellOfStores = (app: string, { state, detail = '' }: Said): void => {
    const [reason = ''] = detail.split(':', 1)
    const waitsFor = state === 'waiting' && aboutStores.test(reason) ? reason : undefined
    for (const [known, apps] of this.#away) {
      if (known !== waitsFor && apps.delete(app) && apps.size === 0) {
        this.#away.delete(known)
        this.#say(`No app waits any more because ${known}.`)
      }
    }
    if (waitsFor === undefined || !this.#wereReady.has(app)) return
    const apps = this.#away.get(waitsFor)
    if (apps === undefined) this.#say(`${app} waits: ${detail}. It is tried again by itself.`)
    this.#away.set(waitsFor, (apps ?? new Set()).add(app))
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

/** What was dealt with lately, so that hearing it again does not mean reading a stream again. Only that: the log decides. */

export class Recent {
  readonly #keys = new Set<string>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  add(key: string): void {
    this.#keys.add(key)
    if (this.#keys.size <= this.#most) return
    // A Set goes through its keys in the order of their insertion: the first is the oldest.
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest)
      return
    }
  }
}

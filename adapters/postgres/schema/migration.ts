/** One step from an empty database to today's; written once, never edited. */

export interface Migration {
  /** Unique and for ever. */
  readonly name: string
  readonly sql: string
}

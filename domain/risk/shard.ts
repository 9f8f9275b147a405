/** Which guard decides which book, where several share the work. */
import type { Hash } from '#domain/kernel/ids'
import type { BookId } from '#schemas/values/ids'

/** The first of one: everything. */
export interface Shard {
  /** From 1. */
  readonly part: number
  readonly of: number
}
export const whole: Shard = { part: 1, of: 1 }

/** Hexadecimal digits of the hash that count: few enough for an exact number, many enough to be even. */
const digits = 8

/**
 * By the book's name alone, so that every guard of so many finds the same part, today and after any restart. Two
 * guards that share a book, because they count otherwise, do no harm: the store takes the decisions of one.
 */
export const isOf = ({ part, of }: Shard, book: BookId, hash: Hash): boolean =>
  of === 1 || (Number.parseInt(hash(book).slice(0, digits), 16) % of) + 1 === part

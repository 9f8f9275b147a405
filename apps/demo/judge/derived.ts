/**
 * P6 and I8: every decision and ruling derived again from the log alone. This one is not independent: it runs the
 * guard's own rules, by the version that each decision names, over the very texts that stand in the log.
 */
import * as E from 'fp-ts/lib/Either.js'
import { derivation, type Verdict } from '#domain/risk/derive'
import type { StoredEvent } from '#schemas/envelope'
import { decodeStored } from '#schemas/stored'
import type { BookId } from '#schemas/values/ids'
import { type Finding, finding } from './finding.ts'

export const derivedFinding = (stored: readonly StoredEvent[]): Finding => {
  const books = new Map<string, ReturnType<typeof derivation>>()
  for (const { type, stream } of stored)
    if (type === 'BookOpened') {
      const book = stream.slice('risk-'.length) as BookId
      books.set(book, derivation(book))
    }
  const wrong: string[] = []
  let examined = 0
  for (const event of stored) {
    const decoded = decodeStored(event)
    const name = `${event.type} at ${String(event.position)}`
    if (E.isLeft(decoded)) {
      wrong.push(`${name} cannot be read: ${decoded.left.detail}`)
      continue
    }
    for (const { apply } of books.values()) {
      const derived = apply(decoded.right)
      if (derived === undefined) continue
      examined += 1
      const fault = faultOf(derived.verdict)
      if (fault !== undefined) wrong.push(`${name}: ${fault}`)
    }
  }
  const says = 'every decision follows again from the log, by the rules that it names'
  return finding('I8', says, examined, wrong)
}

const faultOf = (verdict: Verdict): string | undefined => {
  switch (verdict._tag) {
    case 'Same':
      return undefined
    case 'Different':
      return `derived again it has another ${verdict.fields.join(', ')}`
    case 'NothingToDecide':
      return 'there was nothing to decide'
    case 'NotAllowed':
      return `it was not allowed: ${verdict.rejection._tag}`
    case 'OtherBasis':
      return `its basis is not there: ${String(verdict.count)} events were`
    case 'OtherRules':
      return `its rules ${String(verdict.rules)} are not known`
    case 'WithoutKillSwitch':
      return 'the kill switch that it names does not follow it'
  }
}

/** What somebody is told who may not do by himself what he asks for, and what he may do instead. */
import type { Fault } from './faults.ts'

export const secondPersonText = ({
  person,
  did,
  to,
  among,
}: Extract<Fault, { readonly _tag: 'SecondPersonNeeded' }>): string =>
  [
    `${person} ${did}, so that somebody else has to ${to}.`,
    'Persons are compared: another key of the same person does not help.',
    ...(among === undefined
      ? []
      : [`Of those that stand there ${person} engaged ${some(among.own)}.`]),
    ...(among === undefined || among.others.length === 0
      ? []
      : [`Name the others by id, one a request: ${some(among.others)}.`]),
  ].join(' ')

const someMax = 10
const some = (names: readonly string[]): string =>
  names.slice(0, someMax).join(', ') +
  (names.length > someMax ? ` and ${String(names.length - someMax)} more` : '')

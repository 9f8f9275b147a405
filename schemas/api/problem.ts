/** What a refused request is answered with: RFC 9457, application/problem+json. */
import * as t from 'io-ts'
import { problemCodes } from '#schemas/codes'

/** Which part of the request is wrong (RFC 6901), and why, in a sentence. */
export const FieldProblem = t.strict({ pointer: t.string, detail: t.string }, 'FieldProblem')
export type FieldProblem = Readonly<t.TypeOf<typeof FieldProblem>>

const code = Object.fromEntries(problemCodes.map((name) => [name, null])) as Record<
  (typeof problemCodes)[number],
  null
>
export const Problem = t.exact(
  t.intersection([
    t.type({
      type: t.string,
      title: t.string,
      status: t.number,
      detail: t.string,
      code: t.keyof(code),
      requestId: t.string,
    }),
    t.partial({ errors: t.readonlyArray(FieldProblem) }),
  ]),
  'Problem',
)
export type Problem = Readonly<t.TypeOf<typeof Problem>>

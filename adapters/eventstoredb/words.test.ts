import { expect, test } from 'vitest'
import { clientFailure } from './failure.ts'

const said = (message: string) =>
  clientFailure(Object.assign(new Error(message), { type: 'unavailable' }))

test.each([
  [
    '14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:2113. Resolution note: ',
    'connect ECONNREFUSED 127.0.0.1:2113. Nobody answers there: is EventStoreDB running, and are host and port in the address right?',
  ],
  [
    '14 UNAVAILABLE: Name resolution failed for target dns:nowhere.example:2113',
    'Name resolution failed for target dns:nowhere.example:2113. Nobody answers there: is EventStoreDB running, and are host and port in the address right?',
  ],
  ['14 UNAVAILABLE: Connection dropped', 'Connection dropped'],
])('what the client says in its own way is said in ours: %s', (message, detail) => {
  expect(said(message)).toStrictEqual({ _tag: 'lost', detail })
})

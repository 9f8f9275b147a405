import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { expect, test } from 'vitest'
import { isStray } from './stray.ts'

test('what is thrown inside the client is known by where it comes from', async () => {
  const client = EventStoreDBClient.connectionString('esdb://127.0.0.1:1?tls=false')
  const thrown = await client
    .appendToStream('a', jsonEvent({ type: 'a', data: {} }), { deadline: 100 })
    .catch((e: unknown) => e)
  // An error of gRPC's own says in its stack who has called.
  expect(isStray(thrown)).toBe(true)
  expect(isStray(new Error('of ours'))).toBe(false)
  expect(isStray('not even an error')).toBe(false)
  await client.dispose()
})

import { expect, test } from 'vitest'
import { openStage } from '#apps/risk-guard/testing/stage'
import { derivation } from '#domain/risk/derive'
import { amendAsked, amendmentIdOf, amendRefused } from '#domain/risk/testing/amend-words'
import { accepted, btc, main, quantity, submitted } from '#domain/risk/testing/words'

test('amendments are decided in log order with orders, in one batch, each once, and answer who asked', async () => {
  const stage = await openStage({ maxPosition: { [btc]: quantity('1') } })
  const guard = stage.guard()
  const of = (size: string) => ({ at: '64000', quantity: size })
  await stage.ask(1, of('0.4'))
  await guard.read()
  await stage.write(submitted(1, of('0.4')))
  await stage.write(accepted(1))
  await stage.write(amendAsked(1, of('0.7')))
  await stage.ask(2, of('0.3'))
  await stage.ask(3, of('0.1'))
  await stage.write(amendAsked(1, of('0.8'), 2))
  await stage.write(amendRefused(1, 3))
  await guard.read()
  await guard.read()
  const events = await stage.events()
  const decided = events.flatMap(({ event }) =>
    'amendmentId' in event && event.type.startsWith('Amend')
      ? [`${event.type} ${event.amendmentId}`]
      : 'orderId' in event && /^Order(Approved|Denied)$/.test(event.type)
        ? [event.type]
        : [],
  )
  expect(decided).toStrictEqual([
    'OrderApproved',
    `AmendApproved ${amendmentIdOf(1)}`,
    'OrderApproved',
    'OrderDenied',
    `AmendDenied ${amendmentIdOf(1, 2)}`,
  ])
  const asked = events.find(({ event }) => event.type === 'OrderAmendRequested')
  const approval = events.find(({ event }) => event.type === 'AmendApproved')
  expect(approval?.metadata.causationId).toBe(asked?.metadata.id)
  const { apply } = derivation(main)
  const verdicts = events.flatMap((recorded) => apply(recorded)?.verdict ?? [])
  expect(verdicts.filter(({ _tag }) => _tag !== 'Same')).toStrictEqual([])
})

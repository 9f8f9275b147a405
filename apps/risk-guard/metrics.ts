/** What an operator can see of the guard. */
import { Counter, type Registry } from 'prom-client'
import type { Entry } from '#domain/risk/standing'
import type { ProposedEvent } from '#schemas/envelope'

export interface GuardMetrics {
  readonly decided: (events: readonly ProposedEvent<Entry>[]) => void
  readonly conflicted: () => void
}

export const guardMetrics = (registry: Registry): GuardMetrics => {
  const registers = [registry]
  const decisions = new Counter({
    name: 'daybook_risk_decisions_total',
    help: 'Orders decided, by outcome and, where denied, by the reason.',
    labelNames: ['outcome', 'reason'],
    registers,
  })
  const rulings = new Counter({
    name: 'daybook_risk_rulings_total',
    help: "Requests on a book's control that were ruled on, by outcome and, where refused, by the reason.",
    labelNames: ['outcome', 'reason'],
    registers,
  })
  const conflicts = new Counter({
    name: 'daybook_risk_conflicts_total',
    help: 'Batches that were decided again because somebody wrote to the book first.',
    registers,
  })
  return {
    decided: (events) => {
      for (const { event } of events) {
        if (event.type === 'OrderApproved') decisions.inc({ outcome: 'approved', reason: '' })
        if (event.type === 'OrderDenied')
          decisions.inc({ outcome: 'denied', reason: event.reason.code })
        if (event.type === 'RiskLimitsSet') rulings.inc({ outcome: 'limitsSet', reason: '' })
        if (event.type === 'KillSwitchReleased') rulings.inc({ outcome: 'released', reason: '' })
        if (event.type === 'ControlRefused')
          rulings.inc({ outcome: 'refused', reason: event.reason.code })
      }
    },
    conflicted: () => conflicts.inc(),
  }
}

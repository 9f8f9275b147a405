/** What an operator can see of the guard. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
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
        if (event.type === 'OrderApproved' || event.type === 'AmendApproved')
          decisions.inc({ outcome: 'approved', reason: '' })
        if (event.type === 'OrderDenied' || event.type === 'AmendDenied')
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

/** What is known of the snapshot that the guard began from. Nothing to begin from leaves nothing to doubt. */
export type Trust = 'verified' | 'unverified' | 'wrong'
export interface SnapshotMetrics {
  readonly verified: (trust: Trust) => void
  /** How long deciding stood still for a snapshot. */
  readonly paused: (ms: number) => void
}
const trusts: Readonly<Record<Trust, number>> = { verified: 1, unverified: 0, wrong: -1 }

export const snapshotMetrics = (registry: Registry): SnapshotMetrics => {
  const registers = [registry]
  const verified = new Gauge({
    name: 'daybook_risk_snapshot_verified',
    help: '1: what the guard began from is what the whole log comes to; 0: not known yet; -1: it is not, and nothing is decided.',
    registers,
  })
  const pauses = new Histogram({
    name: 'daybook_risk_snapshot_pause_seconds',
    help: 'How long deciding stood still for each snapshot that was taken.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  })
  return {
    verified: (trust) => verified.set(trusts[trust]),
    paused: (ms) => pauses.observe(ms / 1000),
  }
}

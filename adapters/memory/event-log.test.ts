import { eventLogContract } from '#adapters/testing/event-log.contract'
import { eventLogEndurance } from '#adapters/testing/event-log.endurance'
import { memoryEventLog } from './event-log.ts'

const log = memoryEventLog()
eventLogContract(() => log, { runs: 60, isDense: true })
eventLogEndurance(() => log, { many: 5_000 })

import { eventLogContract } from '#adapters/testing/event-log.contract'
import { memoryEventLog } from './event-log.ts'

const log = memoryEventLog()
eventLogContract(() => log, { runs: 60, isDense: true })

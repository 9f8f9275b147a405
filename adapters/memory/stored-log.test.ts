import { storedLogContract } from '#adapters/testing/stored-log.contract'
import { memoryEventLog } from './event-log.ts'

const log = memoryEventLog()
storedLogContract(() => log, 100)

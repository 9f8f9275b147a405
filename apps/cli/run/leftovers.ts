/** What a killed run may have left behind: apps that were frozen, and so never noticed that it is gone. */
import type { LedgerFile } from './data-folder.ts'
import { stillRuns } from './lock.ts'

const patienceMs = 5_000
const stepMs = 20

/** Ends them; what they were doing is on the log, and nothing else counts. Answers who they were. */
export const clearLeftovers = async (
  file: LedgerFile | undefined,
  pause: (ms: number) => Promise<void>,
): Promise<readonly string[]> => {
  const left = (file?.processes ?? []).filter((mark) => mark.pid !== process.pid && stillRuns(mark))
  for (const { pid } of left) kill(pid)
  for (let waited = 0; left.some(stillRuns) && waited < patienceMs; waited += stepMs) {
    await pause(stepMs)
  }
  return left.map(({ name }) => name)
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

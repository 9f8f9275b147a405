/** What is said over a line in one turn of the process goes out in one write. */
import type { Socket } from 'node:net'

/** To be called before each writing. Nobody else is heard before the turn is over, so nothing can come in between. */
export const togetherOn = (socket: Socket): (() => void) => {
  let isCorked = false
  const uncork = (): void => {
    isCorked = false
    socket.uncork()
  }
  return () => {
    if (isCorked) return
    isCorked = true
    socket.cork()
    process.nextTick(uncork)
  }
}

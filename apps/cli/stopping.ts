/** Being told to stop in the middle of something long. */

/** Ctrl-C ends it after what is under way; a second one at once. */
export const stopping = () => {
  const told = new AbortController()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const stop = (): void => {
    if (told.signal.aborted) process.exit(1)
    told.abort()
  }
  for (const signal of signals) process.on(signal, stop)
  return {
    signal: told.signal,
    forget: () => {
      for (const signal of signals) process.off(signal, stop)
    },
  }
}

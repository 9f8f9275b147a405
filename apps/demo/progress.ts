/** How far the trading is, on one line of a terminal, or every ten seconds where there is none. */
export interface Progress {
  readonly stop: () => void
}

export const progress = (wanted: number, count: () => number): Progress => {
  const begun = Date.now()
  const { stderr } = process
  const show = (): void => {
    const seconds = ((Date.now() - begun) / 1000).toFixed(0)
    const line = `${String(count())} orders, ${seconds} s (at least ${String(wanted)})`
    stderr.write(stderr.isTTY ? `\r${line} ` : `${line}\n`)
  }
  const timer = setInterval(show, stderr.isTTY ? 500 : 10_000)
  return {
    stop: () => {
      clearInterval(timer)
      show()
      if (stderr.isTTY) stderr.write('\n')
    },
  }
}

/** One line that changes while something goes on: in place on a terminal, else a line every few seconds. */
export interface LiveLine {
  readonly show: (line: () => string) => void
  readonly close: () => void
}

const [terminalMs, otherwiseMs] = [200, 5_000]

export const liveLine = (
  err: (text: string) => void,
  isTerminal = process.stderr.isTTY === true,
): LiveLine => {
  let [shownAt, width] = [performance.now(), 0]
  return {
    show: (line) => {
      const now = performance.now()
      if (now - shownAt < (isTerminal ? terminalMs : otherwiseMs)) return
      shownAt = now
      const text = line()
      err(isTerminal ? `\r${text.padEnd(width)}` : `${text}\n`)
      width = isTerminal ? text.length : 0
    },
    close: () => {
      if (width > 0) err(`\r${' '.repeat(width)}\r`)
    },
  }
}

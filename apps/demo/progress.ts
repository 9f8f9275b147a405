/** How far the script is, on one line of a terminal, or every hundred orders where there is none. */
export const progress = (all: number): ((done: number) => void) => {
  const begun = Date.now()
  return (done) => {
    const seconds = ((Date.now() - begun) / 1000).toFixed(0)
    const line = `${String(done)} of ${String(all)} orders, ${seconds} s`
    if (process.stderr.isTTY) process.stderr.write(`\r${line}${done === all ? '\n' : ''}`)
    else if (done % 100 === 0 || done === all) process.stderr.write(`${line}\n`)
  }
}

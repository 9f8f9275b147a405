/** Where a command speaks: data to standard output, everything else to standard error. */
export interface Screen {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly bold: (text: string) => string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** How the user called this program, for examples that can be pasted. */
  readonly calledAs: string
}

/** A screen, and the exit code that the command ends with. */
export interface Terminal extends Screen {
  readonly finish: (code: number) => void
}

export const processTerminal = (calledAs: string): Screen => {
  // Whoever reads us may stop reading (`| head`); that is no failure of ours.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    bold: (text) => (coloured(process.stdout.isTTY) ? `\u001B[1m${text}\u001B[22m` : text),
    environment: process.env,
    calledAs,
  }
}

/** https://no-color.org: any value that is not empty. */
const coloured = (isTerminal: boolean | undefined): boolean =>
  isTerminal === true && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb'

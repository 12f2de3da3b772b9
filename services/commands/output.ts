/** One result: JSON on a line for machines, a sentence for people. */
export function print(json: boolean | undefined, value: unknown, sentence: string): void {
  process.stdout.write(json === true ? `${JSON.stringify(value)}\n` : `${sentence}\n`)
}

/** A line on standard error that is written over while long work goes on, on a terminal only; without arguments it ends. */
export function progressLine(label: string): (done?: number, of?: number) => void {
  return (done, of) => {
    if (!process.stderr.isTTY) return
    process.stderr.write(
      done === undefined ? '\r\x1b[K' : `\r\x1b[K${label} ${done}${of === undefined ? '' : ` of ${of}`}`,
    )
  }
}

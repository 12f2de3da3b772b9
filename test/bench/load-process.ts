import { fork } from 'node:child_process'
import type { Job, Report } from './load.ts'
import type { Sample } from './sample.ts'

/** The load generator: a process of its own, so that the bench's work and the load do not wait for each other. */
export type LoadProcess = {
  readonly run: (job: Job) => Promise<Sample>
  readonly stop: () => void
}

export function startLoad(): LoadProcess {
  const child = fork(new URL('./load.ts', import.meta.url), { serialization: 'advanced' })
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const gone = () => reject(new Error('the load generator ended'))
        child.once('exit', gone)
        child.once('message', (report: Report) => {
          child.off('exit', gone)
          if ('sample' in report) resolve(report.sample)
          else reject(new Error(`${job.kind}, ${job.inFlight} in flight: ${report.error}`))
        })
        child.send(job)
      }),
    stop: () => child.disconnect(),
  }
}

import { fork } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from './cluster.ts'
import { buildHouse, type House } from './house.ts'
import { writeXArchive } from './import-archive.ts'
import type { ImportDone, ImportJob } from './import-process.ts'
import type { Opened, Sample } from './sample.ts'

const tweets = { full: 100_000, quick: 1_000 }

/** `liggare import` of an X archive into a controller that has nothing yet: each round another one. */
export async function importing(cluster: Cluster, isQuick: boolean): Promise<Opened> {
  const house = await buildHouse(cluster, 'import', 3, 'x')
  const file = join(cluster.folder, 'x.zip')
  await writeXArchive(file, isQuick ? tweets.quick : tweets.full)
  const left = house.targets.slice(1)
  return {
    measurements: [
      {
        name: 'import/x-archive',
        contender: 'import',
        load: 'import',
        databases: house.databases,
        // The archive's length decides how long it takes.
        run: async () => sampleOf(await imported(house, file, left.shift())),
      },
    ],
    note: `import: ${isQuick ? tweets.quick : tweets.full} tweets in a zip of ${Math.round(statSync(file).size / 1e6)} MB`,
    close: () => {},
  }
}

function imported(house: House, file: string, target: House['targets'][0] | undefined): Promise<ImportDone> {
  if (target === undefined) throw new Error('a round has no controller left')
  const child = fork(new URL('./import-process.ts', import.meta.url))
  const job: ImportJob = { file, slug: target.slug, channel: target.channel, environment: house.environment }
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the import ended'))
    child.once('exit', gone)
    child.once('message', (done: ImportDone) => {
      child.off('exit', gone)
      resolve(done)
    })
    child.send(job)
  })
}

function sampleOf({ recorded, seconds, peakMb }: ImportDone): Sample {
  return { events: recorded, written: recorded, seconds, latencies: new Float64Array(), busy: 0, peakMb }
}

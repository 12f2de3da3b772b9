import { parentPort, workerData } from 'node:worker_threads'
import { openPool } from '../db/connect.ts'
import { withController } from '../db/transaction.ts'
import { findings } from './verify-finding.ts'
import { readParts } from './verify-parts.ts'
import type { PartsRequest, PartsSetting } from './verify-parts-thread.ts'

// A thread of its own: half of the work of verifying is hashing contents, and it shares nothing with the other half.
const { url, controller, sealed } = workerData as PartsSetting
const pool = openPool(url, { role: 'verify', max: 1, applicationName: 'liggare verify', statementTimeout: 0 })

parentPort?.on('message', ({ from, to }: PartsRequest) => {
  const found = findings()
  withController(pool, controller, async (tx) => {
    await tx.query('set local jit = off')
    return readParts(tx, controller, from, to, sealed, found.report)
  }).then(
    ({ bytes, ends, unsealed }) =>
      parentPort?.postMessage({ bytes, ends, unsealed, findings: found.list, count: found.count() }, [
        bytes.buffer as ArrayBuffer,
        ends.buffer as ArrayBuffer,
      ]),
    (error: unknown) => parentPort?.postMessage({ error }),
  )
})

import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { stampedText } from '../ledger/checkpoints-evidence.ts'
import { leafHash } from '../ledger/tree/hash.ts'
import { verifyInclusion } from '../ledger/tree/merkle.ts'
import { parseProof } from '../ledger/tree/proof.ts'
import { verifyTimestamp } from '../ledger/tree/timestamp.ts'
import { DomainError } from '../platform/errors.ts'
import { print } from './output.ts'
import { checkNote, verifyPackage } from './verify-package.ts'
import { type OfflineOptions, type OfflineReport, type Trust, trustOf } from './verify-trust.ts'

/** Checks what somebody holds in their hands, with no database and no network. Exit code 1 unless all of it is proved. */
export async function verifyOffline(path: string, options: OfflineOptions): Promise<void> {
  const report = await checkOffline(path, options)
  const lines = [
    ...report.checked.map((it) => `  checked: ${it}`),
    ...report.findings.map((it) => `  ${it}`),
    report.findings.length === 0 ? 'everything is as it was signed' : `${report.findings.length} findings`,
  ]
  print(options.json, report, lines.join('\n'))
  if (report.findings.length > 0) process.exitCode = 1
}

export async function checkOffline(path: string, options: OfflineOptions): Promise<OfflineReport> {
  const trust = trustOf(options)
  if ((await found(path)).isDirectory()) return verifyPackage(path, trust)
  const head = await readFile(path)
  if (head.subarray(0, 2).toString('latin1') === 'PK') return verifyPackage(path, trust)
  const isProof = head.subarray(0, 22).toString('latin1').startsWith('c2sp.org/tlog-proof@v1')
  return isProof ? verifyProofFile(head, trust, options) : verifyCheckpointFile(head, trust, options)
}

async function verifyCheckpointFile(
  note: Buffer,
  trust: Trust,
  options: OfflineOptions,
): Promise<OfflineReport> {
  const findings: string[] = []
  const checked: string[] = []
  checkNote(note, undefined, trust, findings, checked)
  if (options.timestamp !== undefined) {
    const digest = createHash('sha256').update(stampedText(note)).digest()
    const response = await readFile(options.timestamp)
    try {
      const { time } = verifyTimestamp(response, { digest, nonce: null, authorities: trust.authorities })
      checked.push(`the time stamp: it stood on ${time.toISOString()}`)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      findings.push(error.message)
    }
  }
  return { kind: 'checkpoint', checked, findings }
}

function verifyProofFile(bytes: Buffer, trust: Trust, { entry }: OfflineOptions): OfflineReport {
  const findings: string[] = []
  const checked: string[] = []
  const proof = parseProof(bytes)
  const root = checkNote(proof.checkpoint, undefined, trust, findings, checked)
  const size = Number(proof.checkpoint.toString('utf8').split('\n')[1])
  if (entry === undefined || !/^[0-9a-f]{64}$/.test(entry)) {
    findings.push('Of which entry? Give its 32 bytes in hexadecimal with --entry')
  } else if (root !== undefined) {
    const leaf = leafHash(Buffer.from(entry, 'hex'))
    if (verifyInclusion(leaf, proof.index, size, root, proof.path))
      checked.push(`the entry at position ${proof.index}`)
    else findings.push(`The entry is not at position ${proof.index} of the log that was signed`)
  }
  return { kind: 'proof', checked, findings }
}

async function found(path: string) {
  try {
    return await stat(path)
  } catch (cause) {
    throw new DomainError('not-found', `${path} cannot be read`, { cause })
  }
}

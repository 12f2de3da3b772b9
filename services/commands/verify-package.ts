import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { openCheckpoint, parseCheckpoint } from '../ledger/tree/checkpoint.ts'
import { leafHash } from '../ledger/tree/hash.ts'
import { verifyInclusion } from '../ledger/tree/merkle.ts'
import { knownSigners, type NoteVerifier, parseNote } from '../ledger/tree/note.ts'
import { DomainError } from '../platform/errors.ts'
import { isArchive, openArchive } from '../sources/archive-open.ts'
import type { OfflineReport, Trust } from './verify-trust.ts'

const FileDigest = z.object({ name: z.string(), bytes: z.int(), digest: z.string() })
/** What of a manifest is checked; the access answer writes more (services/access/package.ts). */
const Manifest = z.object({
  format: z.templateLiteral(['liggare/access-manifest/v', z.int()]),
  position: z.string(),
  checkpoint: z.object({ size: z.int(), note: z.string() }).optional(),
  files: z.array(FileDigest),
})
type Manifest = z.infer<typeof Manifest>

const ProofLine = z.object({
  record: z.union([z.int(), z.string()]),
  position: z.string(),
  entry: z.base64(),
  path: z.array(z.base64()),
})

/** A member of the package; `open` may be called again. */
type Member = { readonly name: string; readonly open: () => AsyncIterable<Uint8Array> }
type Members = { readonly list: readonly Member[]; readonly close: () => void }

/**
 * Checks an access answer, as a zip or as a folder, without any database: that its files are those of its manifest, and that
 * each record it proves stands in the log that was signed.
 */
export async function verifyPackage(path: string, trust: Trust): Promise<OfflineReport> {
  const members = await membersOf(path)
  const findings: string[] = []
  const checked: string[] = []
  try {
    const file = members.list.find(({ name }) => name === 'manifest.json')
    if (file === undefined)
      throw new DomainError('source-malformed', 'There is no manifest.json in the package.')
    const manifest = manifestOf(await textOf(file))
    await checkFiles(members.list, manifest, findings)
    checked.push(`${manifest.files.length} files against the manifest`)
    const { checkpoint } = manifest
    if (checkpoint === undefined) {
      findings.push('The package names no checkpoint: nothing had been signed when it was made')
    } else {
      const root = checkNote(Buffer.from(checkpoint.note), checkpoint.size, trust, findings, checked)
      const proofs = members.list.find(({ name }) => name === 'proofs.ndjson')
      if (root === undefined || proofs === undefined)
        findings.push('The package has no proofs that could be checked')
      else
        checked.push(
          `${await checkProofs(proofs, checkpoint.size, root, findings)} proofs against the checkpoint`,
        )
    }
  } finally {
    members.close()
  }
  return { kind: 'access-answer', checked, findings }
}

function manifestOf(text: string): Manifest {
  const parsed = Manifest.safeParse(jsonOf(text))
  if (!parsed.success) throw new DomainError('source-malformed', 'manifest.json is none of an access answer.')
  return parsed.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function checkFiles(members: readonly Member[], manifest: Manifest, findings: string[]): Promise<void> {
  const listed = new Map(manifest.files.map((it) => [it.name, it]))
  for (const { name, open } of members) {
    if (name === 'manifest.json') continue
    const expected = listed.get(name)
    listed.delete(name)
    if (expected === undefined) {
      findings.push('A file stands in the package that the manifest does not list')
      continue
    }
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of open()) {
      hash.update(chunk)
      bytes += chunk.length
    }
    if (bytes !== expected.bytes || `sha256:${hash.digest('hex')}` !== expected.digest) {
      findings.push(`${name} is not the file that the manifest lists`)
    }
  }
  for (const name of listed.keys()) findings.push(`${name} is missing`)
}

/** The root that the note states, undefined if it is no checkpoint; whether a key that is believed signed it is a finding. */
export function checkNote(
  bytes: Buffer,
  size: number | undefined,
  trust: Trust,
  findings: string[],
  checked: string[],
): Buffer | undefined {
  try {
    const note = parseNote(bytes)
    const stated = parseCheckpoint(note.text)
    if (size !== undefined && stated.size !== size)
      findings.push('The checkpoint is of another size than is said of it')
    checkSignatures(bytes, stated.origin, trust, findings, checked)
    if (trust.witnesses.length > 0) {
      const signed = knownSigners(note, trust.witnesses)
      checked.push(`cosignatures of ${signed.map(({ name }) => name).join(', ') || 'no witness'}`)
      if (signed.length < trust.quorum)
        findings.push(`${signed.length} of ${trust.quorum} witnesses cosigned the checkpoint`)
    }
    return stated.root
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    findings.push(`The checkpoint is refused. ${error.message}`)
    return undefined
  }
}

function checkSignatures(
  bytes: Buffer,
  origin: string,
  { logKeys }: Trust,
  findings: string[],
  checked: string[],
): void {
  if (logKeys.length === 0) {
    findings.push(
      "The checkpoint's signature is unchecked: give the log's key, as the public diary has it, with --key",
    )
    return
  }
  // A log's key bears the log's name: a checkpoint of any other log is refused with it.
  const own = logKeys.filter((key: NoteVerifier) => key.name === origin)
  const { checkpoint } = openCheckpoint(bytes, origin, own.length > 0 ? own : logKeys)
  checked.push(`the log's signature of the checkpoint of ${checkpoint.size} events`)
}

async function checkProofs(proofs: Member, size: number, root: Buffer, findings: string[]): Promise<number> {
  let count = 0
  for await (const line of createInterface({ input: Readable.from(proofs.open()) })) {
    count += 1
    const proof = ProofLine.safeParse(jsonOf(line))
    if (!proof.success) {
      findings.push(`Line ${count} of the proofs cannot be read`)
      continue
    }
    const { record, position, entry, path } = proof.data
    const leaf = leafHash(Buffer.from(entry, 'base64'))
    const siblings = path.map((hash) => Buffer.from(hash, 'base64'))
    if (!verifyInclusion(leaf, Number(position), size, root, siblings)) {
      findings.push(`Record ${record} is not at position ${position} of the log that was signed`)
    }
  }
  return count
}

async function textOf({ open }: Member): Promise<string> {
  return Buffer.concat(await Array.fromAsync(open())).toString()
}

async function membersOf(path: string): Promise<Members> {
  if ((await stat(path)).isDirectory()) {
    const names = await readdir(path)
    return {
      list: names.sort().map((name) => ({ name, open: () => createReadStream(join(path, name)) })),
      close: () => {},
    }
  }
  if (!(await isArchive(path)))
    throw new DomainError('source-malformed', 'The package is neither a folder nor a zip.')
  const archive = await openArchive(path)
  return {
    list: archive.members.map((member) => ({
      name: member.path,
      open: async function* () {
        for await (const file of archive.files((name) => name === member.path)) yield* file.open()
      },
    })),
    close: archive.close,
  }
}

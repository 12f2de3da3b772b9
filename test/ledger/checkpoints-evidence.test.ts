import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkpointHtml, checkpointPage } from '../../services/commands/checkpoint-page.ts'
import { checkOffline } from '../../services/commands/verify-offline.ts'
import { pdfOf } from '../../services/documents/pdf.ts'
import { gatherEvidence } from '../../services/jobs/evidence.ts'
import { makeCheckpoint, type SignerDeps } from '../../services/ledger/checkpoints.ts'
import {
  askAuthority,
  askWitness,
  checkEvidence,
  witnessesOf,
} from '../../services/ledger/checkpoints-evidence.ts'
import { identityOf } from '../../services/ledger/checkpoints-key.ts'
import { newestCheckpoint } from '../../services/ledger/checkpoints-read.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import type { NoteVerifier } from '../../services/ledger/tree/note.ts'
import { findings } from '../../services/ledger/verify-finding.ts'
import { createLogger } from '../../services/platform/log.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'
import { makeTsa } from './tree-tsa.ts'
import { type LocalServer, type LocalWitness, startTsa, startWitness } from './vouchers.ts'

const databases = testDatabases()
let house: Awaited<ReturnType<typeof testLedger>>
let signing: SignerDeps
let witness: LocalWitness
let tsa: LocalServer
let certificate: string
const logKeys: NoteVerifier[] = []

beforeAll(async () => {
  house = await testLedger(databases)
  const folder = join(databases.folder, 'journal/checkpoints')
  signing = { pool: databases.ledger('worker'), provider: house.provider, clock: house.clock, folder }
  witness = await startWitness('vittne.example.org', () => logKeys, house.clock.now)
  const tsaFolder = join(databases.folder, 'tsa')
  mkdirSync(tsaFolder)
  const made = await makeTsa(tsaFolder, 'ec')
  certificate = made.authority
  tsa = await startTsa(made)
})
afterAll(() => Promise.all([witness.close(), tsa.close()]))

let written = 0
async function signedLog(...growth: number[]): Promise<Log> {
  const log = await newLog(house.ledger)
  logKeys.push((await identity(log)).verifier)
  for (const events of growth) await grow(log, events)
  return log
}

async function grow(log: Log, events: number): Promise<void> {
  const drafts = Array.from({ length: events }, () => {
    written += 1
    return commentDraft(`w-${written}`)
  })
  await house.ledger.writer(log).append(drafts)
  expect((await makeCheckpoint(signing, log)).kind).toBe('signed')
}

const identity = (log: Log) => reading(house.ledger, log, (tx) => identityOf(tx, house.provider, log))
const newest = (log: Log) => reading(house.ledger, log, (tx) => newestCheckpoint(tx, log.controller))
const own = () => witnessesOf(`${witness.vkey} ${witness.url}`)[0] as ReturnType<typeof witnessesOf>[number]
const authority = () => ({ url: tsa.url, certificates: [new X509Certificate(readFileSync(certificate))] })

async function evidenceFindings(log: Log) {
  const found = findings()
  await reading(house.ledger, log, (tx) =>
    checkEvidence(tx, log.controller, [own().key], authority().certificates, found.report),
  )
  return found.list.map(({ kind }) => kind)
}

const file = (name: string, content: Uint8Array | string) => {
  const path = join(databases.folder, name)
  writeFileSync(path, content)
  return path
}

it('has each checkpoint cosigned as the continuation of the one that the witness saw last', async () => {
  const log = await signedLog(3)
  expect(await askWitness(signing, log, own())).toBe(3)
  expect(await askWitness(signing, log, own())).toBeUndefined()
  await grow(log, 300)
  expect(await askWitness(signing, log, own())).toBe(303)
  const note = file('cosigned', (await newest(log)).note)
  const { vkey } = await identity(log)
  const report = await checkOffline(note, { key: [vkey], witness: [witness.vkey] })
  expect(report.findings).toEqual([])
  expect(report.checked).toContain('cosignatures of vittne.example.org')
  expect(await evidenceFindings(log)).toEqual([])
})

it('asks again from where the witness is, whether we or it have forgotten', async () => {
  const log = await signedLog(3)
  await askWitness(signing, log, own())
  await grow(log, 2)
  witness.known.delete((await identity(log)).origin)
  expect(await askWitness(signing, log, own())).toBe(5)
})

it('keeps nothing of a witness that knows more, refuses, or signs with another key', async () => {
  const log = await signedLog(3)
  const { origin } = await identity(log)
  witness.known.set(origin, { size: 9, root: Buffer.alloc(32) })
  await expect(askWitness(signing, log, own())).rejects.toThrow('knows more of the log than there is')
  witness.known.set(origin, { size: 2, root: Buffer.alloc(32) })
  await expect(askWitness(signing, log, own())).rejects.toThrow('answered 422')
  witness.known.delete(origin)
  const other = await startWitness('vittne.example.org', () => logKeys, house.clock.now)
  const [mistaken] = witnessesOf(`${other.vkey} ${witness.url}`)
  await expect(askWitness(signing, log, mistaken as never)).rejects.toThrow('left no signature of its own')
  await other.close()
  expect((await newest(log)).note.toString().split('— ')).toHaveLength(2)
})

it('has a checkpoint stamped once a day, to be proved with the certificate alone', async () => {
  const log = await signedLog(4)
  const stamped = await askAuthority(signing, log, authority())
  expect(stamped?.policy).toBe('1.2.3.4.1')
  expect(await askAuthority(signing, log, authority())).toBeUndefined()
  await grow(log, 1)
  expect(await askAuthority(signing, log, authority())).toBeUndefined()
  house.clock.advance({ seconds: 86_400 })
  await grow(log, 1)
  expect(await askAuthority(signing, log, authority())).toBeDefined()
  const page = await checkpointPage(house.ledger, log, authority())
  const options = {
    key: [(await identity(log)).vkey],
    timestamp: file('a.tsr', page.stamp as Buffer),
    authority: [certificate],
  }
  const report = await checkOffline(file('a.txt', page.note), options)
  expect(report.findings).toEqual([])
  expect(report.checked).toHaveLength(2)
  const later = await checkOffline(file('b.txt', page.note.toString().replace('\n6\n', '\n7\n')), options)
  expect(later.findings.length).toBeGreaterThan(0)
  expect(await evidenceFindings(log)).toEqual([])
})

it('finds evidence that was changed where it is stored', async () => {
  const log = await signedLog(2)
  await askWitness(signing, log, own())
  await askAuthority(signing, log, authority())
  await databases.asAdmin('ledger', async (client) => {
    await client.query('set session_replication_role = replica')
    await client.query(
      `update ledger.checkpoint_evidence set content = case kind when 'timestamp' then set_byte(content, octet_length(content) - 1, get_byte(content, octet_length(content) - 1) # 1)
         else convert_to(regexp_replace(convert_from(content, 'UTF8'), '.{6}\\n$', E'AAAA==\\n'), 'UTF8') end where controller_id = $1`,
      [log.controller],
    )
  })
  expect(await evidenceFindings(log)).toEqual(['evidence-altered', 'evidence-altered'])
})

it('goes on with the others when one does not answer', async () => {
  const log = await signedLog(2)
  const dead = { ...own(), url: 'http://127.0.0.1:1' }
  const quiet = createLogger({ level: 'silent' })
  const deps = { ...signing, ledger: { list: async () => [log] }, log: quiet }
  await gatherEvidence(deps, { witnesses: [dead, own()], authority: authority() })
  expect((await newest(log)).note.toString()).toContain('— vittne.example.org ')
})

it('puts a checkpoint on one page that says what it is for, as PDF and as HTML', async () => {
  const log = await signedLog(2)
  await askWitness(signing, log, own())
  await askAuthority(signing, log, authority())
  const page = await checkpointPage(house.ledger, log, authority())
  const pieces = pdfOf(page.info, page.blocks)
  let last = await pieces.next()
  while (last.done !== true) last = await pieces.next()
  expect(last.value).toEqual({ pages: 1, replaced: 0 })
  const html = checkpointHtml(page)
  for (const line of page.note.toString().trimEnd().split('\n')) expect(html).toContain(line)
  expect(html).toContain('Vad bladet är till för')
  expect(html).toContain('What this page is for')
  expect(html).toContain((await identity(log)).vkey)
})

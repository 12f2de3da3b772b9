import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { createKeyFile, openKeyFile } from '../../services/ledger/key-provider.ts'
import { openLedger } from '../../services/ledger/ledger.ts'
import { sweepKeyring } from '../../services/ledger/sweep.ts'
import { createTransitKeyFile, openTransit } from '../../services/ledger/transit-provider.ts'
import { fixedClock } from '../support/clock.ts'
import { testDatabases } from '../support/database.ts'
import { transitServer } from '../support/transit-server.ts'
import { commentDraft, newLog } from './support.ts'

// Keys at a transit engine of Vault or OpenBao: what is there, what is gone, and what only seems to be.

const databases = testDatabases()
const token = 'hvs.exempel-token-som-ingen-har'
const folder = mkdtempSync(join(tmpdir(), 'liggare-transit-'))
const keyFile = join(folder, 'keys/liggare.key')
const tokenFile = join(folder, 'token')
let engine: Awaited<ReturnType<typeof transitServer>>
const settings = () => ({ url: engine.url, tokenFile, namespace: 'kommun/arkiv', key: 'liggare' })
const open = () => openTransit(keyFile, settings())

beforeAll(async () => {
  engine = await transitServer(token)
  writeFileSync(tokenFile, `${token}\n`)
  await createTransitKeyFile(keyFile, settings())
})
afterAll(() => {
  engine.close()
  rmSync(folder, { recursive: true })
})
afterEach(() => {
  Object.assign(engine.state, {
    sealed: false,
    mounted: true,
    mute: false,
    keepsDeleted: false,
    redirect: '',
  })
  writeFileSync(tokenFile, `${token}\n`)
  vi.restoreAllMocks()
})

/** What a refusal tells, its causes included: neither token nor root may stand in it. */
async function refusal(work: Promise<unknown>): Promise<{ code: unknown; message: string }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Error)) throw new Error('nothing was refused')
  for (let at: unknown = error; at instanceof Error; at = at.cause) expect(at.message).not.toContain(token)
  return { code: 'code' in error ? error.code : undefined, message: error.message }
}

it('keeps in its key file only what the engine has encrypted', async () => {
  const { wrappedRoot, ...rest } = JSON.parse(readFileSync(keyFile, 'utf8')) as Record<string, string>
  expect(rest).toEqual({ liggare: 'key-file/v1' })
  expect(wrappedRoot).toMatch(/^vault:v1:/)
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  await expect(createTransitKeyFile(keyFile, settings())).rejects.toMatchObject({ code: 'EEXIST' })
})

it('derives the same standing keys at each start, also after the engine has rotated its key', async () => {
  const before = (await open()).derive('wrap/v1/1')
  engine.rotate('liggare-root')
  expect((await open()).derive('wrap/v1/1')).toEqual(before)
})

it('asks with its namespace, and needs the engine no more for what is derived', async () => {
  const provider = await open()
  expect(engine.seen.at(-1)?.namespace).toBe('kommun/arkiv')
  engine.state.sealed = true
  expect(provider.derive('wrap/v1/2')).toHaveLength(32)
})

it('has one key for an epoch, whoever makes it, also after a rotation', async () => {
  const [one, other] = [await open(), await open()]
  expect(await one.epochState(1)).toBe('absent')
  await Promise.all([one.createEpoch(1), other.createEpoch(1)])
  const key = await one.epochKey(1)
  engine.rotate('liggare-epoch-1')
  expect(await other.epochKey(1)).toEqual(key)
  await one.createEpoch(2)
  expect(await one.epochKey(2)).not.toEqual(key)
})

it('destroys an epoch for good: it is never made again, nor heals when its key is put back', async () => {
  const provider = await open()
  await provider.createEpoch(3)
  const copy = engine.keys.get('liggare-epoch-3')
  await provider.destroyEpoch(3)
  await provider.destroyEpoch(3)
  expect(engine.keys.has('liggare-epoch-3')).toBe(false)
  const later = await open()
  expect(await later.epochState(3)).toBe('destroyed')
  expect((await refusal(later.createEpoch(3))).code).toBe('key-destroyed')
  if (copy !== undefined) engine.keys.set('liggare-epoch-3', copy)
  expect((await refusal(later.epochKey(3))).code).toBe('key-destroyed')
  expect(await later.epochState(3)).toBe('live')
  await later.destroyEpoch(3)
  expect(await later.epochState(3)).toBe('destroyed')
})

it('never counts a disabled key as destroyed', async () => {
  const provider = await open()
  await provider.createEpoch(4)
  const config = engine.keys.get('liggare-epoch-4')?.config
  Object.assign(config ?? {}, { soft_deleted: true })
  expect(await provider.epochState(4)).toBe('live')
  expect((await refusal(provider.epochKey(4))).message).toMatch(/disabled, not destroyed/)
  Object.assign(config ?? {}, { soft_deleted: false, min_encryption_version: 2 })
  engine.rotate('liggare-epoch-4')
  engine.rotate('liggare-epoch-4')
  expect((await refusal(provider.epochKey(4))).message).toMatch(/version is too old/)
  expect(await provider.epochState(4)).toBe('live')
})

it('says so when the engine has deleted a key that is still there', async () => {
  const provider = await open()
  await provider.createEpoch(5)
  engine.state.keepsDeleted = true
  expect((await refusal(provider.destroyEpoch(5))).code).toBe('integrity-failed')
})

it('takes no silence, seal or missing engine for a destroyed key', async () => {
  const provider = await open()
  await provider.createEpoch(6)
  engine.state.sealed = true
  expect(await refusal(provider.destroyEpoch(6))).toMatchObject({ code: 'log-unavailable' })
  expect((await refusal(provider.epochState(6))).message).toMatch(/unseal it.*503: Vault is sealed/)
  Object.assign(engine.state, { sealed: false, mounted: false })
  expect((await refusal(provider.epochState(6))).message).toMatch(/no transit engine/)
  expect((await refusal(provider.destroyEpoch(6))).code).toBe('misconfigured')
  engine.state.mounted = true
  expect(await provider.epochState(6)).toBe('live')
})

it('wraps nothing with a key of which the engine may give out a copy', async () => {
  const provider = await open()
  await provider.createEpoch(7)
  Object.assign(engine.keys.get('liggare-epoch-7')?.config ?? {}, { exportable: true })
  expect((await refusal(provider.epochKey(7))).message).toMatch(/may be exported/)
  expect((await refusal(provider.createEpoch(7))).code).toBe('key-mismatch')
})

it('gives up on an engine that does not answer, and on one that is not there', async () => {
  const provider = await open()
  engine.state.mute = true
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(
    AbortSignal.abort(new DOMException('late', 'TimeoutError')),
  )
  expect((await refusal(provider.epochState(8))).message).toMatch(/not answered within 10 seconds/)
  vi.restoreAllMocks()
  const nowhere = { ...settings(), url: 'http://127.0.0.1:1/v1/transit' }
  expect(await refusal(openTransit(keyFile, nowhere))).toMatchObject({ code: 'log-unavailable' })
})

it('names a token that is refused, missing or no token, and never shows it', async () => {
  writeFileSync(tokenFile, 'hvs.utgangen')
  expect((await refusal(open())).message).toMatch(/expired, or its policy.*permission denied/)
  writeFileSync(tokenFile, `${token}\u0007med-skräp`)
  expect(await refusal(open())).toMatchObject({ code: 'misconfigured' })
  rmSync(tokenFile)
  expect((await refusal(open())).message).toMatch(/cannot be read: ENOENT/)
})

it('carries its token nowhere else', async () => {
  engine.state.redirect = 'http://192.0.2.7:8200/v1/transit/decrypt/liggare-root'
  expect((await refusal(open())).code).toBe('misconfigured')
})

it('refuses a key file of the other kind, and one that the engine did not encrypt', async () => {
  const plain = join(folder, 'plain/liggare.key')
  createKeyFile(plain)
  expect((await refusal(openTransit(plain, settings()))).message).toMatch(/in the clear/)
  expect(() => openKeyFile(keyFile)).toThrow(/LIGGARE_TRANSIT_URL/)
  const foreign = join(folder, 'foreign.key')
  writeFileSync(
    foreign,
    JSON.stringify({ liggare: 'key-file/v1', wrappedRoot: `vault:v1:${'A'.repeat(80)}` }),
  )
  expect(await refusal(openTransit(foreign, settings()))).toMatchObject({ code: 'key-mismatch' })
})

it('carries a ledger through a sweep: what lives opens, the old epoch is gone from the engine', async () => {
  const other = { ...settings(), key: 'sweep' }
  const file = join(folder, 'sweep/liggare.key')
  await createTransitKeyFile(file, other)
  const deps = {
    pool: databases.ledger('api'),
    keyringPool: databases.keyring(),
    clock: fixedClock('2026-11-23T10:00:00Z'),
  }
  const ledger = await openLedger({ ...deps, provider: await openTransit(file, other) })
  const log = await newLog(ledger)
  await ledger.writer(log).append([commentDraft('c-1')])
  const report = await sweepKeyring(ledger)
  expect(report).toMatchObject({ destroyedEpochs: [1], survivors: 1 })
  expect([...engine.keys.keys()].filter((name) => name.startsWith('sweep-epoch')).sort()).toEqual([
    'sweep-epoch-1-destroyed',
    'sweep-epoch-2',
  ])
  const again = await openLedger({ ...deps, provider: await openTransit(file, other) })
  await again.writer(log).append([commentDraft('c-2')])
  const { rows } = await databases.asAdmin('ledger', (admin) =>
    admin.query<{ event_id: string }>('select event_id from ledger.event order by position'),
  )
  const secrets = await again.keyring.recordSecrets(
    log.controller,
    rows.map((row) => row.event_id),
  )
  expect(secrets.size).toBe(2)
})

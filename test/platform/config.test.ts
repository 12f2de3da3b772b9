import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { loadConfig } from '../../services/platform/config.ts'
import { configKeys } from '../../services/platform/config-keys.ts'
import { DomainError } from '../../services/platform/errors.ts'

const place = { checkout: '/srv/liggare', root: false }
const urls = {
  DATABASE_URL: 'postgresql://admin:hemligt@db.example.org/liggare',
  KEYRING_DATABASE_URL: 'postgresql://admin:hemligt@keys.example.org/keyring',
}

function refusal(env: NodeJS.ProcessEnv): DomainError {
  try {
    loadConfig(env, place)
  } catch (error) {
    if (error instanceof DomainError) return error
  }
  throw new Error('the configuration was accepted')
}

it('without any setting the database is embedded, with keys and journal outside its directory', () => {
  const config = loadConfig({}, place)
  expect(config).toMatchObject({
    embedded: true,
    sameCluster: true,
    dataDir: '/srv/liggare/.liggare/database',
    keyFile: '/srv/liggare/.liggare/database.keys/liggare.key',
    journalFile: '/srv/liggare/.liggare/database.journal/erasure.journal',
    publicUrl: 'http://127.0.0.1:8080',
    issuer: undefined,
  })
})

it('for root the data lie where the user postgres reaches them, apart for each checkout', () => {
  const one = loadConfig({}, { checkout: '/root/liggare', root: true }).dataDir
  const other = loadConfig({}, { checkout: '/root/work/liggare', root: true }).dataDir
  expect(one).toMatch(/^\/var\/lib\/liggare\/liggare-[0-9a-f]{8}\/database$/)
  expect(other).not.toBe(one)
})

it('a database URL ends the embedded mode and with it the leave to share a cluster', () => {
  expect(loadConfig(urls, place)).toMatchObject({ embedded: false, sameCluster: false })
})

it('a role URL alone is enough for a process that does not migrate', () => {
  const config = loadConfig({ DATABASE_API_URL: 'postgresql://api@db.example.org/liggare' }, place)
  expect(config.embedded).toBe(false)
})

it('all bad keys are reported at once, without their values', () => {
  const error = refusal({
    DATABASE_URL: 'mysql://admin:hemligt@db.example.org/x',
    LIGGARE_PORT: 'åttatusen',
    LIGGARE_LOG_LEVEL: 'loud',
    LIGGARE_ISSUER: 'https://issuer.example.org',
    LIGGARE_PROT: '1',
  })
  expect(error.code).toBe('misconfigured')
  expect(error.violations.map(({ pointer }) => pointer).sort()).toEqual([
    '/DATABASE_URL',
    '/KEYRING_DATABASE_URL',
    '/LIGGARE_AUDIENCE',
    '/LIGGARE_JWKS_URL',
    '/LIGGARE_LOG_LEVEL',
    '/LIGGARE_PORT',
    '/LIGGARE_PROT',
  ])
  for (const { pointer } of error.violations) expect(error.message).toContain(pointer.slice(1))
  expect(error.message).not.toMatch(/hemligt|åttatusen|loud/)
})

it('an empty value is an unset one', () => {
  expect(loadConfig({ LIGGARE_PORT: '', DATABASE_URL: '' }, place)).toMatchObject({
    port: 8080,
    embedded: true,
  })
})

it('printing or logging a configuration shows no secret', () => {
  const config = loadConfig(urls, place)
  expect(config.secrets.databaseUrl).toBe(urls.DATABASE_URL)
  expect(JSON.stringify(config) + inspect(config, { depth: 9 }) + String(config.secrets)).not.toContain(
    'hemligt',
  )
})

it('a configuration cannot be changed', () => {
  const config = loadConfig(urls, place)
  expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError)
  expect(() => Object.assign(config.secrets, { databaseUrl: undefined })).toThrow(TypeError)
})

it('every key that is parsed is documented, and every documented one is parsed', () => {
  const bad = Object.fromEntries(configKeys.map(({ key }) => [key, ' ']))
  // A path, a host and an audience may be any text.
  const anyText = [
    'LIGGARE_DATA_DIR',
    'LIGGARE_KEY_FILE',
    'LIGGARE_TRANSIT_TOKEN_FILE',
    'LIGGARE_DELIVERY_DIR',
    'LIGGARE_JOURNAL_FILE',
    'LIGGARE_HOST',
    'LIGGARE_AUDIENCE',
    'LIGGARE_TSA_CERTIFICATES',
  ]
  const reported = new Set(refusal(bad).violations.map(({ pointer }) => pointer.slice(1)))
  expect([...reported, ...anyText].sort()).toEqual(configKeys.map(({ key }) => key).sort())
})

it('a key provider is asked over TLS, or on this machine, and never without a token', () => {
  const file = { LIGGARE_TRANSIT_TOKEN_FILE: '/run/liggare/token' }
  const url = (LIGGARE_TRANSIT_URL: string) => ({ ...file, LIGGARE_TRANSIT_URL })
  expect(loadConfig(url('https://vault.example.org:8200/v1/transit/'), place).transit).toEqual({
    url: 'https://vault.example.org:8200/v1/transit',
    tokenFile: '/run/liggare/token',
    key: 'liggare',
    namespace: undefined,
  })
  expect(loadConfig(url('http://127.0.0.1:8100/v1/kommun/transit'), place).transit?.url).toContain('8100')
  expect(refusal(url('http://vault.example.org:8200/v1/transit')).message).toMatch(/in the clear/)
  expect(refusal(url('https://vault.example.org:8200')).message).toMatch(/v1\/<mount>/)
  expect(refusal({ LIGGARE_TRANSIT_URL: 'https://vault.example.org/v1/transit' }).message).toMatch(
    /TOKEN_FILE/,
  )
  expect(refusal(file).message).toMatch(/LIGGARE_TRANSIT_URL: is needed/)
})

it('the environment is read in one file', () => {
  const services = resolve(import.meta.dirname, '../../services')
  const files = readdirSync(services, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const readers = files.filter((file) => readFileSync(join(services, file), 'utf8').includes('process.env'))
  expect(readers).toEqual(['platform/config.ts'])
})

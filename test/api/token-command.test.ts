import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openAuth } from '../../services/api/auth.ts'
import { authConfigOf } from '../../services/api/settings.ts'
import { secondsOf, tokenCommand } from '../../services/commands/token.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { loadConfig } from '../../services/platform/config.ts'

const directory = mkdtempSync(join(tmpdir(), 'liggare-token-'))

beforeEach(() => vi.stubEnv('LIGGARE_KEY_FILE', join(directory, 'liggare.key')))
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

async function token(...args: string[]): Promise<string> {
  let printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  tokenCommand(program)
  await program.parseAsync(['node', 'liggare', 'token', ...args])
  return printed.trim()
}

test('what is minted is believed by an api with the same key file', async () => {
  const minted = await token(
    '--controller',
    'kommunstyrelsen',
    '--scope',
    'interactions:write',
    'audit:read',
    '--subject',
    'client-4',
  )
  const { verifyToken } = await openAuth(authConfigOf(loadConfig()), systemClock)
  expect(await verifyToken(minted)).toEqual({
    id: 'client-4',
    scopes: new Set(['interactions:write', 'audit:read']),
    controllers: new Set(['kommunstyrelsen']),
  })
  expect(statSync(join(directory, 'issuer.jwk.json')).mode & 0o777).toBe(0o600)
})

test('it lives as long as asked', async () => {
  const { exp = 0, iat = 0 } = decodeJwt(await token('--scope', 'audit:read', '--expires-in', '15m'))
  expect(exp - iat).toBe(900)
})

test.each([
  ['90', 90],
  ['90s', 90],
  ['15m', 900],
  ['8h', 28_800],
  ['30d', 2_592_000],
  ['0', undefined],
  ['-1', undefined],
  ['1y', undefined],
  ['', undefined],
])('the time %s is %s seconds', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds)
})

test.each([
  ['an unknown scope', ['--scope', 'everything']],
  ['all controllers without controllers:write', ['--scope', 'audit:read', '--controller', '*']],
  ['ten years', ['--scope', 'audit:read', '--expires-in', '3650d']],
])('%s is refused', async (_, args) => {
  await expect(token(...args)).rejects.toMatchObject({ code: 'validation-failed' })
})

test('with an issuer of one’s own the local one mints nothing', async () => {
  vi.stubEnv('LIGGARE_ISSUER', 'https://issuer.example.org')
  vi.stubEnv('LIGGARE_JWKS_URL', 'https://issuer.example.org/keys')
  vi.stubEnv('LIGGARE_AUDIENCE', 'liggare')
  await expect(token('--scope', 'audit:read')).rejects.toMatchObject({ code: 'misconfigured' })
})

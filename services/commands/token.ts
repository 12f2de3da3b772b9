import type { Command } from 'commander'
import type { Scope } from '../api/scopes.ts'

type TokenOptions = { controller: string[]; scope: string[]; subject: string; expiresIn: string }

/** No token of the local issuer lives longer than this: nobody can take one back. */
const maxSeconds = 365 * 24 * 3600

export function tokenCommand(program: Command): void {
  program
    .command('token')
    .description('print an access token of the local issuer')
    .option(
      '--controller <slug...>',
      'controllers it may act for; * for all, with the scope controllers:write',
      [],
    )
    .requiredOption('--scope <scope...>', 'scopes, or all')
    .option('--subject <id>', 'client or actor id: not a name, it is written into the log', 'local')
    .option('--expires-in <time>', 'seconds, or with unit: 15m, 8h, 30d', '1h')
    .action(async (options: TokenOptions) => {
      process.stdout.write(`${await mintToken(options)}\n`)
    })
}

async function mintToken(options: TokenOptions): Promise<string> {
  const { loadConfig } = await import('../platform/config.ts')
  const { systemClock } = await import('../platform/clock.ts')
  const { DomainError } = await import('../platform/errors.ts')
  const { authConfigOf } = await import('../api/settings.ts')
  const { isScope, scopes } = await import('../api/scopes.ts')
  const { openLocalIssuer } = await import('../api/local-issuer.ts')

  const auth = authConfigOf(loadConfig())
  if (auth.kind === 'jwks') {
    throw new DomainError(
      'misconfigured',
      `tokens come from ${auth.issuer}: with LIGGARE_ISSUER set the local issuer is off`,
    )
  }
  const words = options.scope.flatMap((word) => word.split(/[\s,]+/)).filter((word) => word !== '')
  const wanted: Scope[] = []
  for (const word of words.includes('all') ? Object.keys(scopes) : words) {
    if (!isScope(word))
      throw new DomainError(
        'validation-failed',
        `no such scope; there are: ${Object.keys(scopes).join(', ')}`,
      )
    wanted.push(word)
  }
  if (options.controller.includes('*') && !wanted.includes('controllers:write')) {
    throw new DomainError('validation-failed', '--controller * needs --scope controllers:write')
  }
  const expiresInSeconds = secondsOf(options.expiresIn)
  if (expiresInSeconds === undefined || expiresInSeconds > maxSeconds) {
    throw new DomainError(
      'validation-failed',
      '--expires-in is a number of seconds, or 15m, 8h, 30d; at most 365d',
    )
  }
  const issuer = await openLocalIssuer(auth.keyPath, auth.issuer, auth.audience)
  return issuer.mint({
    subject: options.subject,
    scopes: wanted,
    controllers: options.controller,
    issuedAt: systemClock.now(),
    expiresInSeconds,
  })
}

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of `90`, `90s`, `15m`, `8h`, `30d`; undefined for anything else. */
export function secondsOf(text: string): number | undefined {
  const [, count, unit] = /^([1-9][0-9]{0,8})([smhd]?)$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * (units[unit ?? ''] ?? 1)
}

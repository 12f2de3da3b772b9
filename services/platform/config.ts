import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { inspect } from 'node:util'
import { z } from 'zod'
import { configKeys, databaseUrlKeys } from './config-keys.ts'
import { DomainError } from './errors.ts'

/** Connection strings: they hold passwords. Printing, spreading into JSON or logging them yields `[secrets]`. */
export type Secrets = {
  readonly databaseUrl: string | undefined
  readonly keyringDatabaseUrl: string | undefined
  readonly databaseApiUrl: string | undefined
  readonly databaseWorkerUrl: string | undefined
  readonly databasePurgeUrl: string | undefined
  readonly databaseAuditorUrl: string | undefined
  readonly keyringRoleUrl: string | undefined
}

/** Everything that can be set from outside, parsed once. All of it but `secrets` may be logged. */
export type Config = {
  /** No database URL is set: Liggare runs its own PostgreSQL in `dataDir`. */
  readonly embedded: boolean
  readonly dataDir: string
  readonly keyFile: string
  /** Where the root is decrypted and epoch keys are held; undefined: the key file does both. */
  readonly transit:
    | {
        readonly url: string
        readonly tokenFile: string
        readonly key: string
        readonly namespace: string | undefined
      }
    | undefined
  readonly journalFile: string
  /** Where imported archives are kept, sealed; undefined: they are not kept. */
  readonly deliveryDir: string | undefined
  readonly sameCluster: boolean
  /** How long a database may take to be reached, to begin a transaction, to store a batch, before it is held lost. */
  readonly databaseSeconds: number
  /** How long one statement may take before the server cancels it. */
  readonly statementSeconds: number
  readonly host: string
  readonly port: number
  readonly logLevel: z.infer<typeof LogLevel>
  readonly publicUrl: string
  /** Undefined: the local issuer, whose tokens `liggare token` makes. */
  readonly issuer: string | undefined
  readonly jwksUrl: string | undefined
  readonly audience: string
  /** Bytes of one request's body. */
  readonly bodyLimit: number
  /** A purge of more objects waits for the approval of another than who ordered it. */
  readonly approvalSize: number
  /** Hours in which a decision can revoke a purge between its last intent and its execution; 0: none. */
  readonly purgeWaitHours: number
  /** Records that a purge destroys in a second at the most; 0: as fast as it goes. */
  readonly purgeRate: number
  /** Hours between two keyring sweeps of the worker; 0: it sweeps never. */
  readonly sweepIntervalHours: number
  /** Five fields of cron in Swedish time, or `off`. */
  readonly purgeCron: string
  readonly reminderCron: string
  /** `VKEY URL` between commas: who is asked to cosign checkpoints. */
  readonly witnesses: string | undefined
  /** Where checkpoints are stamped once a day (RFC 3161), and the PEM file of those whose stamps are believed. */
  readonly tsaUrl: string | undefined
  readonly tsaCertificates: string | undefined
  readonly secrets: Secrets
}

/** Where the program lies and as whom it runs: decides the defaults of paths. */
export type Place = { readonly checkout: string; readonly root: boolean }

const here: Place = { checkout: resolve(import.meta.dirname, '../..'), root: process.getuid?.() === 0 }

const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
const Flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1')
const PostgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'is not a postgresql:// URL' })
const WebUrl = z
  .url({ protocol: /^https?$/, error: 'is not an http(s) URL' })
  .transform((url) => url.replace(/\/+$/, ''))
// Digits only: JavaScript would read a blank as 0.
const whole = (min: number, max: number) => {
  const fits = (value: number) => value >= min && value <= max
  const error = `is not a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,12}$/, error)
    .transform(Number)
    .refine(fits, error)
}
const isHere = (host: string) => host === 'localhost' || host === '[::1]' || host.startsWith('127.')
const TransitUrl = WebUrl.refine((url) => /^https?:\/\/[^/?#@]+\/v1\/[^?#]+$/.test(url), {
  error: 'is not https://host:port/v1/<mount>',
}).refine((url) => url.startsWith('https:') || isHere(new URL(url).hostname), {
  error: 'sends a token in the clear: use https, or an agent on this machine',
})
const Path = z.string().transform((path) => resolve(path))

const Cron = z.string().regex(/^(off|[\d*,/-]+( [\d*,/-]+){2} [\dA-Za-z*,/-]+ [\dA-Za-z*,/-]+)$/, {
  error: 'is no cron of five fields, nor off',
})

const witness = '\\s*[^\\s+,]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+\\s+https?://[^\\s,]+\\s*'
const Witnesses = z.string().regex(new RegExp(`^${witness}(,${witness})*$`), {
  error: 'is no list of `VKEY URL` between commas',
})

const Environment = z.object({
  DATABASE_URL: PostgresUrl.optional(),
  KEYRING_DATABASE_URL: PostgresUrl.optional(),
  DATABASE_API_URL: PostgresUrl.optional(),
  DATABASE_WORKER_URL: PostgresUrl.optional(),
  DATABASE_PURGE_URL: PostgresUrl.optional(),
  DATABASE_AUDITOR_URL: PostgresUrl.optional(),
  KEYRING_ROLE_URL: PostgresUrl.optional(),
  LIGGARE_DATA_DIR: Path.optional(),
  LIGGARE_KEY_FILE: Path.optional(),
  LIGGARE_TRANSIT_URL: TransitUrl.optional(),
  LIGGARE_TRANSIT_TOKEN_FILE: Path.optional(),
  LIGGARE_TRANSIT_KEY: z
    .string()
    .regex(/^[A-Za-z0-9][\w-]{0,63}$/, { error: 'is no name of letters, digits, - and _' })
    .default('liggare'),
  LIGGARE_TRANSIT_NAMESPACE: z
    .string()
    .regex(/^[\w./-]+$/, { error: 'is no namespace' })
    .optional(),
  LIGGARE_JOURNAL_FILE: Path.optional(),
  LIGGARE_DELIVERY_DIR: Path.optional(),
  LIGGARE_SAME_CLUSTER: Flag.optional(),
  LIGGARE_DATABASE_SECONDS: whole(1, 300).default(5),
  LIGGARE_STATEMENT_SECONDS: whole(1, 3_600).default(30),
  LIGGARE_HOST: z.string().default('127.0.0.1'),
  LIGGARE_PORT: whole(0, 65_535).default(8080),
  LIGGARE_LOG_LEVEL: LogLevel.default('info'),
  LIGGARE_PUBLIC_URL: WebUrl.optional(),
  LIGGARE_ISSUER: z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' }).optional(),
  LIGGARE_JWKS_URL: WebUrl.optional(),
  LIGGARE_AUDIENCE: z.string().default('liggare'),
  LIGGARE_BODY_LIMIT: whole(1024, 1 << 28).default(4 << 20),
  LIGGARE_APPROVAL_SIZE: whole(0, 1_000_000_000).default(1_000),
  LIGGARE_PURGE_WAIT_HOURS: whole(0, 8_760).default(0),
  LIGGARE_PURGE_RATE: whole(0, 1_000_000).default(0),
  LIGGARE_SWEEP_INTERVAL_HOURS: whole(0, 8_760).default(24),
  LIGGARE_WITNESSES: Witnesses.optional(),
  LIGGARE_TSA_URL: WebUrl.optional(),
  LIGGARE_TSA_CERTIFICATES: Path.optional(),
  LIGGARE_PURGE_CRON: Cron.default('30 3 * * *'),
  LIGGARE_REMINDER_CRON: Cron.default('0 7 * * 1-5'),
})
type Environment = z.infer<typeof Environment>

/** Reads the whole configuration and reports every bad key at once; values stay out of the message, they may be secret. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env, place: Place = here): Config {
  // An empty value counts as unset: that is what compose files make of a variable without a value.
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = Environment.safeParse(given)
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((i) => ({ key: String(i.path[0]), reason: i.message }))
  problems.push(...misfits(given))
  if (problems.length > 0 || !parsed.success) {
    const list = problems.map(({ key, reason }) => `${key}: ${reason}`).join('; ')
    const violations = problems.map(({ key, reason }) => ({ pointer: `/${key}`, reason }))
    throw new DomainError('misconfigured', `the configuration does not fit: ${list}`, { violations })
  }
  return assemble(parsed.data, place)
}

function misfits(given: Record<string, string | undefined>): { key: string; reason: string }[] {
  const known = new Set<string>(configKeys.map(({ key }) => key))
  const problems = Object.keys(given)
    .filter((key) => key.startsWith('LIGGARE_') && !known.has(key))
    .map((key) => ({ key, reason: 'is no key of Liggare (misspelt?)' }))
  const need = (key: string, because: string, when: boolean) => {
    if (when && given[key] === undefined) problems.push({ key, reason: `is needed because ${because}` })
  }
  need('KEYRING_DATABASE_URL', 'DATABASE_URL is set', given['DATABASE_URL'] !== undefined)
  need('DATABASE_URL', 'KEYRING_DATABASE_URL is set', given['KEYRING_DATABASE_URL'] !== undefined)
  need('LIGGARE_JWKS_URL', 'LIGGARE_ISSUER is set', given['LIGGARE_ISSUER'] !== undefined)
  need('LIGGARE_AUDIENCE', 'LIGGARE_ISSUER is set', given['LIGGARE_ISSUER'] !== undefined)
  need('LIGGARE_TSA_CERTIFICATES', 'LIGGARE_TSA_URL is set', given['LIGGARE_TSA_URL'] !== undefined)
  const transit = given['LIGGARE_TRANSIT_URL'] !== undefined
  need('LIGGARE_TRANSIT_TOKEN_FILE', 'LIGGARE_TRANSIT_URL is set', transit)
  for (const key of ['LIGGARE_TRANSIT_TOKEN_FILE', 'LIGGARE_TRANSIT_KEY', 'LIGGARE_TRANSIT_NAMESPACE'])
    need('LIGGARE_TRANSIT_URL', `${key} is set`, !transit && given[key] !== undefined)
  need('LIGGARE_ISSUER', 'LIGGARE_JWKS_URL is set', given['LIGGARE_JWKS_URL'] !== undefined)
  return problems
}

function assemble(env: Environment, place: Place): Config {
  const embedded = databaseUrlKeys.every((key) => env[key] === undefined)
  const dataDir = env.LIGGARE_DATA_DIR ?? defaultDataDir(place)
  const beside = (kind: string, file: string) =>
    embedded ? `${dataDir}.${kind}/${file}` : resolve(place.checkout, '.liggare', kind, file)
  return Object.freeze({
    embedded,
    dataDir,
    keyFile: env.LIGGARE_KEY_FILE ?? beside('keys', 'liggare.key'),
    transit: transitOf(env),
    journalFile: env.LIGGARE_JOURNAL_FILE ?? beside('journal', 'erasure.journal'),
    deliveryDir: env.LIGGARE_DELIVERY_DIR,
    sameCluster: env.LIGGARE_SAME_CLUSTER ?? embedded,
    databaseSeconds: env.LIGGARE_DATABASE_SECONDS,
    statementSeconds: env.LIGGARE_STATEMENT_SECONDS,
    host: env.LIGGARE_HOST,
    port: env.LIGGARE_PORT,
    logLevel: env.LIGGARE_LOG_LEVEL,
    publicUrl: env.LIGGARE_PUBLIC_URL ?? `http://${env.LIGGARE_HOST}:${env.LIGGARE_PORT}`,
    issuer: env.LIGGARE_ISSUER,
    jwksUrl: env.LIGGARE_JWKS_URL,
    audience: env.LIGGARE_AUDIENCE,
    bodyLimit: env.LIGGARE_BODY_LIMIT,
    approvalSize: env.LIGGARE_APPROVAL_SIZE,
    purgeWaitHours: env.LIGGARE_PURGE_WAIT_HOURS,
    purgeRate: env.LIGGARE_PURGE_RATE,
    sweepIntervalHours: env.LIGGARE_SWEEP_INTERVAL_HOURS,
    witnesses: env.LIGGARE_WITNESSES,
    tsaUrl: env.LIGGARE_TSA_URL,
    tsaCertificates: env.LIGGARE_TSA_CERTIFICATES,
    purgeCron: env.LIGGARE_PURGE_CRON,
    reminderCron: env.LIGGARE_REMINDER_CRON,
    secrets: sealed({
      databaseUrl: env.DATABASE_URL,
      keyringDatabaseUrl: env.KEYRING_DATABASE_URL,
      databaseApiUrl: env.DATABASE_API_URL,
      databaseWorkerUrl: env.DATABASE_WORKER_URL,
      databasePurgeUrl: env.DATABASE_PURGE_URL,
      databaseAuditorUrl: env.DATABASE_AUDITOR_URL,
      keyringRoleUrl: env.KEYRING_ROLE_URL,
    }),
  })
}

function transitOf(env: Environment): Config['transit'] {
  const { LIGGARE_TRANSIT_URL: url, LIGGARE_TRANSIT_TOKEN_FILE: tokenFile } = env
  if (url === undefined || tokenFile === undefined) return undefined
  return { url, tokenFile, key: env.LIGGARE_TRANSIT_KEY, namespace: env.LIGGARE_TRANSIT_NAMESPACE }
}

// PostgreSQL refuses to run as root, and the user it runs as instead cannot reach a checkout below /root.
function defaultDataDir({ checkout, root }: Place): string {
  if (!root) return resolve(checkout, '.liggare/database')
  const mark = createHash('sha256').update(checkout).digest('hex').slice(0, 8)
  return `/var/lib/liggare/${basename(checkout).replaceAll(/[^\w-]/g, '') || 'checkout'}-${mark}/database`
}

function sealed(secrets: Secrets): Secrets {
  const hidden = { value: () => '[secrets]', enumerable: false }
  return Object.freeze(Object.defineProperties({ ...secrets }, { toJSON: hidden, [inspect.custom]: hidden }))
}

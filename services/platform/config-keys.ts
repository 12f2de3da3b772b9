export type ConfigKey = { readonly key: string; readonly default: string; readonly meaning: string }

/** The keys that name a database server: with none of them set, Liggare runs its own. */
export const databaseUrlKeys = [
  'DATABASE_URL',
  'KEYRING_DATABASE_URL',
  'DATABASE_API_URL',
  'DATABASE_WORKER_URL',
  'DATABASE_PURGE_URL',
  'DATABASE_AUDITOR_URL',
  'KEYRING_ROLE_URL',
] as const

const derived = 'derived from the administrative URL, the role and the key file'

/** Every environment variable that Liggare reads, with what it does: `--help` and the README are checked against this. */
export const configKeys: readonly ConfigKey[] = [
  {
    key: 'DATABASE_URL',
    default: 'unset: the embedded database',
    meaning: 'Administrative URL of the ledger database; only `migrate` connects with it',
  },
  {
    key: 'KEYRING_DATABASE_URL',
    default: 'unset: the embedded database',
    meaning: 'Administrative URL of the keyring database, on another cluster than the ledger',
  },
  {
    key: 'DATABASE_API_URL',
    default: derived,
    meaning: 'Login of the role `liggare_api`: appends and reads',
  },
  {
    key: 'DATABASE_WORKER_URL',
    default: derived,
    meaning: 'Login of the role `liggare_worker`: projections and jobs',
  },
  {
    key: 'DATABASE_PURGE_URL',
    default: derived,
    meaning: 'Login of the role `liggare_purge`: the only one that deletes',
  },
  {
    key: 'DATABASE_AUDITOR_URL',
    default: derived,
    meaning: 'Login of the role `liggare_auditor`: verifies, reads no sealed part',
  },
  {
    key: 'KEYRING_ROLE_URL',
    default: derived,
    meaning: 'Login of the role `liggare_keyring` at the keyring database',
  },
  {
    key: 'LIGGARE_DATA_DIR',
    default: '.liggare/database in the checkout; as root /var/lib/liggare/<checkout>/database',
    meaning: 'Data directory of the embedded database; no effect when a database URL is set',
  },
  {
    key: 'LIGGARE_KEY_FILE',
    default: '<data directory>.keys/liggare.key; with DATABASE_URL .liggare/keys/liggare.key',
    meaning: 'The root key. Lost: every sealed part is unreadable. Never in the same backup as a database',
  },
  {
    key: 'LIGGARE_TRANSIT_URL',
    default: 'unset: the key file holds the root in the clear',
    meaning:
      'Transit engine of HashiCorp Vault or OpenBao, `https://host:8200/v1/<mount>`: encrypts the root in the key file and holds the epoch keys; chosen before the first start',
  },
  {
    key: 'LIGGARE_TRANSIT_TOKEN_FILE',
    default: 'unset',
    meaning:
      'File with the token alone, read for each request (an agent renews it); needed with LIGGARE_TRANSIT_URL',
  },
  {
    key: 'LIGGARE_TRANSIT_KEY',
    default: 'liggare',
    meaning: 'What the names of its keys in the transit engine begin with; never changed afterwards',
  },
  {
    key: 'LIGGARE_TRANSIT_NAMESPACE',
    default: 'unset',
    meaning: 'Namespace of the transit engine, where there are any',
  },
  {
    key: 'LIGGARE_JOURNAL_FILE',
    default: '<data directory>.journal/erasure.journal; with DATABASE_URL .liggare/journal/erasure.journal',
    meaning: 'The erasure journal: what a restored backup must forget again. Outside both backup sets',
  },
  {
    key: 'LIGGARE_DELIVERY_DIR',
    default: 'unset: imported archives are not kept',
    meaning:
      'Folder where imported archives are kept, sealed, until their rule or a purge destroys them; needed to read them again with a newer mapper',
  },
  {
    key: 'LIGGARE_SAME_CLUSTER',
    default: 'false; true with the embedded database',
    meaning:
      'Allows ledger and keyring on one cluster: then a backup of it holds both texts and keys. For trials only',
  },
  {
    key: 'LIGGARE_DATABASE_SECONDS',
    default: '5',
    meaning:
      'Seconds a database may take to give a connection, begin a transaction or store a batch, before the answer is 503',
  },
  {
    key: 'LIGGARE_STATEMENT_SECONDS',
    default: '30',
    meaning:
      'Seconds one statement may take before the server cancels it (503); verify, audit and rebuild have no limit',
  },
  { key: 'LIGGARE_HOST', default: '127.0.0.1', meaning: 'Address to listen on' },
  { key: 'LIGGARE_PORT', default: '8080', meaning: 'Port to listen on; 0 takes a free one' },
  { key: 'LIGGARE_LOG_LEVEL', default: 'info', meaning: 'trace, debug, info, warn, error, fatal or silent' },
  {
    key: 'LIGGARE_PUBLIC_URL',
    default: 'http://<host>:<port>',
    meaning: 'How clients reach Liggare: stands in links and in OpenAPI',
  },
  {
    key: 'LIGGARE_ISSUER',
    default: 'unset: the local issuer',
    meaning: 'Issuer of the access tokens (`iss`); set, the local issuer and `liggare token` are off',
  },
  {
    key: 'LIGGARE_JWKS_URL',
    default: 'unset',
    meaning: "The issuer's public keys; needed with LIGGARE_ISSUER",
  },
  {
    key: 'LIGGARE_AUDIENCE',
    default: 'liggare',
    meaning: 'Audience (`aud`) a token must carry; needed with LIGGARE_ISSUER',
  },
  {
    key: 'LIGGARE_BODY_LIMIT',
    default: '4194304',
    meaning: "Bytes of one request's body; larger ones are answered 413",
  },
  {
    key: 'LIGGARE_APPROVAL_SIZE',
    default: '1000',
    meaning: 'A purge of more objects waits for the approval of another than who ordered it; 0: every purge',
  },
  {
    key: 'LIGGARE_PURGE_CRON',
    default: '30 3 * * *',
    meaning:
      'When the worker orders a purge of what is due: cron, five fields, Swedish time; off: only people and `liggare purge` order',
  },
  {
    key: 'LIGGARE_REMINDER_CRON',
    default: '0 7 * * 1-5',
    meaning:
      'When the worker logs what waits for a person (approvals, holds to review, demands, deliveries, overdue); cron or off',
  },
  {
    key: 'LIGGARE_PURGE_WAIT_HOURS',
    default: '0',
    meaning:
      'Hours between the last intent of a purge and its execution, in which a decision can revoke it; 0: each intent is executed at once',
  },
  {
    key: 'LIGGARE_PURGE_RATE',
    default: '0',
    meaning:
      'Records that a purge destroys in a second at the most, so that others get their turn; 0: as fast as it goes',
  },
  {
    key: 'LIGGARE_SWEEP_INTERVAL_HOURS',
    default: '24',
    meaning:
      'Hours between two keyring sweeps of the worker, which make what was purged irrecoverable; 0: only `liggare sweep`',
  },
  {
    key: 'LIGGARE_WITNESSES',
    default: 'unset: none',
    meaning: 'Who cosigns checkpoints (c2sp.org/tlog-witness): `VKEY URL`, several between commas',
  },
  {
    key: 'LIGGARE_TSA_URL',
    default: 'unset: none',
    meaning: 'Time-stamping authority (RFC 3161) that stamps the newest checkpoint of each log once a day',
  },
  {
    key: 'LIGGARE_TSA_CERTIFICATES',
    default: 'unset',
    meaning: 'PEM file of the authority or of the CAs above it; needed with LIGGARE_TSA_URL',
  },
]

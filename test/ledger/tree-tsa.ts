import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A time-stamping authority of our own making, run by OpenSSL: certificates and answers that Liggare had no part in. */
export type LocalTsa = { readonly folder: string; readonly certificate: string; readonly authority: string }

const config = (folder: string) => `
[req]
distinguished_name = name
prompt = no
[name]
CN = Exempelstämpeln
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[stamper]
basicConstraints = critical, CA:false
extendedKeyUsage = critical, timeStamping
[other]
extendedKeyUsage = critical, serverAuth
[tsa]
serial = ${folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384
crypto_device = builtin
ess_cert_id_chain = no
`

const openssl = (folder: string, ...args: string[]) => run('openssl', args, { cwd: folder })

/** Makes a CA (`ca.pem`), a stamping certificate below it (`tsa.pem`) and a stranger's CA (`other-ca.pem`) in the folder. */
export async function makeTsa(folder: string, kind: 'rsa' | 'ec'): Promise<LocalTsa> {
  await writeFile(join(folder, 'tsa.cnf'), config(folder))
  await writeFile(join(folder, 'serial'), '01\n')
  const algorithm = kind === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  const key = ['-newkey', ...algorithm, '-nodes', '-config', 'tsa.cnf']
  for (const [file, subject] of [
    ['ca', '/CN=Exempelroten'],
    ['other-ca', '/CN=En annan rot'],
  ] as const) {
    const out = ['-keyout', `${file}.key`, '-out', `${file}.pem`]
    await openssl(
      folder,
      'req',
      '-x509',
      ...key,
      ...out,
      '-subj',
      subject,
      '-extensions',
      'ca',
      '-days',
      '30',
      '-utf8',
    )
  }
  await openssl(folder, 'req', ...key, '-keyout', 'tsa.key', '-out', 'tsa.csr')
  await certify(folder, 'tsa.pem', 'stamper')
  return { folder, certificate: join(folder, 'tsa.pem'), authority: join(folder, 'ca.pem') }
}

/** Certifies the stamper's key for a purpose and a number of days from today; with a negative number it has long expired. */
export async function certify(
  folder: string,
  file: string,
  purpose: 'stamper' | 'other',
  days = 10,
): Promise<void> {
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days)]
  await openssl(
    folder,
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    ...by,
    '-extfile',
    'tsa.cnf',
    '-extensions',
    purpose,
    '-out',
    file,
  )
}

/** The same stamped content under a signature by another of the stamper's certificates, whatever that one is for. */
export async function restamp(tsa: LocalTsa, content: Buffer, certificate: string): Promise<Buffer> {
  await writeFile(join(tsa.folder, 'content.der'), content)
  const as = [
    '-binary',
    '-nodetach',
    '-cades',
    '-econtent_type',
    '1.2.840.113549.1.9.16.1.4',
    '-outform',
    'DER',
  ]
  const by = ['-signer', certificate, '-inkey', 'tsa.key', '-md', 'sha256']
  const args = ['cms', '-sign', ...as, ...by, '-in', 'content.der']
  const { stdout } = await run('openssl', args, { cwd: tsa.folder, encoding: 'buffer' })
  const body = Buffer.concat([Buffer.from('3003020100', 'hex'), stdout])
  return Buffer.concat([Buffer.of(0x30, 0x82, body.length >> 8, body.length & 0xff), body])
}

/** What the authority answers to a request. */
export async function stamp(tsa: LocalTsa, request: Buffer): Promise<Buffer> {
  await writeFile(join(tsa.folder, 'request.tsq'), request)
  const by = ['-config', 'tsa.cnf', '-section', 'tsa', '-inkey', 'tsa.key', '-signer', 'tsa.pem']
  const args = ['ts', '-reply', ...by, '-queryfile', 'request.tsq']
  const { stdout } = await run('openssl', args, { cwd: tsa.folder, encoding: 'buffer' })
  return stdout
}

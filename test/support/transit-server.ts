import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A named key of the engine with what its configuration says. The HMAC key of each version is beside its encryption key. */
type EngineKey = {
  versions: { aes: Buffer; hmac: Buffer }[]
  config: {
    deletion_allowed: boolean
    exportable: boolean
    allow_plaintext_backup: boolean
    min_encryption_version: number
    soft_deleted: boolean
  }
}

type Answer = { status: number; body?: unknown }

const refused = (status: number, ...errors: string[]): Answer => ({ status, body: { errors } })

/**
 * The transit engine as the API documentation of Vault and OpenBao describes it, mounted at `transit/`: keys, config,
 * encrypt, decrypt, hmac, delete; what is wrong is answered in their words and with their status.
 */
export async function transitServer(token: string) {
  const keys = new Map<string, EngineKey>()
  const state = { sealed: false, mounted: true, mute: false, keepsDeleted: false, redirect: '' }
  const seen: { method: string; path: string; namespace: string | undefined }[] = []
  const newVersion = () => ({ aes: randomBytes(32), hmac: randomBytes(32) })

  function createKey(name: string, body: Record<string, unknown>): Answer {
    const known = keys.get(name)
    const key = known ?? {
      versions: [newVersion()],
      config: {
        deletion_allowed: false,
        exportable: body['exportable'] === true,
        allow_plaintext_backup: body['allow_plaintext_backup'] === true,
        min_encryption_version: 0,
        soft_deleted: false,
      },
    }
    keys.set(name, key)
    const warnings = known === undefined ? null : [`key ${name} already existed`]
    return { status: 200, body: { data: described(name, key), warnings } }
  }

  function described(name: string, { versions, config }: EngineKey) {
    const listed = Object.fromEntries(versions.map((_, index) => [String(index + 1), 1_790_000_000]))
    return { name, type: 'aes256-gcm96', latest_version: versions.length, keys: listed, ...config }
  }

  function removeKey(name: string): Answer {
    const failed = (why: string) => refused(400, `error deleting policy ${name}: ${why}`)
    const key = keys.get(name)
    if (key === undefined) return failed('could not delete key; not found')
    if (!key.config.deletion_allowed) return failed('deletion is not allowed for this key')
    if (!state.keepsDeleted) keys.delete(name)
    return { status: 204 }
  }

  function use(operation: string, name: string, body: Record<string, unknown>): Answer {
    const key = keys.get(name)
    if (key === undefined) return refused(400, 'encryption key not found')
    if (key.config.soft_deleted) return refused(400, 'key is soft deleted')
    const latest = key.versions.length
    if (operation === 'hmac') {
      const version = Number(body['key_version'] ?? 0) || latest
      if (version !== latest && version < key.config.min_encryption_version)
        return refused(400, 'cannot generate HMAC: version is too old (disallowed by policy)')
      const input = Buffer.from(String(body['input']), 'base64')
      const mac = createHmac('sha256', key.versions[version - 1]?.hmac as Buffer).update(input)
      return { status: 200, body: { data: { hmac: `vault:v${version}:${mac.digest('base64')}` } } }
    }
    if (operation === 'encrypt') {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key.versions[latest - 1]?.aes as Buffer, nonce)
      const parts = [nonce, cipher.update(String(body['plaintext']), 'base64'), cipher.final()]
      const sealed = Buffer.concat([...parts, cipher.getAuthTag()]).toString('base64')
      return {
        status: 200,
        body: { data: { ciphertext: `vault:v${latest}:${sealed}`, key_version: latest } },
      }
    }
    const [, version, sealed] = /^vault:v(\d+):(.+)$/.exec(String(body['ciphertext'])) ?? []
    const bytes = Buffer.from(sealed ?? '', 'base64')
    try {
      const decipher = createDecipheriv(
        'aes-256-gcm',
        key.versions[Number(version) - 1]?.aes as Buffer,
        bytes.subarray(0, 12),
      )
      decipher.setAuthTag(bytes.subarray(-16))
      const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
      return { status: 200, body: { data: { plaintext: plain.toString('base64') } } }
    } catch {
      return refused(400, 'cipher: message authentication failed')
    }
  }

  function answer(method: string, path: string, given: string | undefined, text: string): Answer {
    if (state.sealed) return refused(503, 'Vault is sealed')
    if (given !== token) return refused(403, '1 error occurred:\n\t* permission denied\n\n')
    const [, name, config] = /^\/v1\/transit\/keys\/([\w-]+)(\/config)?$/.exec(path) ?? []
    const [, operation, used] = /^\/v1\/transit\/(encrypt|decrypt|hmac)\/([\w-]+)$/.exec(path) ?? []
    if (!state.mounted || (name === undefined && operation === undefined))
      return refused(404, `no handler for route "${path.slice(4)}". route entry not found.`)
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    if (operation !== undefined) return use(operation, used as string, body)
    const key = keys.get(name as string)
    if (config !== undefined) {
      if (key === undefined) return refused(400, `no existing key named ${name} could be found`)
      Object.assign(key.config, body)
      return { status: 200, body: { data: described(name as string, key) } }
    }
    if (method === 'POST') return createKey(name as string, body)
    if (method === 'DELETE') return removeKey(name as string)
    if (key === undefined) return refused(404)
    return { status: 200, body: { data: described(name as string, key) } }
  }

  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, path: url, namespace: headers['x-vault-namespace']?.toString() })
      if (state.mute) return
      if (state.redirect !== '') {
        response.writeHead(307, { location: state.redirect }).end()
        return
      }
      const { status, body } = answer(method, url, headers['x-vault-token']?.toString(), text)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(body === undefined ? undefined : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/transit`,
    keys,
    state,
    seen,
    rotate: (name: string) => keys.get(name)?.versions.push(newVersion()),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { DomainError } from '../platform/errors.ts'

/** Where a transit engine of HashiCorp Vault or OpenBao answers, and who asks. */
export type TransitSettings = {
  /** The engine's mount as its API has it, `https://vault.example.org:8200/v1/transit`. */
  readonly url: string
  /** Holds the token alone; read anew for each request, since an agent replaces it before it expires. */
  readonly tokenFile: string
  readonly namespace: string | undefined
}

/** `data` of an answer; undefined where the engine says that there is no such key. */
export type TransitClient = {
  readonly read: (path: string) => Promise<unknown>
  readonly write: (path: string, body: Readonly<Record<string, unknown>>) => Promise<unknown>
  readonly remove: (path: string) => Promise<void>
}

/** How long one answer may take, in milliseconds. */
const patience = 10_000

const Answer = z.looseObject({ data: z.unknown().optional(), errors: z.array(z.string()).optional() })

/**
 * Speaks to the engine over HTTP. An error says what the engine said, never what was sent: neither token nor key stands in
 * it. `log-unavailable`: it cannot be reached, is sealed or overloaded; `misconfigured`: it refuses who asks;
 * `key-mismatch`: it does not know the key or what was encrypted with it.
 */
export function transitClient(settings: TransitSettings): TransitClient {
  const { url, namespace } = settings
  async function ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) {
    const headers = {
      'x-vault-token': readToken(settings.tokenFile),
      'x-vault-request': 'true',
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    let status: number
    let text: string
    try {
      const response = await fetch(`${url}/${path}`, {
        method,
        headers,
        // A redirect would carry the token to wherever it points.
        redirect: 'manual',
        signal: AbortSignal.timeout(patience),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      status = response.status
      text = await response.text()
    } catch (error) {
      const late = error instanceof Error && error.name === 'TimeoutError'
      throw new DomainError(
        'log-unavailable',
        late
          ? `The key provider at ${url} has not answered within ${patience / 1000} seconds.`
          : `The key provider at ${url} cannot be reached: ${causeOf(error)}.`,
      )
    }
    return { status, answer: parsed(text), what: `${method} ${url}/${path}` }
  }
  return {
    read: async (path) => {
      const { status, answer, what } = await ask('GET', path)
      // An engine that is not mounted, or a proxy, answers 404 too, but says why: that is no word on the key.
      if (status === 404 && answer?.errors?.length === 0) return undefined
      if (status !== 200 || answer === undefined) throw refusal(status, answer, what)
      return answer.data
    },
    write: async (path, body) => {
      const { status, answer, what } = await ask('POST', path, body)
      if (status !== 200 && status !== 204) throw refusal(status, answer, what)
      return answer?.data
    },
    remove: async (path) => {
      const { status, answer, what } = await ask('DELETE', path)
      if (status !== 200 && status !== 204) throw refusal(status, answer, what)
    },
  }
}

function readToken(file: string): string {
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new DomainError(
      'misconfigured',
      `The token file ${file} of the key provider cannot be read: ${causeOf(error)}.`,
    )
  }
  // Checked here: fetch names in its error the header that it refuses.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new DomainError('misconfigured', `The token file ${file} of the key provider holds no token.`)
  }
  return token
}

/** The system's code for what went wrong, never a text that could repeat what was sent. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : 'no reason given'
}

function parsed(text: string): z.infer<typeof Answer> | undefined {
  try {
    return Answer.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function refusal(status: number, answer: z.infer<typeof Answer> | undefined, what: string): DomainError {
  const said = (answer?.errors ?? []).join(' ').replaceAll(/\s+/g, ' ').trim().slice(0, 200)
  const told = `${what} is answered ${status}${said === '' ? '' : `: ${said}`}.`
  if (status === 503) {
    return new DomainError(
      'log-unavailable',
      `The key provider is sealed or has no active node: unseal it. ${told}`,
    )
  }
  if (status === 412 || status === 429 || status >= 500) {
    return new DomainError('log-unavailable', `The key provider cannot answer now. ${told}`)
  }
  if (status === 401 || status === 403) {
    return new DomainError(
      'misconfigured',
      `The key provider refuses Liggare's token: it has expired, or its policy lacks this path. ${told}`,
    )
  }
  if (status === 400) return new DomainError('key-mismatch', `The key provider does not do this. ${told}`)
  return new DomainError(
    'misconfigured',
    `There is no transit engine where LIGGARE_TRANSIT_URL points. ${told}`,
  )
}

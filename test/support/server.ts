import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../services/db/embedded.ts'

/** A PostgreSQL server for tests, reached as a superuser. */
export type TestServer = {
  readonly kind: string
  readonly adminUrl: string
  /** Where its files lie, if they can be read: tests look for plaintext and keys in them. */
  readonly dataDir?: string
  stop(): Promise<void>
}

const image = 'postgres:18-alpine'

// A test's data need not survive the machine.
const hasty = { fsync: 'off', synchronous_commit: 'off' }

const quiet = {
  info: () => {},
  warn: () => {},
  fatal: (_: unknown, text?: string) => process.stderr.write(`${text}\n`),
}

/** TEST_DATABASE_URL, else a container where there is an engine and the image, else the embedded server. */
export async function startTestServer(): Promise<TestServer> {
  const given = process.env['TEST_DATABASE_URL']
  if (given) return { kind: 'TEST_DATABASE_URL', adminUrl: given, stop: async () => {} }
  return (await inContainer()) ?? (await embedded())
}

async function inContainer(): Promise<TestServer | undefined> {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 5000 })
    const { GenericContainer, Wait } = await import('testcontainers')
    const container = await new GenericContainer(image)
      .withEnvironment({ POSTGRES_PASSWORD: 'test' })
      .withCommand([
        'postgres',
        ...Object.entries(hasty).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ])
      .withTmpFs({ '/var/lib/postgresql': 'rw' })
      .withExposedPorts(5432)
      .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
      .start()
    const adminUrl = `postgresql://postgres:test@${container.getHost()}:${container.getMappedPort(5432)}/postgres`
    return {
      kind: `container ${image}`,
      adminUrl,
      stop: async () => {
        await container.stop()
      },
    }
  } catch {
    return undefined
  }
}

async function embedded(): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'liggare-test-'))
  // For root the server runs as another user, who must be able to enter.
  chmodSync(folder, 0o711)
  const server = await startEmbedded({ dataDir: join(folder, 'database'), log: quiet, settings: hasty })
  return {
    kind: 'embedded',
    dataDir: join(folder, 'database'),
    adminUrl: server.ledgerUrl.replace(/[^/]*$/, 'postgres'),
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

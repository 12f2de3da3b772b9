// Runs docker-compose.yml for real: `node test/compose/run.ts`, with an engine and the image built. Not in the suite: it
// takes a minute and a Docker engine. COMPOSE names another command than `docker compose`.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const [program = 'docker', ...words] = (process.env['COMPOSE'] ?? 'docker compose').split(' ')
const port = 18_080
const base = `http://localhost:${port}/liggare/v1`
const checkout = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'liggare-compose-'))

function compose(...args: string[]): string {
  const all = [...words, '--project-name', 'liggare-test', '--env-file', join(folder, 'env'), ...args]
  return execFileSync(program, all, {
    cwd: checkout,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim()
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Random passwords, as docker/make-env makes them, but not over the operator's own. */
function writeEnv(): void {
  const names = ['LEDGER_ADMIN', 'KEYRING_ADMIN', 'API', 'WORKER', 'PURGE', 'AUDITOR', 'KEYRING']
  const lines = names.map((name) => `${name}_PASSWORD=${crypto.randomUUID()}`)
  writeFileSync(join(folder, 'env'), [...lines, `LIGGARE_PUBLISH_PORT=${port}`, ''].join('\n'))
}

async function ready(): Promise<void> {
  const until = Date.now() + 60_000
  for (;;) {
    const answer = await fetch(`http://localhost:${port}/ready`).catch(() => undefined)
    if (answer?.ok) return
    assert.ok(Date.now() < until, 'the API is not ready after a minute')
    await sleep(300)
  }
}

type Answer = { status: number; body: { id: string; items: { position: string }[] } }

async function call(token: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}

/** The example that the contract gives for a request. */
function example(path: string): Record<string, unknown> {
  const { paths } = JSON.parse(readFileSync(join(checkout, 'openapi/openapi.json'), 'utf8'))
  return paths[path].post.requestBody.content['application/json'].example
}

async function story(): Promise<void> {
  const token = compose('exec', '-T', 'api', 'liggare', 'token', '--scope', 'all', '--controller', '*')
  const controller = example('/controllers')
  assert.equal((await call(token, 'POST', '/controllers', controller)).status, 201)
  const own = `/controllers/${controller['slug']}`
  const channel = await call(token, 'POST', `${own}/channels`, example('/controllers/{controller}/channels'))
  assert.equal(channel.status, 201)
  const post = (n: number) =>
    call(token, 'POST', `${own}/interactions`, {
      ...example('/controllers/{controller}/interactions'),
      channel: channel.body.id,
      objectId: `object-${n}`,
    })
  const ids = new Map<number, string>()
  let acknowledged = 0
  const load = (async () => {
    for (let n = 0; n < 5_000; n += 1) {
      const answer = await post(n).catch(() => undefined)
      if (answer === undefined) return
      assert.equal(answer.status, 201)
      ids.set(n, answer.body.id)
      acknowledged += 1
    }
  })()
  while (acknowledged < 100) await sleep(10)
  say('kill -9 of the API and of both database servers, under load')
  compose('kill', '-s', 'KILL', 'api', 'worker', 'ledger', 'keyring')
  await load
  compose('up', '-d')
  await ready()
  for (const [n, id] of ids) {
    const again = await post(n)
    assert.equal(again.status, 200, `object-${n} was acknowledged and is lost`)
    assert.equal(again.body.id, id)
  }
  say(`${ids.size} acknowledged interactions, none lost, none twice`)
  const due = JSON.parse(
    compose('exec', '-T', 'worker', 'liggare', 'purge', '--dry-run', '--json').split('\n').at(-1) ?? '',
  )
  assert.equal(due.objects, 0)
  say(compose('exec', '-T', 'worker', 'liggare', 'sweep'))
  assert.equal((await post(0)).status, 200)
  say('purge and sweep run under their own roles')
}

function closed(): void {
  for (const service of ['api', 'worker']) {
    const inside = (command: string) =>
      spawnSync(
        program,
        [
          ...words,
          '--project-name',
          'liggare-test',
          '--env-file',
          join(folder, 'env'),
          'exec',
          '-T',
          service,
          'sh',
          '-c',
          command,
        ],
        { cwd: checkout, encoding: 'utf8' },
      )
    assert.equal(inside('id -u').stdout.trim(), '1000')
    assert.notEqual(inside('touch /app/x').status, 0, `${service} can write to its image`)
    assert.doesNotMatch(inside('env').stdout, /liggare_admin/)
  }
  say('no root, nothing writable, no administrator’s password where people call')
}

writeEnv()
try {
  compose('up', '-d')
  await ready()
  closed()
  await story()
  say('compose: all well')
} catch (error) {
  say(compose('logs', '--no-color', '--tail=20', 'api', 'worker', 'migrate'))
  throw error
} finally {
  compose('down', '--volumes')
  rmSync(folder, { recursive: true })
}

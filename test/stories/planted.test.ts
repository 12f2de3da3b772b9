import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { filesWith, formsOf } from '../../services/demo/evidence.ts'
import { declareBasics, type ServerProcess, serverProcess } from './server-process.ts'

// G4: names and numbers are planted by every way in, and in every kind of refused request; then everything that Liggare
// writes is searched but the sealed parts themselves (which are ciphertext, and searched as files all the same).
// The declared exception, function addresses of controllers, is not planted.

const planted = {
  name: 'Åskådlig Öhypsdotter-Plantering',
  handle: 'planterad_oskadlig',
  platformId: 'planterat-plattforms-id-4711',
  email: 'planterad.oskadlig@example.org',
  number: '19121212-1212',
  ip: '192.0.2.213',
  text: 'Ropa hälsningen över Ängsby ån nio gånger',
  objectId: 'planterat-objekt-id-0815',
} as const
const needles = Object.values(planted)

let server: ServerProcess
let channel: string
beforeAll(async () => {
  server = await serverProcess()
  await server.start()
  channel = await declareBasics(server)
})
afterAll(async () => {
  await server.stop()
  server.remove()
})

const interactions = '/controllers/kommunstyrelsen/interactions'
const person = {
  role: 'author',
  platformId: planted.platformId,
  handle: planted.handle,
  displayName: planted.name,
  email: planted.email,
  ip: planted.ip,
}
const whole = () => ({
  channel,
  objectId: planted.objectId,
  verb: 'commented',
  occurredAt: '2026-03-05T10:15:00+01:00',
  persons: [person],
  text: `${planted.text} ${planted.number}`,
})

it('is told by every way in, and told off for every kind of fault', async () => {
  expect((await server.post(interactions, whole())).status).toBe(201)
  expect((await server.post(interactions, { ...whole(), text: `${planted.text}!` })).status).toBe(409)
  const batch = await server.post(`${interactions}/batch`, [
    { ...whole(), objectId: `${planted.objectId}-2` },
    { ...whole(), verb: planted.name },
  ])
  expect(batch.status).toBe(207)
  const faults: [body: unknown, path: string][] = [
    [{ ...whole(), verb: planted.name }, interactions],
    [{ ...whole(), [planted.name]: planted.text }, interactions],
    [{ ...whole(), occurredAt: planted.number }, interactions],
    [{ ...whole(), channel: planted.name }, interactions],
    [{ ...whole(), text: `${planted.name}\u0000` }, interactions],
    [`{"text":"${planted.name}`, interactions],
    [whole(), `/controllers/${encodeURIComponent(planted.name)}/interactions`],
    [whole(), `${interactions}/${encodeURIComponent(planted.name)}`],
    [whole(), `/${encodeURIComponent(planted.name)}?name=${encodeURIComponent(planted.name)}`],
    [
      { purpose: planted.name, identifiers: [{ displayName: planted.name }] },
      '/controllers/kommunstyrelsen/access/find',
    ],
  ]
  const answers: string[] = []
  for (const [body, path] of faults) {
    const answer = await server.post(path, body, { 'x-planted': planted.handle })
    expect(answer.status).toBeLessThan(500)
    if (answer.status >= 400) answers.push(await answer.text())
  }
  for (const needle of needles) for (const answer of answers) expect(answer).not.toContain(needle)
})

it('stands in no line of the log, at the most talkative level', () => {
  const log = server.output()
  expect(log).toContain('/liggare/v1')
  for (const needle of needles)
    for (const form of formsOf(needle)) expect(Buffer.from(log).includes(form)).toBe(false)
})

it('stands in no table but the sealed parts, in no form', async () => {
  const [port] = execFileSync('sh', ['-c', `sed -n 4p ${join(server.dataDir, 'postmaster.pid')}`], {
    encoding: 'utf8',
  }).split('\n')
  const secret = passwordFile(server.dataDir)
  for (const database of ['liggare', 'liggare_keyring']) {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: Number(port),
      user: 'liggare_admin',
      password: secret,
      database,
    })
    await client.connect()
    const { rows: tables } = await client.query<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
    )
    expect(tables.length).toBeGreaterThan(2)
    for (const { name } of tables.filter((table) => table.name !== 'ledger.sealed_part')) {
      const { rows } = await client.query<{ line: string }>(`select t::text as line from ${name} t`)
      const dump = Buffer.from(rows.map((row) => row.line).join('\n'))
      for (const needle of needles) {
        for (const form of formsOf(needle))
          expect({ name, found: dump.includes(form) }).toEqual({ name, found: false })
      }
    }
    await client.end()
  }
})

it('stands in no file: heap, WAL, indexes, the server’s log, the journal', () => {
  for (const needle of needles) {
    expect(filesWith([server.folder], needle).hits).toBe(0)
  }
  const control = join(server.folder, 'control')
  writeFileSync(control, planted.text)
  expect(filesWith([server.folder], planted.text).hits).toBe(1)
})

function passwordFile(dataDir: string): string {
  const folder = `${dataDir}.run`
  const [name] = readdirSync(folder).filter((file) => file.includes('password'))
  return execFileSync('cat', [join(folder, name as string)], { encoding: 'utf8' }).trim()
}

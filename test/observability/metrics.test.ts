import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fastify } from 'fastify'
import type { Registry } from 'prom-client'
import { beforeAll, expect, it } from 'vitest'
import { measureRequests } from '../../services/api/metrics.ts'
import { measureAll } from '../../services/commands/metrics.ts'
import { makeCheckpoint } from '../../services/ledger/checkpoints.ts'
import { commentDraft, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'

// What the dashboard shows and the alert rules watch is what /metrics tells.

const databases = testDatabases()
const folder = resolve(import.meta.dirname, '../../docker/observability')
const read = (file: string) => readFileSync(join(folder, file), 'utf8')
let house: Awaited<ReturnType<typeof testLedger>>
let registry: Registry
let told: string

beforeAll(async () => {
  house = await testLedger(databases)
  registry = measureAll(house.ledger)
  const app = fastify()
  measureRequests(app, registry)
  app.get('/', async () => 'ok')
  await newLog(house.ledger)
  await app.inject('/')
  told = await registry.metrics()
  await app.close()
})

/** Names of series in PromQL: those of Liggare, of the process and of Node. */
const namesIn = (text: string) => [...new Set(text.match(/\b(liggare|process|nodejs)_[a-z0-9_]+/g) ?? [])]

const isTold = (name: string) =>
  told.includes(`# TYPE ${name} `) ||
  told.includes(`# TYPE ${name.replace(/_(bucket|count|sum)$/, '')} histogram`)

it('has every metric that the dashboard shows', () => {
  const dashboard = JSON.parse(read('dashboard.json')) as {
    panels: { title: string; targets: { expr: string }[] }[]
  }
  const shown = dashboard.panels.flatMap((panel) => panel.targets.flatMap(({ expr }) => namesIn(expr)))
  expect(shown.length).toBeGreaterThan(10)
  expect(shown.filter((name) => !isTold(name))).toEqual([])
})

it('has every metric that an alert watches, and an alert for each metric of Liggare', () => {
  const watched = namesIn(
    [...read('alerts.yml').matchAll(/^ *expr: (.*)$/gm)].map((match) => match[1]).join('\n'),
  )
  expect(watched.filter((name) => !isTold(name))).toEqual([])
  const own = [...told.matchAll(/^# TYPE (liggare_\w+) /gm)].map((match) => match[1] as string)
  expect(own.filter((name) => !watched.some((other) => other.startsWith(name)))).toEqual([])
})

it('shows and watches only values of labels that there are', () => {
  const text = read('alerts.yml') + read('dashboard.json').replaceAll('\\"', '"')
  const used = [...text.matchAll(/(what|state)="(\w+)"/g)].map((match) => match[0])
  expect(new Set(used)).toContain('what="overdueObjects"')
  expect(used.filter((label) => !told.includes(label))).toEqual([])
})

it('says how old the newest checkpoint is, and how many events it does not cover', async () => {
  const { ledger, provider, clock } = house
  const log = await newLog(ledger)
  const value = async (name: string) => {
    const found = (await registry.metrics())
      .split('\n')
      .find((line) => line.startsWith(`${name}{controller="${log.slug}"}`))
    return Number(found?.split(' ').at(-1))
  }
  expect([await value('liggare_unsigned_events'), await value('liggare_checkpoint_age_seconds')]).toEqual([
    0, 0,
  ])
  await ledger.writer(log).append([commentDraft('c-1'), commentDraft('c-2')])
  clock.advance({ seconds: 40 })
  expect([await value('liggare_unsigned_events'), await value('liggare_checkpoint_age_seconds')]).toEqual([
    2, 40,
  ])
  const signing = {
    pool: databases.ledger('worker'),
    provider,
    clock,
    folder: join(databases.folder, 'checkpoints'),
  }
  await makeCheckpoint(signing, log)
  clock.advance({ seconds: 7 })
  expect([await value('liggare_unsigned_events'), await value('liggare_checkpoint_age_seconds')]).toEqual([
    0, 7,
  ])
})

it('carries no text beside slugs, routes and words of its own', () => {
  const labels = [...told.matchAll(/(\w+)="[^"]*"/g)].map((match) => match[1] as string)
  const known = ['controller', 'reason', 'what', 'state', 'method', 'route', 'status', 'le']
  const process = ['type', 'kind', 'space', 'version', 'major', 'minor', 'patch']
  expect([...new Set(labels)].filter((label) => ![...known, ...process].includes(label))).toEqual([])
})

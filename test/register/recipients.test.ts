import { beforeAll, describe, expect, test } from 'vitest'
import type { Log } from '../../services/ledger/ledger.ts'
import type { Register } from '../../services/register/schemas.ts'
import {
  activityDocument,
  channelDocument,
  controllerDocument,
  ruleDocument,
  testService,
} from '../declarations/support.ts'
import { commentDraft } from '../ledger/support.ts'

const service = testService()
const at = '/controllers/kommunstyrelsen'
let activity: string
let objects: string[]

const register = async (query = '') => (await service.call('GET', `${at}/register${query}`)).body as Register
const codes = async () =>
  (await register()).findings.filter((it) => it.activity === activity).map(({ code, sv }) => `${code}: ${sv}`)
const whole = {
  dataSubjects: [{ term: 'visitors' }],
  personalData: [{ term: 'publicText' }, { term: 'name' }],
  measures: [{ term: 'accessControl' }],
  retentionText: 'Se reglerna.',
  nextReview: '2030-01-01',
  recipients: [],
  transfers: [],
}
const declare = async (given: object) => {
  const changed = await service.call('PUT', `${at}/activities/${activity}`, {
    headers: { 'if-match': '*' },
    body: activityDocument({ ...whole, ...given }),
  })
  if (changed.status !== 200) throw new Error(changed.text)
}

beforeAll(async () => {
  await service.call('POST', '/controllers', { body: controllerDocument('kommunstyrelsen') })
  const made = (await service.call('POST', `${at}/channels`, { body: channelDocument() })).body as {
    id: string
  }
  activity = (
    (await service.call('POST', `${at}/activities`, { body: activityDocument(whole) })).body as { id: string }
  ).id
  const log = (await service.ledger.find('kommunstyrelsen')) as Log
  const stored = await service.ledger
    .writer(log)
    .append([commentDraft('a', { channel: made.id }), commentDraft('b', { channel: made.id })])
  objects = stored.map(({ streamId }) => streamId)
  const given = [
    { recipient: { kind: 'police', organisation: 'Polismyndigheten' }, ground: 'criminalReport', objects },
    {
      recipient: { kind: 'police', organisation: 'Polismyndigheten' },
      ground: 'legalDuty',
      objects: objects.slice(0, 1),
    },
    { recipient: { kind: 'requester' }, ground: 'publicRecord', objects: objects.slice(1) },
  ]
  for (const it of given) {
    const answer = await service.call('POST', `${at}/disclosures`, {
      body: { ...it, purpose: 'Prov', disclosedOn: '2026-02-20' },
    })
    if (answer.status !== 201) throw new Error(answer.text)
  }
})

describe('those who were actually handed records', () => {
  test('stand in the row of the activity, each once, with grounds and counts', async () => {
    const row = (await register()).rows.find(({ id }) => id === activity)
    const on = { first: '2026-02-20', last: '2026-02-20' }
    expect(row?.observed.recipients).toEqual([
      {
        kind: 'police',
        organisation: 'Polismyndigheten',
        grounds: ['criminalReport', 'legalDuty'],
        disclosures: 2,
        objects: 2,
        ...on,
      },
      { kind: 'requester', grounds: ['publicRecord'], disclosures: 1, objects: 1, ...on },
    ])
  })

  test('are faults while nobody has declared them, by name or by category', async () => {
    const found = async () => (await codes()).filter((it) => it.startsWith('recipient-not-declared'))
    expect(await found()).toHaveLength(2)
    await declare({ recipients: [{ kind: 'police', name: 'Säkerhetspolisen' }, { kind: 'public' }] })
    expect(await found()).toEqual([expect.stringContaining('Polismyndigheten')])
    await declare({ recipients: [{ kind: 'police', name: 'polismyndigheten' }, { kind: 'requester' }] })
    expect(await found()).toEqual([])
    await declare({ recipients: [{ kind: 'authority' }, { kind: 'requester' }] })
    expect(await found()).toEqual([])
  })
})

describe('letter e', () => {
  const known = [{ kind: 'authority' }, { kind: 'requester' }]
  const found = async (given: object) => {
    await declare({ recipients: known, ...given })
    return (await codes())
      .filter((it) => /transfer|safeguard|exception/.test(it))
      .map((it) => it.split(':')[0])
  }

  test('asks for a transfer where a recipient or processor is outside the EEA', async () => {
    const far = { name: 'Exempel Inc.', country: 'US' }
    expect(await found({ recipients: [...known, { kind: 'platform', ...far }] })).toEqual([
      'transfer-not-declared',
    ])
    expect(await found({ processors: [far] })).toEqual(['transfer-not-declared'])
    expect(await found({ processors: [{ name: 'Exempel AS', country: 'NO' }] })).toEqual([])
    for (const destination of ['US', 'USA', 'United States'])
      expect(
        await found({ processors: [far], transfers: [{ destination, safeguard: 'adequacyDecision' }] }),
      ).toEqual([])
  })

  test('asks for a safeguard, and for documentation under article 49.1 second sub-paragraph', async () => {
    expect(await found({ transfers: [{ destination: 'US' }] })).toEqual(['safeguard-missing'])
    const exception = { destination: 'US', safeguard: 'compellingInterests' }
    expect(await found({ transfers: [exception] })).toEqual(['exception-undocumented'])
    expect(await found({ transfers: [{ ...exception, documentation: 'Bedömning 2026:3' }] })).toEqual([])
  })
})

test('a published activity without a day for its review is noted', async () => {
  await declare({ nextReview: undefined })
  expect(await codes()).toContainEqual(expect.stringMatching(/^review-missing/))
})

test('of a rule that changes one day, the register shows on each day the version that holds', async () => {
  const first = ruleDocument({ start: 'occurred' })
  const id = ((await service.call('POST', `${at}/retention-rules`, { body: first })).body as { id: string })
    .id
  await service.call('PUT', `${at}/retention-rules/${id}`, {
    headers: { 'if-match': '*' },
    body: { ...first, period: 'P9M', validFrom: '2026-06-01' },
  })
  const periods = async (day: string) =>
    (await register(`?validOn=${day}`)).rows
      .find((row) => row.id === activity)
      ?.observed.rules.map(({ version, period }) => `${version} ${period}`)
  expect(await periods('2026-05-31')).toEqual(['1 P2M'])
  expect(await periods('2026-06-01')).toEqual(['2 P9M'])
})

import { CloudEvent } from 'cloudevents'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCloudEvent, toCloudEvent } from '../../services/sources/cloudevents.ts'
import { cloudEvents } from '../../services/sources/cloudevents-file.ts'
import { anyInteraction } from './arbitrary-interaction.ts'

const channel = '0198c5a0-0000-7000-8000-000000000001'
const data = { channel, objectId: '101_202', text: 'Tack för svaret!' }
const event = {
  specversion: '1.0',
  id: 'a-1',
  source: 'https://e-tjanst.example.org/flode',
  type: 'se.liggare.interaction.commented',
  time: '2026-03-05T10:15:00.123456+01:00',
  data,
}

function interactionOf(value: unknown) {
  const reading = readCloudEvent(value)
  if (!reading.ok) throw new Error(JSON.stringify(reading.violations))
  return reading.interaction
}

function pointersOf(value: unknown) {
  const reading = readCloudEvent(value)
  return reading.ok ? [] : reading.violations.map(({ pointer }) => pointer)
}

test('an event is its interaction, and time is kept as it was written', () => {
  const reading = readCloudEvent(event)
  expect(reading).toEqual({
    ok: true,
    alias: 'cloudevents:["https://e-tjanst.example.org/flode","a-1"]',
    interaction: {
      ...data,
      verb: 'commented',
      occurredAt: '2026-03-05T10:15:00.123456+01:00',
      precision: 'millisecond',
      basis: 'occurred',
      persons: [],
    },
  })
})

test('a missing time is not invented', () => {
  const { time: _, ...timeless } = event
  expect(pointersOf(timeless)).toEqual(['/time'])
  expect(
    interactionOf({ ...timeless, data: { ...data, occurredAt: '2026-03-05T10:15:00Z' } }).occurredAt,
  ).toBe('2026-03-05T10:15:00Z')
})

test('a time that differs from occurredAt is kept beside it', () => {
  const both = interactionOf({ ...event, data: { ...data, occurredAt: '2026-03-05T09:15:00Z' } })
  expect(both.occurredAt).toBe('2026-03-05T09:15:00Z')
  expect(both.extensions).toEqual({ time: event.time })
})

test('unknown attributes are kept as their canonical text, null is not set', () => {
  const { extensions } = interactionOf({ ...event, subject: 'b', comexample: true, number: -7, gone: null })
  expect(extensions).toEqual({ subject: 'b', comexample: 'true', number: '-7' })
})

test('binary data in JSON is read', () => {
  const { data: _, ...bare } = event
  const bytes = Buffer.from(JSON.stringify(data)).toString('base64')
  expect(interactionOf({ ...bare, data_base64: bytes }).text).toBe(data.text)
  expect(pointersOf({ ...bare, data_base64: `${bytes}!` })).toEqual(['/data_base64'])
  expect(pointersOf({ ...bare, data_base64: Buffer.from([0xff, 0x7b]).toString('base64') })).toEqual([
    '/data_base64',
  ])
  expect(pointersOf({ ...event, data_base64: bytes })).toEqual(['/data_base64'])
})

test.each([
  ['no object', [], ''],
  ['another version', { ...event, specversion: '0.3' }, '/specversion'],
  ['a numeric id', { ...event, id: 7 }, '/id'],
  ['an empty id', { ...event, id: '' }, '/id'],
  ['a source with a space', { ...event, source: 'a b' }, '/source'],
  ['a source with a colon and no scheme', { ...event, source: '1:2' }, '/source'],
  ['an unknown verb', { ...event, type: 'se.liggare.interaction.sung' }, '/type'],
  ['a foreign type', { ...event, type: 'com.github.pull.create' }, '/type'],
  ['a verb that type contradicts', { ...event, data: { ...data, verb: 'edited' } }, '/data/verb'],
  ['a day that does not exist', { ...event, time: '2026-02-29T10:00:00Z' }, '/time'],
  ['a time without an offset', { ...event, time: '2026-02-28T10:00:00' }, '/time'],
  ['a relative dataschema', { ...event, dataschema: 'interaction.json' }, '/dataschema'],
  ['data that is no JSON', { ...event, datacontenttype: 'text/xml', data: '<a/>' }, '/datacontenttype'],
  ['no data', { ...event, data: null }, '/data'],
  ['an attribute that is an object', { ...event, trace: {} }, '/trace'],
  ['an attribute with a line break', { ...event, trace: 'a\nb' }, '/trace'],
  ['an attribute beyond 32 bits', { ...event, trace: 2 ** 31 }, '/trace'],
  ['an attribute in capitals', { ...event, Trace: 'a' }, ''],
  ['an unknown field of the interaction', { ...event, data: { ...data, colour: 'red' } }, '/data'],
  ['a number as object id', { ...event, data: { ...data, objectId: 9 } }, '/data/objectId'],
  [
    'an attribute that extensions contradict',
    { ...event, trace: 'a', data: { ...data, extensions: { trace: 'b' } } },
    '/data/extensions/trace',
  ],
])('%s is refused where it stands', (_, value, pointer) => {
  expect(pointersOf(value)).toEqual([pointer])
})

test('out and in again is the same interaction', () => {
  fc.assert(
    fc.property(anyInteraction, (interaction) => {
      const facts = {
        id: 'e-1',
        source: '/liggare/log',
        recordedAt: '2026-03-05T10:15:01.000Z',
        position: 7n,
      }
      const wire = JSON.parse(JSON.stringify(toCloudEvent(interaction, facts)))
      expect(interactionOf(wire)).toEqual(interaction)
    }),
    { numRuns: 300 },
  )
})

test('a foreign client takes what goes out', () => {
  fc.assert(
    fc.property(anyInteraction, (interaction) => {
      const facts = {
        id: 'e-1',
        source: '/liggare/log',
        recordedAt: '2026-03-05T10:15:01.000Z',
        position: 7n,
      }
      const event = new CloudEvent(JSON.parse(JSON.stringify(toCloudEvent(interaction, facts))))
      expect(event.validate()).toBe(true)
      expect(event.type).toBe(`se.liggare.interaction.${interaction.verb}`)
    }),
    { numRuns: 50 },
  )
})

test('what a foreign client sends is taken', () => {
  const sent = new CloudEvent<unknown>({ ...event, trace: 'a' })
  expect(interactionOf(JSON.parse(JSON.stringify(sent))).text).toBe(data.text)
})

test('anything at all is answered and never thrown at', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 4 }),
      fc.constantFrom(...Object.keys(event), 'data_base64', 'x'),
      (value, name) => {
        expect(readCloudEvent(value).ok).toBe(false)
        readCloudEvent({ ...event, [name]: value })
      },
    ),
    { numRuns: 500 },
  )
})

test('an export is imported line by line, and another system’s events are kept as unrecognised', async () => {
  const lines = [event, { ...event, id: 'a-2', type: 'com.github.pull.create', data: { items: [1] } }].map(
    (it) => JSON.stringify(it),
  )
  async function* bytes() {
    yield Buffer.from(lines.join('\n'))
  }
  const file = { path: 'logg.cloudevents.jsonl', bytes: bytes(), observedAt: '2026-03-05T10:00:00Z' }
  const found = await Array.fromAsync(cloudEvents.translate(file, undefined))
  expect(found).toMatchObject([
    { kind: 'interaction', interaction: { objectId: '101_202', verb: 'commented' } },
    { kind: 'unrecognised', nativeKind: 'com.github.pull.create', raw: lines[1] },
  ])
  expect(found[0]).not.toHaveProperty('interaction.channel')
})

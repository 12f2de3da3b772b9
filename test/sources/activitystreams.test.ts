import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Interaction } from '../../services/events/interaction.ts'
import { DomainError } from '../../services/platform/errors.ts'
import { activityStreams } from '../../services/sources/activitystreams.ts'
import { checkActivityStreams } from '../../services/sources/activitystreams-check.ts'
import { toActivity } from '../../services/sources/activitystreams-export.ts'
import { readActivityStreams } from '../../services/sources/activitystreams-read.ts'
import { translateNode } from '../../services/sources/activitystreams-translate.ts'
import { parseExact } from '../../services/sources/detail.ts'
import { anyInteraction } from './arbitrary-interaction.ts'

const as2 = 'https://www.w3.org/ns/activitystreams'
const observedAt = '2026-03-05T10:00:00Z'
const saying = { mapper: 'activitystreams/v1', observedAt }

function told(value: unknown) {
  return [...translateNode(parseExact(JSON.stringify(value)), saying)].map((it) =>
    it.kind === 'interaction' ? it.interaction : it,
  )
}

function refused(text: string | Uint8Array): boolean {
  try {
    readActivityStreams(typeof text === 'string' ? Buffer.from(text) : text, 'document')
    return false
  } catch (error) {
    if (error instanceof DomainError && error.code === 'source-malformed') return true
    throw error
  }
}

async function imported(text: string, size = 7) {
  const bytes = Buffer.from(text)
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const found = []
  for await (const it of activityStreams.translate(
    { path: 'a.jsonld', bytes: chunks(), observedAt },
    undefined,
  ))
    found.push(it)
  return found
}

test.each([
  ['an empty object', {}],
  ['only a context', { '@context': [as2, { ext: 'https://example.org/ns#' }] }],
  ['a vocabulary context', { '@context': { '@vocab': as2, '@language': 'sv' }, type: 'Note', name: 'a' }],
  ['unknown types and properties', { type: ['Note', 'ext:Notice'], 'ext:colour': 3 }],
  ['maps by language', { type: 'Note', nameMap: { sv: 'a', 'zh-Hans': 'b', 'sr-Latn-RS': 'c' } }],
  ['null for what is not there', { type: 'Note', inReplyTo: null, summary: null, attachment: [null] }],
  [
    'links in the place of objects',
    { type: 'Like', actor: { type: 'Link', href: 'https://example.org/a' }, object: 'acct:a@example.org' },
  ],
  [
    'a page inline',
    { type: 'OrderedCollection', first: { type: 'OrderedCollectionPage', orderedItems: [] } },
  ],
  ['seconds left out', { type: 'Note', published: '2026-03-05T10:00Z' }],
  ['numbers', { type: 'Place', latitude: 59.3, longitude: 18, radius: 15, accuracy: 94.5, units: 'miles' }],
])('%s is ActivityStreams', (_, document) => {
  expect(refused(JSON.stringify(document))).toBe(false)
})

test.each([
  ['a list at the top', '[]'],
  ['a text at the top', '"a"'],
  ['nothing', ''],
  ['another vocabulary', '{"@context":"https://schema.org/"}'],
  ['a number as type', '{"type":1}'],
  ['a number as id', '{"id":1}'],
  ['a number as name', '{"name":1}'],
  ['a number as actor', '{"type":"Like","actor":1}'],
  ['a list with a number', '{"type":"Like","actor":[1]}'],
  ['a boolean as content', '{"content":true}'],
  ['a text as map', '{"nameMap":"a"}'],
  ['a map with a tag that is none', '{"contentMap":{"inte ett språk":"a"}}'],
  ['a map with an unregistered kind of tag', '{"contentMap":{"svenska":"a"}}'],
  ['ordered items without order', '{"type":"Collection","orderedItems":[]}'],
  ['a page that is none', '{"type":"OrderedCollection","first":{"type":"Note"}}'],
  ['a relative address', '{"type":"Link","href":"a.jpg"}'],
  ['a day that does not exist', '{"published":"2026-02-30T10:00:00Z"}'],
  ['a time without an offset', '{"published":"2026-02-20T10:00:00"}'],
  ['a negative count', '{"type":"Collection","totalItems":-1}'],
  ['a duration in words', '{"duration":"two hours"}'],
  ['both kinds of choice', '{"type":"Question","oneOf":[],"anyOf":[]}'],
  ['two hrefs', '{"type":"Link","href":["https://a.example","https://b.example"]}'],
  ['a deep nest', `${'{"object":'.repeat(5000)}{}${'}'.repeat(5000)}`],
])('%s is refused', (_, text) => {
  expect(refused(text)).toBe(true)
})

test('bytes that are not UTF-8 are refused', () => {
  expect(refused(Buffer.from('{"name":"\xe5"}', 'latin1'))).toBe(true)
})

test('a note with mention, hashtag and file is published by its author', () => {
  const note = {
    id: 'https://social.example/n/1',
    type: 'Note',
    attributedTo: {
      type: 'Person',
      id: 'https://social.example/u/bo',
      preferredUsername: 'bo',
      name: 'Bo Exempel',
    },
    to: [`${as2}#Public`],
    content:
      '<p>Hej <a class="mention" href="https://social.example/@eva">@eva</a>, se <a href="https://example.org/">här</a></p>',
    published: '2026-03-05T09:00:00Z',
    tag: [
      { type: 'Mention', href: 'https://social.example/u/eva', name: '@eva@social.example' },
      { type: 'Hashtag', name: '#bad' },
    ],
    attachment: [
      { type: 'Document', mediaType: 'image/png', url: 'https://social.example/b.png', name: 'Badet' },
    ],
  }
  expect(told({ '@context': as2, type: 'Create', id: 'https://social.example/a/1', object: note })).toEqual([
    {
      objectId: 'https://social.example/n/1',
      actId: 'https://social.example/a/1',
      verb: 'published',
      occurredAt: '2026-03-05T09:00:00Z',
      precision: 'second',
      basis: 'occurred',
      persons: [
        {
          role: 'author',
          platformId: 'https://social.example/u/bo',
          handle: 'bo@social.example',
          displayName: 'Bo Exempel',
        },
        { role: 'mentioned', platformId: 'https://social.example/u/eva', handle: 'eva@social.example' },
      ],
      text: 'Hej @eva, se här',
      rawText: note.content,
      repair: 'html-text/v1',
      links: ['https://example.org/'],
      hashtags: ['bad'],
      attachments: [{ url: 'https://social.example/b.png', mediaType: 'image/png', description: 'Badet' }],
      visibility: 'public',
      native: { kind: 'Create/Note', time: '2026-03-05T09:00:00Z', mapper: 'activitystreams/v1' },
    },
  ])
})

const actor = 'https://social.example/u/bo'
const thing = 'https://social.example/n/1'
test.each([
  [
    'Create',
    { object: { type: 'Note', id: thing, inReplyTo: 'https://social.example/n/0' } },
    'replied',
    thing,
  ],
  [
    'Create',
    { object: { type: 'Note', id: thing }, to: ['https://social.example/u/eva'] },
    'messaged',
    thing,
  ],
  ['Update', { object: { type: 'Note', id: thing } }, 'edited', thing],
  ['Update', { object: { type: 'Person', id: actor } }, 'profile-changed', actor],
  ['Delete', { object: { type: 'Tombstone', id: thing } }, 'removed', thing],
  ['Delete', { object: thing }, 'removed', thing],
  ['Like', { object: thing }, 'reacted', `~reaction/${thing}/${actor}`],
  ['EmojiReact', { object: thing, content: '🎉' }, 'reacted', `~reaction/${thing}/${actor}/🎉`],
  ['Undo', { object: { type: 'Like', actor, object: thing } }, 'removed', `~reaction/${thing}/${actor}`],
  ['Announce', { id: 'https://social.example/s/1', object: thing }, 'shared', 'https://social.example/s/1'],
  [
    'Undo',
    { object: { type: 'Announce', id: 'https://social.example/s/1', object: thing } },
    'removed',
    'https://social.example/s/1',
  ],
  [
    'Follow',
    { object: 'https://social.example/u/eva' },
    'followed',
    `~follow/${actor}/https://social.example/u/eva`,
  ],
  [
    'Undo',
    { object: { type: 'Follow', actor, object: 'https://social.example/u/eva' } },
    'unfollowed',
    `~follow/${actor}/https://social.example/u/eva`,
  ],
  [
    'Block',
    { object: 'https://social.example/u/eva' },
    'blocked',
    `~block/${actor}/https://social.example/u/eva`,
  ],
  ['Flag', { object: ['https://social.example/u/eva', thing], content: 'osant' }, 'reported', thing],
])('%s %j is %s', (type, fields, verb, objectId) => {
  const [fact] = told({ type, actor, published: '2026-03-05T09:00:00Z', ...fields })
  expect(fact).toMatchObject({
    verb,
    objectId,
    occurredAt: '2026-03-05T09:00:00Z',
  })
  expect(fact).toHaveProperty('persons.0', { role: 'author', platformId: actor })
})

test('an edited object is two facts, and the text is that of the edit', () => {
  const [first, edit] = told({
    type: 'Note',
    id: thing,
    content: 'ny',
    published: '2026-03-05T09:00:00Z',
    updated: '2026-03-05T09:30:00Z',
  })
  expect(first).toMatchObject({ verb: 'published', occurredAt: '2026-03-05T09:00:00Z' })
  expect(first).not.toHaveProperty('text')
  expect(edit).toMatchObject({ verb: 'edited', occurredAt: '2026-03-05T09:30:00Z', text: 'ny' })
})

test('what has no time is observed, what has no act is unrecognised', () => {
  expect(told({ type: 'Like', actor, object: thing })).toMatchObject([
    { occurredAt: observedAt, basis: 'observed' },
  ])
  expect(told({ type: 'Listen', actor, object: thing })).toMatchObject([
    { kind: 'unrecognised', nativeKind: 'Listen' },
  ])
  expect(told({ type: 'Create', object: { type: 'Note', content: 'utan id' } })).toMatchObject([
    { kind: 'unrecognised' },
  ])
})

test('digits beyond 53 bits are kept in what is unrecognised', () => {
  const [found] = [...translateNode(parseExact('{"type":"Listen","ext:id":12345678901234567890}'), saying)]
  expect(found).toMatchObject({ raw: '{"type":"Listen","ext:id":12345678901234567890}' })
})

test('a collection is read element by element, however it is cut', async () => {
  const likes = [1, 2, 3].map((n) => ({ type: 'Like', actor, object: `${thing}?n=[${n}]` }))
  const text = JSON.stringify({
    '@context': as2,
    type: 'OrderedCollection',
    name: 'a "quoted" [name]',
    orderedItems: [...likes, 5, 'x'],
  })
  const whole = await imported(text, text.length)
  expect(whole.map(({ kind }) => kind)).toEqual([
    'interaction',
    'interaction',
    'interaction',
    'unrecognised',
    'unrecognised',
  ])
  for (const size of [1, 2, 13]) expect(await imported(text, size)).toEqual(whole)
})

test('one object a line is read line by line', async () => {
  const line = JSON.stringify({ type: 'Like', actor, object: thing })
  expect(await imported(`${line}\n${line}\n`)).toHaveLength(2)
})

test.each([
  '',
  '[{}]',
  '3',
  '{"items":[',
  '{"items":[}',
  '{"items":[{]}',
  '{"items":[1]} x',
  '{"type":"OrderedCollection","items":[]}',
])('the file %j is refused or says nothing', async (text) => {
  if (text === '') expect(await imported(text)).toEqual([])
  else await expect(imported(text)).rejects.toMatchObject({ code: 'source-malformed' })
})

test('out and in again is the same fact, and what goes out is strict ActivityStreams', () => {
  fc.assert(
    fc.property(anyInteraction, (interaction) => {
      const activity = JSON.parse(JSON.stringify(toActivity(interaction, { id: 'e-1' })))
      expect(checkActivityStreams(activity)).toEqual([])
      const [fact, ...others] = told(activity)
      expect(others).toEqual([])
      expect(Interaction.parse({ ...fact, channel: interaction.channel })).toEqual(interaction)
    }),
    { numRuns: 300 },
  )
})

test('anything at all is translated or unrecognised and never thrown at', () => {
  const anyNode = fc.dictionary(
    fc.constantFrom(
      'type',
      'id',
      'actor',
      'object',
      'published',
      'tag',
      'to',
      'content',
      'liggare:fact',
      'inReplyTo',
    ),
    fc.oneof(fc.constantFrom('Create', 'Undo', 'Like', 'Flag', 'Note', thing), fc.jsonValue({ maxDepth: 3 })),
  )
  fc.assert(
    fc.property(anyNode, anyNode, (outer, inner) => {
      expect(told({ ...outer, object: inner }).length).toBeGreaterThan(0)
    }),
    { numRuns: 500 },
  )
})

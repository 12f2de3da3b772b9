import { describe, expect, test } from 'vitest'
import { facebookWebhook } from '../../services/sources/facebook-webhook.ts'
import type { Translated } from '../../services/sources/source.ts'
import { authored, expected, jsonBody, misfits, observedAt, webhook } from '../support/translate.ts'

function feed(value: object, entry: object = { id: '17', time: 1772701200 }, field = 'feed'): Translated[] {
  return webhook(
    facebookWebhook,
    jsonBody({ object: 'page', entry: [{ ...entry, changes: [{ field, value }] }] }),
  )
}
function only(all: Translated[]) {
  expect(all).toHaveLength(1)
  return all[0]?.kind === 'interaction' ? all[0].interaction : undefined
}

describe('a batch of the page webhook', () => {
  test('becomes the events that are written down', () => {
    const all = webhook(facebookWebhook, authored('facebook-webhook/batch.json'))
    expect(all).toEqual(expected('facebook-webhook.json'))
    expect(misfits(all)).toEqual([])
  })
})

describe('every item with every verb', () => {
  const items = ['album', 'comment', 'event', 'like', 'photo', 'post', 'reaction', 'share', 'status', 'video']
  const verbs = {
    add: ['published', 'commented', 'reacted', 'shared'],
    edit: ['edited'],
    edited: ['edited'],
    update: ['edited'],
    remove: ['removed'],
    delete: ['removed'],
    hide: ['hidden', undefined],
    unhide: ['unhidden', undefined],
    follow: ['followed'],
    block: [undefined],
    unblock: [undefined],
    mute: [undefined],
    unmute: [undefined],
    constructor: [undefined],
  }
  test.each(
    items.flatMap((item) => Object.entries(verbs).map(([verb, allowed]) => ({ item, verb, allowed }))),
  )('$item/$verb is one event or is kept as unrecognised', ({ item, verb, allowed }) => {
    const value = {
      item,
      verb,
      post_id: '17_1',
      comment_id: '1_2',
      parent_id: '17_1',
      from: { id: '9', name: 'Bo Prov' },
    }
    const all = feed(value)
    expect(misfits(all)).toEqual([])
    expect(allowed).toContain(only(all)?.verb)
    if (all[0]?.kind === 'unrecognised') expect(all[0].nativeKind).toBe(`feed/${item}/${verb}`)
    else expect(only(all)?.native?.kind).toBe(`feed/${item}/${verb}`)
  })

  test('an unknown item, verb or field is kept whole', () => {
    for (const all of [
      feed({ item: 'poll', verb: 'add', x: 1 }),
      feed({ item: 'post', verb: 'pin', x: 1 }),
      feed({ x: 1 }, {}, 'leadgen'),
    ]) {
      expect(all).toHaveLength(1)
      expect(all[0]?.kind === 'unrecognised' && all[0].raw).toContain('"x":"1"')
    }
  })
})

describe('old and sparse forms', () => {
  test('numeric ids beyond 2^53 keep their digits', () => {
    const body =
      '{"object":"page","entry":[{"id":17,"time":1,"changes":[{"field":"feed","value":{"item":"comment","verb":"add","comment_id":9007199254740993,"sender_id":9007199254740995}}]}]}'
    const it = only(webhook(facebookWebhook, Buffer.from(body)))
    expect(it?.objectId).toBe('9007199254740993')
    expect(it?.persons).toEqual([{ role: 'author', platformId: '9007199254740995' }])
  })

  test('without created_time the time is that of sending, without that of receiving, and observed', () => {
    const value = { item: 'post', verb: 'add', post_id: '17_1' }
    expect(only(feed(value))).toMatchObject({ occurredAt: '2026-03-05T09:00:00Z', basis: 'observed' })
    expect(only(feed(value, {}))).toMatchObject({ occurredAt: observedAt, basis: 'observed' })
    expect(only(feed({ ...value, created_time: '2026-03-05T10:00:00+0100' }))).toMatchObject({
      occurredAt: '2026-03-05T10:00:00+01:00',
      basis: 'occurred',
    })
  })

  test('the page stays the author of what it writes', () => {
    const value = { item: 'status', verb: 'add', post_id: '17_1', from: { id: '17', name: 'Exempelkommun' } }
    expect(only(feed(value))?.persons).toEqual([
      { role: 'author', platformId: '17', displayName: 'Exempelkommun' },
    ])
  })

  test('a like of the page itself is a reaction to the page', () => {
    expect(only(feed({ item: 'like', verb: 'add', user_id: 99 }))).toMatchObject({
      objectId: '~reaction/17/99',
      inReplyTo: '17',
      reaction: 'like',
    })
  })

  test('a reaction, its change and its withdrawal are one object; a removal carries no reaction', () => {
    const value = { item: 'reaction', post_id: '17_1', from: { id: '9' }, reaction_type: 'wow' }
    const all = ['add', 'edit', 'remove'].map((verb) => only(feed({ ...value, verb })))
    expect(new Set(all.map((each) => each?.objectId))).toEqual(new Set(['~reaction/17_1/9']))
    expect(all.map((each) => each?.reaction)).toEqual(['wow', 'wow', undefined])
  })

  test('a comment on a post named without its page is no reply', () => {
    const value = { item: 'comment', verb: 'add', comment_id: '1_2', post_id: '17_1', parent_id: '1' }
    expect(only(feed(value))?.verb).toBe('commented')
    expect(only(feed({ ...value, parent_id: '1_5' }))?.verb).toBe('replied')
  })

  test('two hidings of one comment are two acts, one delivered twice is one', () => {
    const value = { item: 'comment', verb: 'hide', comment_id: '1_2' }
    const acts = [1772701200, 1772701300, 1772701300].map(
      (time) => only(feed(value, { id: '17', time }))?.actId,
    )
    expect(new Set(acts).size).toBe(2)
  })
})

describe('reviews and private messages', () => {
  test('a review is a post with its stars, edited and removed by its own id', () => {
    const value = {
      item: 'rating',
      open_graph_story_id: 700000000000003,
      reviewer_id: 9,
      reviewer_name: 'Bo Prov',
      comment_id: null,
    }
    const add = feed(
      { ...value, verb: 'add', rating: 3, review_text: 'Helt okej', created_time: 1772701100 },
      undefined,
      'ratings',
    )
    expect(only(add)).toMatchObject({
      objectId: '700000000000003',
      verb: 'published',
      text: 'Helt okej',
      persons: [{ role: 'author', platformId: '9', displayName: 'Bo Prov' }],
      native: { kind: 'ratings/rating/add', detail: '{"rating":"3"}' },
    })
    expect(only(feed({ ...value, verb: 'remove' }, undefined, 'ratings'))).toMatchObject({ verb: 'removed' })
    expect(feed({ ...value, verb: 'pin' }, undefined, 'ratings')).toMatchObject([{ kind: 'unrecognised' }])
  })

  test('what is said and felt about a review comes as in the feed', () => {
    const value = {
      item: 'comment',
      verb: 'add',
      comment_id: '8_2',
      post_id: '9_8',
      parent_id: '9_8',
      open_graph_story_id: 8,
    }
    expect(only(feed(value, undefined, 'ratings'))).toMatchObject({
      verb: 'commented',
      native: { kind: 'ratings/comment/add' },
    })
  })

  test.each([
    ['message', { mid: 'm1', text: 'Hej' }, { verb: 'messaged', objectId: 'm1', text: 'Hej' }],
    ['message', { mid: 'm1', is_deleted: true }, { verb: 'removed', objectId: 'm1' }],
    [
      'message_edit',
      { mid: 'm1', text: 'Hejsan', num_edit: 2 },
      { verb: 'edited', objectId: 'm1', actId: '~edited/2' },
    ],
    [
      'reaction',
      { mid: 'm1', action: 'react', reaction: 'sad' },
      { verb: 'reacted', objectId: '~reaction/m1/9', reaction: 'sad' },
    ],
    [
      'reaction',
      { mid: 'm1', action: 'unreact' },
      { verb: 'removed', objectId: '~reaction/m1/9', inReplyTo: 'm1' },
    ],
    ['postback', { mid: 'm1', payload: 'x' }, undefined],
  ])('%# a private %s is told as what it is', (kind, said, told) => {
    const messaging = [
      { sender: { id: '9' }, recipient: { id: '17' }, timestamp: 1772701200123, [kind]: said },
    ]
    const all = webhook(facebookWebhook, jsonBody({ object: 'page', entry: [{ id: '17', messaging }] }))
    expect(misfits(all)).toEqual([])
    if (told === undefined)
      expect(all).toMatchObject([{ kind: 'unrecognised', nativeKind: `messaging/${kind}` }])
    else expect(only(all)).toMatchObject({ ...told, visibility: 'direct' })
  })
})

describe('a body that is not what it should be', () => {
  test.each(['', 'null', '[]', '7', '{', '"text"', '\ufeff', '[[[[', '{"a":}'])('%j is malformed', (body) => {
    expect(() => webhook(facebookWebhook, Buffer.from(body))).toThrowError(
      expect.objectContaining({ name: 'DomainError', code: 'source-malformed' }),
    )
  })

  test('bytes that are no UTF-8 are malformed, and the message does not repeat them', () => {
    const body = Buffer.concat([Buffer.from('{"object":"Bo Prov'), Buffer.from([0xff, 0xfe])])
    expect(() => webhook(facebookWebhook, body)).toThrowError(/^facebook-webhook\/v1 body: not UTF-8$/)
    expect(() => webhook(facebookWebhook, Buffer.from('{"Bo Prov"'))).toThrowError(/^(?!.*Bo Prov).*not JSON/)
  })

  test('another object is kept as unrecognised', () => {
    const all = webhook(facebookWebhook, jsonBody({ object: 'user', entry: [] }))
    expect(all).toMatchObject([{ kind: 'unrecognised', nativeKind: 'user' }])
  })
})

import { describe, expect, test } from 'vitest'
import { instagramExport } from '../../services/sources/instagram-export.ts'
import { instagramWebhook } from '../../services/sources/instagram-webhook.ts'
import {
  authored,
  authoredFile,
  chunked,
  expected,
  jsonBody,
  misfits,
  observedAt,
  webhook,
} from '../support/translate.ts'

const account = { handle: 'exempelkommun', displayName: 'Exempelkommun' }
const files = [
  'your_instagram_activity/comments/post_comments_1.json',
  'your_instagram_activity/likes/liked_posts.json',
  'your_instagram_activity/media/posts_1.json',
  'connections/followers_and_following/followers_1.json',
  'connections/followers_and_following/following.json',
]
function change(field: string, value: unknown, inEntry = false) {
  const entry = inEntry
    ? { id: '1', time: 1772701200, field, value }
    : { id: '1', time: 1772701200, changes: [{ field, value }] }
  return webhook(instagramWebhook, jsonBody({ object: 'instagram', entry: [entry] }))
}

describe('the Instagram webhook', () => {
  test('becomes the events that are written down', () => {
    const all = ['comments', 'mentions'].flatMap((name) =>
      webhook(instagramWebhook, authored(`instagram-webhook/${name}.json`)),
    )
    expect(all).toEqual(expected('instagram-webhook.json'))
    expect(misfits(all)).toEqual([])
  })

  test('takes a change that stands in the entry itself', () => {
    const value = { id: '5', text: 'Hej', from: { id: '9', username: 'bo.prov' }, media: { id: '7' } }
    expect(change('comments', value, true)).toEqual(change('comments', value))
    expect(change('live_comments', value)).toMatchObject([
      { interaction: { verb: 'commented', inReplyTo: '7' } },
    ])
  })

  test('keeps story insights and comments without id as unrecognised', () => {
    expect(change('story_insights', { media_id: '1', impressions: 3 })).toMatchObject([
      { kind: 'unrecognised', nativeKind: 'story_insights' },
    ])
    expect(change('comments', { text: 'Hej' })).toMatchObject([
      { kind: 'unrecognised', reason: 'no object id' },
    ])
    expect(change('mentions', {})).toMatchObject([{ kind: 'unrecognised' }])
  })

  test('tells of an unsent message as a removal without text', () => {
    const messaging = [
      {
        sender: { id: '9' },
        recipient: { id: '1' },
        timestamp: 1772701200123,
        message: { mid: 'm1', is_deleted: true },
      },
    ]
    const [all] = webhook(
      instagramWebhook,
      jsonBody({ object: 'instagram', entry: [{ id: '1', messaging }] }),
    )
    expect(all).toMatchObject({
      interaction: {
        verb: 'removed',
        objectId: 'm1',
        visibility: 'direct',
        occurredAt: '2026-03-05T09:00:00.123Z',
      },
    })
  })
})

describe("Instagram's download", () => {
  test('becomes the events that are written down, whatever language its keys are in', async () => {
    const all = (
      await Promise.all(files.map((path) => authoredFile(instagramExport, 'instagram-export', path, account)))
    ).flat()
    expect(all).toEqual(expected('instagram-export.json'))
    expect(misfits(all)).toEqual([])
  })

  test('says whose it is, and is known by its files', async () => {
    const path = 'personal_information/personal_information.json'
    const file = { path, bytes: chunked(authored(`instagram-export/${path}`)), observedAt }
    expect(await instagramExport.account?.(file)).toEqual(account)
    expect(instagramExport.recognise(files)).toBe(true)
    expect(instagramExport.recognise(['your_facebook_activity/posts/your_posts_1.json'])).toBe(false)
    expect(instagramExport.role(path)).toBe('account')
    expect(files.map(instagramExport.role)).toEqual(Array(5).fill('facts'))
  })
})

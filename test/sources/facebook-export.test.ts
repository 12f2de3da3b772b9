import { describe, expect, test } from 'vitest'
import { facebookExport } from '../../services/sources/facebook-export.ts'
import { facebookWebhook } from '../../services/sources/facebook-webhook.ts'
import {
  archived,
  authored,
  authoredFile,
  chunked,
  expected,
  identities,
  jsonBody,
  misfits,
  observedAt,
  webhook,
} from '../support/translate.ts'

const page = "this_profile's_activity_across_facebook"
const account = { displayName: 'Exempelkommun', profileUrl: 'https://www.facebook.com/exempelkommun' }
const newer = [
  'your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json',
  'your_facebook_activity/comments_and_reactions/likes_and_reactions.json',
  'your_facebook_activity/messages/inbox/boprov_1/message_1.json',
  'connections/followers/followers.json',
]
const older = [
  `${page}/posts/profile_posts_1.json`,
  `${page}/comments_and_reactions/comments.json`,
  `${page}/comments_and_reactions/likes_and_reactions_1.json`,
]

async function all(root: string, paths: readonly string[]) {
  const files = await Promise.all(paths.map((path) => authoredFile(facebookExport, root, path, account)))
  return files.flat()
}

describe("a page's download", () => {
  test('becomes the events that are written down, the mojibake taken back and kept beside', async () => {
    const found = await all('facebook-dyi', older)
    expect(found).toEqual(expected('facebook-dyi.json'))
    expect(misfits(found)).toEqual([])
  })

  test('that is right already is left as it is', async () => {
    const [only] = await archived(
      facebookExport,
      'comments.json',
      authored('facebook-dyi/NEGATIVE-already-correct.json'),
      account,
    )
    expect(only).toMatchObject({ kind: 'interaction', interaction: { text: 'Redan rätt: “åäö” – rör ej' } })
    expect(only?.kind === 'interaction' && only.interaction).not.toHaveProperty('rawText')
    expect(only?.kind === 'interaction' && only.interaction).not.toHaveProperty('repair')
  })
})

describe("a profile's newer download", () => {
  test('becomes the events that are written down', async () => {
    const found = await all('facebook-export', newer)
    expect(found).toEqual(expected('facebook-export.json'))
    expect(misfits(found)).toEqual([])
  })

  test('says whose it is', async () => {
    const path = 'personal_information/profile_information/profile_information.json'
    const file = { path, bytes: chunked(authored(`facebook-export/${path}`)), observedAt }
    expect(await facebookExport.account?.(file)).toEqual(account)
  })

  test('is known by its files, of which each has a role', () => {
    expect(facebookExport.recognise(newer)).toBe(true)
    expect(facebookExport.recognise(older)).toBe(true)
    expect(facebookExport.recognise(['data/tweets.js', 'posts/post-1.json'])).toBe(false)
    expect([...newer, ...older].map(facebookExport.role)).toEqual(Array(7).fill('facts'))
    expect(facebookExport.role('personal_information/profile_information/profile_information.json')).toBe(
      'account',
    )
    expect(facebookExport.role('ads_information/ads_interests.json')).toBe('ignored')
    expect(facebookExport.role('your_facebook_activity/posts/media/1.jpg')).toBe('ignored')
    expect(facebookExport.role('your_facebook_activity/groups/your_groups.json')).toBe('unknown')
  })
})

describe('the same facts again', () => {
  test('in another order, twice, and cut into other chunks have the same identities', async () => {
    const once = await all('facebook-dyi', older)
    const items = JSON.parse(authored(`facebook-dyi/${older[0]}`).toString()) as unknown[]
    const shuffled = jsonBody([...items, ...items].reverse())
    const posts = await archived(facebookExport, 'profile_posts_2.json', shuffled, account, 65_536)
    const rest = await all('facebook-dyi', older.slice(1))
    expect(identities([...rest, ...posts, ...rest])).toEqual(identities(once))
  })

  test('by webhook and in a download share an alias', async () => {
    const message = 'Tack för frågan, vi återkommer.'
    const value = {
      item: 'comment',
      verb: 'add',
      comment_id: '1_2',
      post_id: '17_1',
      message,
      created_time: 1271060000,
      from: { id: '17', name: 'Exempelkommun' },
    }
    const [hooked] = webhook(
      facebookWebhook,
      jsonBody({ object: 'page', entry: [{ id: '17', changes: [{ field: 'feed', value }] }] }),
    )
    const [, , , exported] = await all('facebook-dyi', older)
    expect(hooked).toHaveProperty('alias')
    expect(exported).toMatchObject({ alias: hooked?.kind === 'interaction' ? hooked.alias : '' })
  })
})

describe('lists in an object', () => {
  const item = {
    timestamp: 1700000000,
    data: [{ comment: { timestamp: 1700000000, comment: 'Hej ]}"', author: 'Bo Prov' } }],
  }
  const read = (text: string, size: number) =>
    archived(facebookExport, 'comments.json', Buffer.from(text), account, size)

  test.each([1, 7, 65_536])('are read the same in chunks of %i bytes, and as a bare list', async (size) => {
    const bare = await read(JSON.stringify([item, item]), size)
    expect(bare).toHaveLength(2)
    expect(await read(JSON.stringify({ comments_v2: [item, item] }, null, 2), size)).toEqual(bare)
    expect(await read(JSON.stringify({ comments: [item], comments_v2: [item] }), size)).toEqual(bare)
    expect(await read(JSON.stringify({ wall: { activity: [item, item] } }), size)).toEqual(bare)
    expect(await read(JSON.stringify({ comments_v2: [] }), size)).toEqual([])
  })

  test('may follow other things, which are kept', async () => {
    const all = await read(JSON.stringify({ comments_v2: [item], more: 7 }), 64)
    expect(all.map((each) => each.kind)).toEqual(['interaction', 'unrecognised'])
  })
})

describe('a file that cannot be read', () => {
  test.each([
    '',
    '{"comments_v2": [',
    '{"comments_v2": []',
    '{"comments_v2": []]',
    '{"comments_v2": [],',
    '[{"timestamp":1}',
    '<html>',
    'null',
  ])('%j is refused, naming the place alone', async (text) => {
    const read = archived(facebookExport, 'inbox_bo_prov/comments.json', Buffer.from(text), account)
    await expect(read).rejects.toMatchObject({ name: 'DomainError', code: 'source-malformed' })
    await expect(read).rejects.not.toThrowError(/bo_prov/)
  })
})

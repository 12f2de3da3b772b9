import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DomainError } from '../../services/platform/errors.ts'
import { facebookExport } from '../../services/sources/facebook-export.ts'
import { facebookWebhook } from '../../services/sources/facebook-webhook.ts'
import { instagramExport } from '../../services/sources/instagram-export.ts'
import { instagramWebhook } from '../../services/sources/instagram-webhook.ts'
import { linkedInExport } from '../../services/sources/linkedin-export.ts'
import { linkedInWebhook } from '../../services/sources/linkedin-webhook.ts'
import type { Translated, WebhookSource } from '../../services/sources/source.ts'
import { youtubeExport } from '../../services/sources/youtube-export.ts'
import { youtubeWebhook } from '../../services/sources/youtube-webhook.ts'
import { archived, authored, identities, jsonBody, misfits, webhook } from '../support/translate.ts'

type Sample = { source: WebhookSource; list: string; body: Record<string, unknown> }
function sample(source: WebhookSource, path: string, list: string): Sample {
  return { source, list, body: JSON.parse(authored(path).toString()) as Record<string, unknown> }
}
const samples: Record<string, Sample> = {
  facebook: sample(facebookWebhook, 'facebook-webhook/batch.json', 'entry'),
  instagram: sample(instagramWebhook, 'instagram-webhook/comments.json', 'entry'),
  linkedin: sample(linkedInWebhook, 'linkedin-webhook/organization-social-action.json', 'notifications'),
  youtube: sample(youtubeWebhook, 'youtube/commentThreads.list.json', 'items'),
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    '',
    0,
    -1,
    1e308,
    true,
    [null],
    [[]],
    '\u0000',
    '\ud800',
    '__proto__',
    'constructor',
  ),
  fc.jsonValue(),
)

/** Every place in a value, as the keys that lead there. */
function places(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => places(each, [...path, key]))]
}

function put(value: unknown, [key, ...rest]: readonly string[], what: unknown): unknown {
  if (key === undefined) return what
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = put(copy[key], rest, what)
  return copy
}

function translated(source: WebhookSource, body: Uint8Array): Translated[] | 'malformed' {
  try {
    return webhook(source, body)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'source-malformed') return 'malformed'
    throw error
  }
}

describe.each(Object.entries(samples))('%s', (_name, { source, list, body }) => {
  test('an odd value in any place gives valid events or unrecognised items', () => {
    const where = fc.constantFrom(...places(body))
    fc.assert(
      fc.property(fc.array(fc.tuple(where, odd), { minLength: 1, maxLength: 3 }), (changes) => {
        let hostile: unknown = body
        for (const [path, what] of changes)
          if (places(hostile).some((at) => at.join() === path.join())) hostile = put(hostile, path, what)
        const all = translated(source, jsonBody(hostile))
        if (all !== 'malformed') expect(misfits(all)).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  test('any bytes at all are translated or malformed', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.json().map((text) => Buffer.from(text)),
    )
    fc.assert(fc.property(bytes, (some) => void translated(source, some)))
  })

  test('a shuffled batch with duplicates has the same identities', () => {
    const items = body[list] as unknown[]
    const once = identities(webhook(source, jsonBody(body)))
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...items, ...items, ...items], { minLength: items.length * 3 }),
        (mixed) => {
          expect(identities(webhook(source, jsonBody({ ...body, [list]: mixed })))).toEqual(once)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('nesting without end is malformed or kept', () => {
    const deep = `${'{"a":['.repeat(100_000)}1${']}'.repeat(100_000)}`
    expect(translated(source, Buffer.from(deep))).toBe('malformed')
    const text = JSON.stringify(body).replace(/"id":"[^"]*"/, `"id":${'['.repeat(900)}${']'.repeat(900)}`)
    const all = translated(source, Buffer.from(text))
    if (all !== 'malformed') expect(misfits(all)).toEqual([])
  })
})

describe('a text that no field can hold', () => {
  const comment = (message: string) => {
    const value = { item: 'comment', verb: 'add', comment_id: '1_2', post_id: '17_1', message }
    return webhook(
      facebookWebhook,
      jsonBody({ object: 'page', entry: [{ id: '17', changes: [{ field: 'feed', value }] }] }),
    )
  }

  test('of ten million characters is kept as unrecognised, cut, with the place named and the text not', () => {
    const [only] = comment('ö'.repeat(10_000_000))
    expect(only).toMatchObject({
      kind: 'unrecognised',
      nativeKind: 'feed/comment/add',
      reason: 'does not fit: text',
    })
    expect(only?.kind === 'unrecognised' && only.raw.length).toBeLessThan(1_000_002)
  })

  test('with NUL or a lone surrogate is kept escaped', () => {
    for (const [text, escaped] of [
      ['a\u0000b', '\\u0000'],
      ['a\ud800b', '\\ud800'],
    ] as const) {
      const [only] = comment(text)
      expect(only).toMatchObject({ kind: 'unrecognised', reason: 'does not fit: text' })
      expect(only?.kind === 'unrecognised' && only.raw).toContain(escaped)
      expect(misfits([only as Translated])).toEqual([])
    }
  })

  test('with bidirectional and zero-width characters is kept as it is', () => {
    const text = 'före\u202eretfe\u2066\u200b\u200d😊'
    expect(comment(text)).toMatchObject([{ interaction: { text } }])
  })
})

describe('downloads', () => {
  const account = { displayName: 'Exempelkommun' }
  test('with odd values in any place give valid events or unrecognised items', async () => {
    const files = [
      [
        facebookExport,
        'facebook-export',
        'your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json',
      ],
      [
        facebookExport,
        'facebook-export',
        'your_facebook_activity/comments_and_reactions/likes_and_reactions.json',
      ],
      [facebookExport, 'facebook-export', 'your_facebook_activity/messages/inbox/boprov_1/message_1.json'],
      [instagramExport, 'instagram-export', 'your_instagram_activity/comments/post_comments_1.json'],
      [instagramExport, 'instagram-export', 'your_instagram_activity/likes/liked_posts.json'],
      [instagramExport, 'instagram-export', 'your_instagram_activity/media/posts_1.json'],
    ] as const
    for (const [source, root, path] of files) {
      const body: unknown = JSON.parse(authored(`${root}/${path}`).toString())
      const where = fc.constantFrom(...places(body).filter((each) => each.length > 0))
      await fc.assert(
        fc.asyncProperty(where, odd, async (at, what) => {
          const all = await archived(source, path, jsonBody(put(body, at, what)), account, 65_536)
          expect(misfits(all)).toEqual([])
        }),
        { numRuns: 150 },
      )
    }
  })

  test('with any cells give valid events or unrecognised rows', async () => {
    const cell = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `"${text.replaceAll('"', '""')}"`)
    const tables = [
      [linkedInExport, 'Shares.csv', 'Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility'],
      [linkedInExport, 'Comments.csv', 'Date,Link,Message'],
      [linkedInExport, 'Reactions.csv', 'Date,Type,Link'],
      [
        linkedInExport,
        'Connections.csv',
        'First Name,Last Name,URL,Email Address,Company,Position,Connected On',
      ],
      [youtubeExport, 'comments.csv', 'Comment ID,Channel ID,Comment Create Timestamp,Video ID,Comment Text'],
    ] as const
    for (const [source, path, header] of tables) {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 5 }), async (rows) => {
          const text = [header, ...rows.map((row) => row.join(','))].join('\n')
          expect(misfits(await archived(source, path, Buffer.from(text), account, 64))).toEqual([])
        }),
        { numRuns: 60 },
      )
    }
  })
})

import { describe, expect, test } from 'vitest'
import { sign } from '../../services/sources/signature.ts'
import { youtubeExport } from '../../services/sources/youtube-export.ts'
import { youtubeWebhook } from '../../services/sources/youtube-webhook.ts'
import {
  authored,
  authoredFile,
  expected,
  identities,
  jsonBody,
  misfits,
  observedAt,
  webhook,
} from '../support/translate.ts'

const body = authored('youtube/commentThreads.list.json')

describe('polled comment threads', () => {
  test('become the events that are written down', () => {
    const all = webhook(youtubeWebhook, body)
    expect(all).toEqual(expected('youtube.json'))
    expect(misfits(all)).toEqual([])
  })

  test('polled again with other counters and etags are the same facts', () => {
    const again = body
      .toString()
      .replaceAll('"likeCount": 2', '"likeCount": 3')
      .replaceAll('"etag": "e', '"etag": "f')
    expect(identities(webhook(youtubeWebhook, Buffer.from(again)))).toEqual(
      identities(webhook(youtubeWebhook, body)),
    )
    expect(webhook(youtubeWebhook, Buffer.from(again))).toEqual(webhook(youtubeWebhook, body))
  })

  test('are signed like WebSub', () => {
    const secret = Buffer.from('hemlig')
    const header = `sha256=${sign({ algorithm: 'sha256', encoding: 'hex' }, secret, body)}`
    const delivery = { body, headers: { 'x-hub-signature': header }, receivedAt: observedAt }
    expect(youtubeWebhook.verify(delivery, [secret])).toBe(true)
    expect(youtubeWebhook.verify({ ...delivery, body: body.subarray(1) }, [secret])).toBe(false)
  })

  test('a text that comes as HTML alone is read, and kept as it came', () => {
    const snippet = {
      textDisplay: 'Rad ett<br>rad tv&aring; &amp; slut',
      videoId: 'v',
      publishedAt: '2024-03-01T10:00:00Z',
    }
    const [only] = webhook(youtubeWebhook, jsonBody({ kind: 'youtube#comment', id: 'c1', snippet }))
    expect(only).toMatchObject({
      interaction: {
        text: 'Rad ett\nrad två & slut',
        rawText: snippet.textDisplay,
        repair: 'html-text/v1',
        persons: [],
      },
    })
  })

  test('an edit before its publication, or no time at all, is told as it is', () => {
    const [only] = webhook(
      youtubeWebhook,
      jsonBody({ kind: 'youtube#comment', id: 'c1', snippet: { textOriginal: 'Hej', publishedAt: 'igår' } }),
    )
    expect(only).toMatchObject({
      interaction: { occurredAt: observedAt, basis: 'observed', native: { time: 'igår' } },
    })
  })

  test('other kinds, lists in lists and hollow threads are kept as unrecognised', () => {
    const list = {
      kind: 'youtube#commentThreadListResponse',
      items: [
        { kind: 'youtube#commentListResponse', items: [] },
        { kind: 'youtube#commentThread', id: 'x' },
        { kind: 'youtube#video' },
        null,
      ],
    }
    expect(webhook(youtubeWebhook, jsonBody(list)).map((each) => each.kind)).toEqual(
      Array(4).fill('unrecognised'),
    )
  })
})

describe('comments in Takeout', () => {
  test('become the events that are written down, in each way their text was ever written', async () => {
    const account = { platformId: 'UCexempelkommun0000000000', displayName: 'Exempelkommun' }
    const all = await authoredFile(youtubeExport, 'youtube-takeout', 'comments.csv', account)
    expect(all).toEqual(expected('youtube-takeout.json'))
    expect(misfits(all)).toEqual([])
  })

  test('are known by their folder', () => {
    expect(youtubeExport.recognise(['Takeout/YouTube and YouTube Music/comments/comments(1).csv'])).toBe(true)
    expect(youtubeExport.recognise(['Takeout/YouTube och YouTube Music/kommentarer/kommentarer.csv'])).toBe(
      true,
    )
    expect(youtubeExport.recognise(['Comments.csv'])).toBe(false)
  })
})

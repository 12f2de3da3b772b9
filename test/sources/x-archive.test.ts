import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openArchive } from '../../services/sources/archive-open.ts'
import { xArchive } from '../../services/sources/x-archive.ts'
import { makeZip, withFile } from './archive-make.ts'
import { archived, facts, file, fixture, identity, owner, seenAt, ytd } from './x-try.ts'

const names = [
  'tweets',
  'tweets-part1',
  'deleted-tweets',
  'note-tweet',
  'like',
  'follower',
  'following',
  'direct-messages',
  'tweetdeck',
]
const tweet = (fields: object) => ({
  tweet: {
    id_str: '1700000000000000001',
    created_at: 'Mon Apr 12 08:01:00 +0000 2010',
    full_text: 'Hej',
    ...fields,
  },
})
const one = async (fields: object, account = owner) =>
  facts(await archived(ytd('data/tweets.js', [tweet(fields)]), account))[0]

describe('an X archive', () => {
  it('out of its zip is the facts that are expected, file by file', async () => {
    const expected = JSON.parse((await fixture('../expected/x-archive.json')).toString())
    const entries = await Promise.all(
      [...names, 'account', 'manifest'].map(async (name) => ({
        name: `data/${name}.js`,
        data: await fixture(`x-archive/data/${name}.js`),
      })),
    )
    await withFile(makeZip(entries), async (path) => {
      const archive = await openArchive(path)
      expect(xArchive.recognise(archive.members.map((member) => member.path))).toBe(true)
      const of = (role: string) => archive.files((each) => xArchive.role(each) === role)
      for await (const member of of('account'))
        expect(
          await xArchive.account?.({ path: member.path, bytes: member.open(), observedAt: seenAt }),
        ).toEqual(owner)
      const found: Record<string, unknown> = { 'data/tweetdeck.js': [] }
      for await (const member of of('facts'))
        found[member.path] = await archived({ path: member.path, bytes: member.open(), observedAt: seenAt })
      expect(found).toEqual(expected)
      archive.close()
    })
  })

  it('tells when it was made', async () => {
    const manifest = file('data/manifest.js', await fixture('x-archive/data/manifest.js'))
    expect(await xArchive.madeAt?.(manifest)).toBe('2023-09-01T00:00:00.000Z')
  })

  it.each([
    ['data/tweets.js', 'facts'],
    ['data/tweets-part12.js', 'facts'],
    ['tweet.js', 'facts'],
    ['min/data/direct-messages-group-part1.js', 'facts'],
    ['data/js/tweets/2010_04.js', 'facts'],
    ['data/account.js', 'account'],
    ['data/js/user_details.js', 'account'],
    ['data/tweetdeck.js', 'ignored'],
    ['data/ip-audit.js', 'ignored'],
    ['data/tweets_media/1-a.jpg', 'ignored'],
    ['assets/js/main.js', 'ignored'],
    ['Your archive.html', 'ignored'],
    ['data/new-thing.js', 'unknown'],
    ['data/odd.bin', 'unknown'],
  ])('has for %s the role %s', (path, role) => {
    expect(xArchive.role(path)).toBe(role)
  })

  it('gives the same facts without the wrapper that older ones lack, and from the monthly files before 2018', async () => {
    const inner = tweet({ source: '<a href="x">Twitter for iPhone</a>' }).tweet
    const wrapped = facts(await archived(ytd('data/tweets.js', [{ tweet: inner }])))
    expect(facts(await archived(ytd('data/tweets.js', [inner])))).toEqual(wrapped)
    const { full_text: text, ...rest } = inner
    const month = {
      ...rest,
      id: 1700000000000000001n.toString(),
      text,
      created_at: '2010-04-12 08:01:00 +0000',
    }
    const old = file(
      'data/js/tweets/2010_04.js',
      `Grailbird.data.tweets_2010_04 = \n ${JSON.stringify([month])}`,
    )
    expect(facts(await archived(old))[0]).toMatchObject({
      objectId: wrapped[0]?.objectId,
      occurredAt: wrapped[0]?.occurredAt,
      text: 'Hej',
      client: 'Twitter for iPhone',
    })
  })

  it('undoes HTML entities once and keeps the text as it came', async () => {
    expect(await one({ full_text: 'Å &amp; &lt;b&gt; &amp;lt; &copy;' })).toMatchObject({
      text: 'Å & <b> &lt; &copy;',
      rawText: 'Å &amp; &lt;b&gt; &amp;lt; &copy;',
      repair: 'html-entities/v1',
    })
    expect(await one({ full_text: 'utan' })).not.toHaveProperty('rawText')
  })

  it('tells a retweet by its text, with the original where its media point to it', async () => {
    const mention = { screen_name: 'bo_prov', id_str: '100000000000000002', name: 'Bo Prov' }
    const media = { media_url_https: 'https://example.org/a.jpg', source_status_id_str: '1699' }
    const fact = await one({
      full_text: 'RT @bo_prov: Hej',
      entities: { user_mentions: [mention], media: [media] },
    })
    expect(fact).toMatchObject({
      verb: 'shared',
      derivedFrom: '1699',
      persons: [{ role: 'author' }, { role: 'quoted', handle: 'bo_prov' }],
    })
    expect((await one({ full_text: 'RT @bo_prov: Hej' }))?.verb).toBe('published')
  })

  it('tells a quote by its last link, a mention of a vanished account by its handle, film by its best variant', async () => {
    const fact = await one({
      entities: {
        urls: [{ url: 'https://t.co/a', expanded_url: 'https://x.com/bo_prov/status/1699' }],
        user_mentions: [{ screen_name: 'borta', id_str: '-1', id: '-1', name: '' }],
      },
      extended_entities: {
        media: [
          {
            media_url_https: 'https://example.org/still.jpg',
            video_info: {
              variants: [
                { bitrate: '320', content_type: 'video/mp4', url: 'https://example.org/s.mp4' },
                { bitrate: '2176', content_type: 'video/mp4', url: 'https://example.org/l.mp4' },
              ],
            },
          },
        ],
      },
    })
    expect(fact).toMatchObject({
      verb: 'published',
      derivedFrom: '1699',
      links: ['https://x.com/bo_prov/status/1699'],
    })
    expect(fact?.persons).toEqual([
      { role: 'author', ...owner },
      { role: 'quoted', handle: 'bo_prov' },
      { role: 'mentioned', handle: 'borta' },
    ])
    expect(fact?.attachments).toEqual([{ url: 'https://example.org/l.mp4', mediaType: 'video/mp4' }])
  })

  it('puts an edit on the stream of the first version, and leaves out the empty one when the version is there', async () => {
    const ids = ['1690395372546301952', '1690395999000000001']
    const first = tweet({ id_str: ids[0], edit_info: { initial: { editTweetIds: ids } } })
    const edit = tweet({
      id_str: ids[1],
      full_text: 'Hej!',
      edit_info: { edit: { initialTweetId: ids[0], editControlInitial: { editTweetIds: ids } } },
    })
    for (const order of [
      [first, edit],
      [edit, first],
    ]) {
      const found = facts(await archived(ytd('data/tweets.js', order)))
      expect(found).toHaveLength(2)
      expect(found.find((each) => each.verb === 'edited')).toMatchObject({
        objectId: ids[0],
        actId: ids[1],
        text: 'Hej!',
        basis: 'edited',
      })
    }
  })

  it('keeps fields that nobody knows', async () => {
    expect((await one({ novelty: { a: ['1'] }, favorite_count: '3' }))?.native?.detail).toBe(
      '{"novelty":{"a":["1"]}}',
    )
  })

  it('knows blocks, mutes, renames, deletions by header, and who came and went in a group', async () => {
    const list = await archived(ytd('data/block.js', [{ blocking: { accountId: '5' } }]))
    const mutes = await archived(ytd('data/mute.js', [{ muting: { accountId: '5' } }]))
    const renames = await archived(
      ytd('data/screen-name-change.js', [
        {
          screenNameChange: {
            accountId: '9007199254740993',
            screenNameChange: {
              changedAt: '2012-01-02T03:04:05.000Z',
              changedFrom: 'kim_ex',
              changedTo: 'kommundir_ex',
            },
          },
        },
      ]),
    )
    const gone = await archived(
      ytd('data/deleted-tweet-headers.js', [
        {
          tweet: {
            tweet_id: '7',
            user_id: '9007199254740993',
            created_at: 'Wed Aug 30 22:20:03 +0000 2023',
            deleted_at: 'Wed Aug 30 23:20:03 +0000 2023',
          },
        },
      ]),
    )
    const group = await archived(
      ytd('data/direct-messages-group.js', [
        {
          dmConversation: {
            conversationId: '77',
            messages: [
              {
                participantsJoin: {
                  initiatingUserId: '5',
                  userIds: ['6'],
                  createdAt: '2024-03-06T09:00:00.000Z',
                },
              },
              {
                messageCreate: {
                  id: '78',
                  senderId: '5',
                  text: 'Hej &amp; hå',
                  createdAt: '2024-03-06T09:15:00.120Z',
                  mediaUrls: ['https://example.org/1'],
                  reactions: [
                    {
                      senderId: '6',
                      reactionKey: 'like',
                      eventId: '79',
                      createdAt: '2024-03-06T09:16:00.000Z',
                    },
                  ],
                },
              },
            ],
          },
        },
      ]),
    )
    expect(
      facts([...list, ...mutes, ...renames, ...gone, ...group]).map((it) => [
        it.verb,
        it.objectId,
        it.persons?.length,
      ]),
    ).toEqual([
      ['blocked', '~block/9007199254740993/5', 2],
      ['unrecognised', '~mute/9007199254740993/5', 2],
      ['profile-changed', '~profile/9007199254740993', 1],
      ['removed', '7', 1],
      ['unrecognised', '~participantsJoin/77/2024-03-06T09:00:00.000Z/6', 2],
      ['messaged', '78', 1],
      ['reacted', '~reaction/79/6', 1],
    ])
  })

  it('never loses an odd item: each is unrecognised, and the others come through', async () => {
    const odd = [
      tweet({ created_at: 'Mon Foo 12 08:01:00 +0000 2010' }),
      tweet({ id_str: 'x' }),
      tweet({ full_text: 'x'.repeat(10_000_000) }),
      tweet({ full_text: 'ensam \ud800 halva' }),
      tweet({ full_text: 'noll \u0000' }),
      'text',
      null,
      [tweet({})],
      tweet({ full_text: '\u202eabc\u200b 👩‍👩‍👧' }),
    ]
    const found = await archived(ytd('data/tweets.js', odd))
    expect(found.map((item) => item.kind)).toEqual([...Array(8).fill('unrecognised'), 'interaction'])
    for (const item of found)
      if (item.kind === 'unrecognised')
        expect(item.raw.isWellFormed() && !item.raw.includes('\u0000')).toBe(true)
    expect(facts(found.slice(-1))[0]?.text).toBe('\u202eabc\u200b 👩‍👩‍👧')
    const broken = await archived(file('data/tweets.js', `x = [{"tweet": {]}, ${JSON.stringify(tweet({}))}]`))
    expect(broken.map((item) => item.kind)).toEqual(['unrecognised', 'interaction'])
    const unknown = await archived(ytd('data/new-thing.js', [{ a: 1 }]))
    expect(unknown).toMatchObject([
      { kind: 'unrecognised', nativeKind: 'archive/new-thing', reason: 'unknown file' },
    ])
  })

  it('is refused, with the file and the place, where a file is no list', async () => {
    await expect(archived(file('data/tweets.js', 'window.YTD.tweets.part0 = [{"tweet"'))).rejects.toEqual(
      expect.objectContaining({ code: 'source-malformed', message: 'tweets.js: cut short at byte 35' }),
    )
    await expect(archived(file('data/tweets.js', 'steal(document.cookie);[]'))).rejects.toThrow(
      /no JSON array/,
    )
  })

  it('is the same set of facts in any order and however often', async () => {
    const ids = fc.integer({ min: 1, max: 30 }).map((n) => `17000000000000000${n}`)
    const any = ids.map((id) =>
      tweet({ id_str: id, full_text: id, edit_info: { initial: { editTweetIds: [id, `${id}9`] } } }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(any, { minLength: 1, selector: (it) => it.tweet.id_str }),
        fc.gen(),
        async (list, gen) => {
          const more = gen(fc.shuffledSubarray, list, { minLength: list.length }).concat(
            gen(fc.subarray, list),
          )
          const ordered = await archived(ytd('data/tweets.js', list))
          const shuffled = await archived(ytd('data/tweets.js', more))
          expect(new Set(shuffled.map(identity))).toEqual(new Set(ordered.map(identity)))
        },
      ),
      { numRuns: 40 },
    )
  })
})

import { headline, seeded, sentence } from './people.ts'

export type XArchive = {
  readonly account: { readonly platformId: string; readonly handle: string; readonly displayName: string }
  readonly files: Readonly<Record<string, Buffer>>
}

const web = 'Twitter Web Client'

type Tweet = {
  id: string
  at: string
  text: string
  client: string
  mention?: readonly [id: string, handle: string, name: string]
  tag?: string
  replyTo?: string
}

/** The municipality's account: its own posts only, as the account's archive has them. */
export function municipalArchive(): XArchive {
  const pick = seeded(2012)
  const tweets = Array.from(
    { length: 240 },
    (_, n): Tweet => ({
      id: String(200_000_000_000_000_000n + BigInt(n) * 1_000_000n),
      at: new Date(Date.UTC(2018, 0, 8, 9) + n * 13 * 86_400_000).toISOString(),
      text: `${headline(pick)}. ${sentence(pick)}`,
      client: web,
    }),
  )
  return archive({ platformId: '7000000001', handle: 'sagodal', displayName: 'Sagodals kommun' }, tweets, [])
}

/** The director's account, used in service and in private, written from TweetDeck. */
export function directorArchive(): XArchive {
  const pick = seeded(2011)
  const told: Tweet[] = [
    {
      id: '300000000000000001',
      at: '2010-04-12T08:01:00.000Z',
      text: '@fabel_kollega Bra fråga, vi gör likadant hos oss. Ring så berättar jag.',
      client: 'TweetDeck',
      mention: ['7000000017', 'fabel_kollega', 'Fabel Kollegander'],
      replyTo: '299999999999999999',
    },
    {
      id: '300000000000000002',
      at: '2010-04-12T18:30:00.000Z',
      text: 'Hemma efter en lång dag. Nu blir det soppa och en bok.',
      client: 'TweetDeck',
    },
    {
      id: '300000000000000003',
      at: '2010-04-14T07:15:00.000Z',
      text: '@ana_informerar Välkommen som ny informationschef! Roligt att du börjar hos oss. #sagodal',
      client: 'TweetDeck',
      mention: ['7000000018', 'ana_informerar', 'Ana Informander'],
      tag: 'sagodal',
    },
  ]
  const daily = Array.from(
    { length: 60 },
    (_, n): Tweet => ({
      id: String(310_000_000_000_000_000n + BigInt(n) * 1_000_000n),
      at: new Date(Date.UTC(2011, 0, 10, 18) + n * 90 * 86_400_000).toISOString(),
      text: n % 2 === 0 ? `Från jobbet: ${sentence(pick)}` : 'Ute och går med hunden, vilken kväll.',
      client: 'TweetDeck',
    }),
  )
  return archive(
    { platformId: '7000000009', handle: 'direktoren_i_sagodal', displayName: 'Lovis Direktörsdotter' },
    [...told, ...daily],
    ['7000000018'],
  )
}

function archive(
  account: XArchive['account'],
  tweets: readonly Tweet[],
  following: readonly string[],
): XArchive {
  return {
    account,
    files: {
      'data/tweets.js': part(
        'tweets',
        tweets.map((tweet) => ({ tweet: native(tweet) })),
      ),
      'data/following.js': part(
        'following',
        following.map((accountId) => ({
          following: { accountId, userLink: `https://x.example/intent/user?user_id=${accountId}` },
        })),
      ),
    },
  }
}

function part(name: string, items: readonly object[]): Buffer {
  return Buffer.from(`window.YTD.${name}.part0 = ${JSON.stringify(items, null, 1)}`)
}

function native({ id, at, text, client, mention, tag, replyTo }: Tweet) {
  const [weekday, day, month, year, time] = new Date(at).toUTCString().replace(',', '').split(' ')
  return {
    id,
    id_str: id,
    created_at: `${weekday} ${month} ${day} ${time} +0000 ${year}`,
    full_text: text,
    source: `<a href="https://example.org" rel="nofollow">${client}</a>`,
    lang: 'sv',
    truncated: false,
    retweeted: false,
    entities: {
      hashtags: tag === undefined ? [] : [{ text: tag, indices: ['0', '1'] }],
      symbols: [],
      urls: [],
      user_mentions:
        mention === undefined
          ? []
          : [
              {
                id: mention[0],
                id_str: mention[0],
                screen_name: mention[1],
                name: mention[2],
                indices: ['0', '1'],
              },
            ],
    },
    ...(replyTo === undefined
      ? {}
      : {
          in_reply_to_status_id: replyTo,
          in_reply_to_status_id_str: replyTo,
          in_reply_to_user_id: mention?.[0],
          in_reply_to_user_id_str: mention?.[0],
          in_reply_to_screen_name: mention?.[1],
        }),
  }
}

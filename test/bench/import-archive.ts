import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'

const words = `bron vägen skolan nämnden beslut avstängd i dag på grund av arbete vid torget tack för frågan
  vi återkommer med besked öppet som vanligt`.split(/\s+/)

/** An archive of X with so many tweets of an invented municipality, written as a stream: every third answers somebody. */
export async function writeXArchive(path: string, tweets: number): Promise<void> {
  const zip = new ZipFile()
  const file = createWriteStream(path)
  const out = finished(zip.outputStream.pipe(file))
  zip.addBuffer(
    Buffer.from('window.YTD.account.part0 = [ {"account":{"accountId":"700001","username":"provkommun"}} ]'),
    'data/account.js',
  )
  const body = new PassThrough()
  zip.addReadStream(body, 'data/tweets.js')
  zip.end()
  body.write('window.YTD.tweets.part0 = [ ')
  for (let index = 0; index < tweets; index++) {
    const text = `${index === 0 ? '' : ', '}${JSON.stringify({ tweet: tweetOf(index) })}`
    if (!body.write(text)) await once(body, 'drain')
  }
  body.end(' ]')
  await out
}

/** Numbers stand as texts, as X writes them; one post a minute from the year 2012 on. */
function tweetOf(index: number) {
  const id = String(1_000_000_000_000_000_000n + BigInt(index) * 4096n)
  const at = new Date(Date.UTC(2012, 0, 1) + index * 60_000)
  const [day, date, month, year, time] = at.toUTCString().replace(',', '').split(' ')
  const answered = { id_str: String(900_000 + (index % 5_000)), screen_name: `prov${index % 5_000}` }
  const isAnswer = index % 3 === 0
  const text = Array.from({ length: 12 }, (_, at) => words[(index * 7 + at * 13) % words.length]).join(' ')
  return {
    edit_info: {
      initial: {
        editTweetIds: [id],
        editableUntil: at.toISOString(),
        editsRemaining: '5',
        isEditEligible: true,
      },
    },
    retweeted: false,
    source: '<a href="https://about.example.org" rel="nofollow">TweetDeck</a>',
    entities: {
      hashtags: [{ text: 'Provkommun', indices: ['0', '11'] }],
      symbols: [],
      user_mentions: isAnswer
        ? [{ name: `Prov ${index % 5_000}`, ...answered, indices: ['0', '8'], id: answered.id_str }]
        : [],
      urls: [],
    },
    display_text_range: ['0', String(text.length)],
    favorite_count: String(index % 17),
    ...(isAnswer
      ? {
          in_reply_to_status_id_str: String(BigInt(id) - 2048n),
          in_reply_to_user_id_str: answered.id_str,
          in_reply_to_screen_name: answered.screen_name,
        }
      : {}),
    id_str: id,
    truncated: false,
    retweet_count: '0',
    id,
    created_at: `${day} ${month} ${date} ${time} +0000 ${year}`,
    favorited: false,
    full_text: text,
    lang: 'sv',
  }
}

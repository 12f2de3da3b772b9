import { expect, test } from 'vitest'
import { makeZip, type ZipEntry } from '../sources/archive-make.ts'
import { testHouse } from './house.ts'
import { eventsOf, fileOf, importing, newChannel, openedOf } from './support.ts'

const house = testHouse()

const tweet = (id: unknown, more: object = {}) => ({
  tweet: { id_str: id, full_text: 'Bron är öppen', created_at: 'Mon Apr 12 08:01:00 +0000 2010', ...more },
})
const tweets = (items: unknown): ZipEntry => ({
  name: 'data/tweets.js',
  data: `window.YTD.tweets.part0 = ${JSON.stringify(items)}`,
  isStored: true,
})

async function imported(bytes: Buffer, name: string, platform: 'x' | 'wordpress' = 'x') {
  const channel = await newChannel(house.ledger, house.log, { platform })
  return importing(house.ledger, house.log, channel, fileOf(bytes, name))
}

test.each<readonly [string, ZipEntry[], RegExp]>([
  ['an encrypted member', [tweets([]), { name: 'data/like.js', flags: 0x801 }], /entry 1: encrypted/],
  [
    'a member that says it is of 3 GB',
    [tweets([]), { name: 'data/like.js', data: 'x', declaredSize: 3 * 1024 ** 3 }],
    /entry 1: unpacks to more than/,
  ],
  [
    'other letters than UTF-8 in its second item',
    [
      {
        name: 'data/tweets.js',
        data: Buffer.from(
          'window.YTD.tweets.part0 = [{"tweet":{}}, {"tweet":{"full_text":"b\xe5t"}}]',
          'latin1',
        ),
      },
    ],
    /tweets\.js: item 1: not UTF-8/,
  ],
  [
    'a list that does not end',
    [{ name: 'data/tweets.js', data: 'window.YTD.tweets.part0 = [{}, {' }],
    /tweets\.js: cut short at byte \d+/,
  ],
  [
    'a program instead of a list',
    [{ name: 'data/tweets.js', data: 'process.exit([])' }],
    /tweets\.js: no JSON array at byte/,
  ],
])('an archive with %s is refused with the place, and leaves nothing behind', async (_, entries, place) => {
  const before = (await eventsOf(house.ledger, house.log, 'i')).length
  await expect(imported(makeZip(entries), 'x.zip')).rejects.toMatchObject({
    code: expect.stringMatching(/^source-/),
    message: expect.stringMatching(place),
  })
  expect(await eventsOf(house.ledger, house.log, 'i')).toHaveLength(before)
})

test('a bomb of entities is refused with line and column, and leaves nothing behind', async () => {
  const before = (await eventsOf(house.ledger, house.log, 'i')).length
  const bomb =
    '<?xml version="1.0"?>\n<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n<rss>&b;</rss>'
  await expect(imported(Buffer.from(bomb), 'blogg.xml', 'wordpress')).rejects.toMatchObject({
    code: expect.stringMatching(/^source-/),
    message: expect.stringMatching(/line \d+, column \d+/),
  })
  expect(await eventsOf(house.ledger, house.log, 'i')).toHaveLength(before)
})

test('odd items are stored as they are or as unrecognised, and cost the others nothing', async () => {
  const strange = 'före\u202eretfe\u2066\u200b 👩‍👩‍👧 \u0000'
  const archive = makeZip([
    tweets([
      tweet('1'),
      tweet('-3402274206530057851'),
      tweet('2', { created_at: '0000-00-00 00:00:00' }),
      tweet('3', { full_text: 'x'.repeat(10_000_000) }),
      tweet('4', { full_text: strange.replace('\u0000', '') }),
      tweet('5', { full_text: strange }),
      'no object',
      null,
    ]),
    // Numbers, and beyond what a double holds.
    {
      name: 'data/deleted-tweets.js',
      data: 'x = [{"tweet":{"id":9007199254740993,"full_text":"Borta","created_at":"Mon Apr 12 08:01:00 +0000 2010"}}]',
    },
  ])
  const report = await imported(archive, 'x.zip')
  expect(report.counts).toMatchObject({ read: 10, recorded: 4, unrecognised: 6, rejected: 0 })
  expect(report.kinds).toEqual({ 'archive/tweets': 6 })
  const stored = JSON.stringify((await openedOf(house.ledger, house.log)).map(({ parts }) => parts))
  expect(stored).toContain('före\u202eretfe\u2066\u200b 👩‍👩‍👧')
  expect(stored).toContain('9007199254740993')
})

test('posts of a megabyte each come few at a time, and all of them', async () => {
  const archive = makeZip([
    tweets(
      Array.from({ length: 40 }, (_, index) =>
        tweet(String(500 + index), { full_text: `${index}`.repeat(600_000) }),
      ),
    ),
  ])
  const channel = await newChannel(house.ledger, house.log)
  const steps: number[] = []
  const { counts } = await importing(house.ledger, house.log, channel, fileOf(archive, 'x.zip'), {
    onProgress: ({ phase, done }) => phase === 'importing' && steps.push(done),
  })
  expect(counts.recorded + counts.unrecognised).toBe(40)
  expect(steps.length).toBeGreaterThan(15)
})

test('a day that is none, in a blog, is not made up', async () => {
  const item = (id: number, date: string) =>
    `<item><title>Rubrik ${id}</title><wp:post_id>${id}</wp:post_id><wp:post_date>${date}</wp:post_date><wp:post_date_gmt>0000-00-00 00:00:00</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>`
  const xml = `<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:wxr_version>1.2</wp:wxr_version>${item(1, '0000-00-00 00:00:00')}${item(2, '2024-02-30 10:00:00')}${item(3, '2024-03-01 10:00:00')}</channel></rss>`
  const before = (await openedOf(house.ledger, house.log)).length
  const { counts } = await imported(Buffer.from(xml), 'blogg.xml', 'wordpress')
  expect(counts).toMatchObject({ read: 3, rejected: 0 })
  const times = (await openedOf(house.ledger, house.log))
    .slice(before)
    .flatMap(({ parts }) =>
      parts.flatMap(({ content }) => (content?.['occurredAt'] === undefined ? [] : [content['occurredAt']])),
    )
  expect(JSON.stringify(times)).not.toMatch(/0000-|02-30|-0001/)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonItem, jsonArrayItems } from '../../services/sources/archive-json-array.ts'
import { textLines } from '../../services/sources/archive-lines.ts'

async function* chunked(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text as string)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function items(text: string | Uint8Array, size = 7, maxItemSize = 1000): Promise<JsonItem[]> {
  return Array.fromAsync(jsonArrayItems(chunked(text, size), { where: 'tweets.js', maxItemSize }))
}

const values = async (text: string) => (await items(text)).map((item) => JSON.parse(item.text))

describe('the elements of a JSON array', () => {
  it('come one by one, whatever they hold and however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (list, size, wide) => {
          const text = `window.YTD.tweets.part0 = ${JSON.stringify(list, null, wide ? 2 : 0)}\n`
          const found = await items(text, size, 1_000_000)
          expect(found.map((item) => JSON.parse(item.text))).toEqual(JSON.parse(JSON.stringify(list)))
          const bytes = Buffer.from(text)
          for (const item of found)
            expect(bytes.toString('utf8', item.offset, item.offset + item.size)).toBe(item.text)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([
    ['window.YTD.tweets.part0 = [1]', [1]],
    ['\uFEFFwindow.YTD.tweet.part12=[ ] ;\n', []],
    ['Grailbird.data.tweets_2010_04 = \n [{"a":"]}"}]', [{ a: ']}' }]],
    ['var user_details = {"id":"1"};', [{ id: '1' }]],
    ['[]', []],
  ])('stand behind any assignment or none: %s', async (text, expected) => {
    expect(await values(text)).toEqual(expected)
  })

  it.each([
    ['an expression before it', 'alert(1); x = [1]', /no JSON array at byte 14/],
    ['a call in it', 'x = (y)[1]', /no JSON array/],
    ['no array', '"text"', /cut short/],
    ['nothing', '', /cut short/],
    ['a cut inside an item', '[{"a":1}, {"a"', /cut short at byte 14/],
    ['a cut between items', '[1,', /cut short/],
    ['something after the end', '[1] [2]', /after the end at byte 4/],
    ['no comma', '[{} {}]', /no comma between items at byte 4/],
    ['a comma too many', '[1,]', /an item is missing at byte 3/],
    ['a brace too many', '[1}]', /no comma between items at byte 2/],
    ['bytes that are not UTF-8', Buffer.from('["\xff"]', 'latin1'), /item 0: not UTF-8/],
  ])('are refused with the place for %s', async (_what, text, message) => {
    await expect(items(text)).rejects.toEqual(
      expect.objectContaining({ code: 'source-malformed', message: expect.stringMatching(message) }),
    )
  })

  it('that are too large are told of by their beginning, and cost the others nothing', async () => {
    const [first, large, last] = await items(`[1,"${'å'.repeat(100_000)}",2]`, 1000)
    expect([first?.text, last?.text]).toEqual(['1', '2'])
    expect(large).toMatchObject({ index: 1, offset: 3, size: 200_002, whole: false })
    expect(large?.text).toMatch(/^"å{100}/)
    expect(large?.text.length).toBeLessThan(2000)
  })

  it('of a large file pass through in flat memory', async () => {
    const block = Buffer.from(
      `${JSON.stringify({ tweet: { full_text: 'å "citat" '.repeat(150) } })},`.repeat(30),
    )
    async function* large() {
      yield Buffer.from('window.YTD.tweets.part0 = [')
      for (let n = 0; n < 1500; n++) yield block
      yield Buffer.from('0]')
    }
    let count = 0
    let most = 0
    const before = process.memoryUsage.rss()
    for await (const _item of jsonArrayItems(large(), { where: 'tweets.js' }))
      if (++count % 1000 === 0) most = Math.max(most, process.memoryUsage.rss() - before)
    expect(count).toBe(45_001)
    expect(most).toBeLessThan(100_000_000)
  }, 30_000)
})

describe('the lines of a text file', () => {
  it('come one by one, with their numbers, however the bytes are cut', async () => {
    for (const size of [1, 2, 5, 100]) {
      const lines = await Array.fromAsync(textLines(chunked('\nå\r\nb', size), 'file'))
      expect(lines).toEqual([
        { text: '', number: 1 },
        { text: 'å\r', number: 2 },
        { text: 'b', number: 3 },
      ])
    }
  })

  it('are refused with the number where one is too long', async () => {
    await expect(Array.fromAsync(textLines(chunked(`a\n${'b'.repeat(50)}`, 8), 'file', 20))).rejects.toThrow(
      /line 2 is too long/,
    )
  })
})

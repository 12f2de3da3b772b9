import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../services/sources/lossless.ts'
import { isScrambled, repairAll, unscramble } from '../../services/sources/mojibake.ts'
import { authored } from '../support/translate.ts'

const root = "facebook-dyi/this_profile's_activity_across_facebook"
function read(path: string): Json {
  return JSON.parse(authored(path).toString()) as Json
}
function scramble(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

describe('mojibake', () => {
  test('of a whole download is taken back in texts, names and titles', () => {
    const found = {
      posts: read(`${root}/posts/profile_posts_1.json`),
      comments: read(`${root}/comments_and_reactions/comments.json`),
      reactions: read(`${root}/comments_and_reactions/likes_and_reactions_1.json`),
    }
    expect(isScrambled(found)).toBe(true)
    expect(repairAll(found)).toEqual(read('facebook-dyi/EXPECTED-decoded.json'))
  })

  test('is not seen in a file that is right already', () => {
    const file = read('facebook-dyi/NEGATIVE-already-correct.json')
    expect(isScrambled(file)).toBe(false)
    expect(repairAll(file)).toEqual(file)
  })

  test('is taken back in keys too', () => {
    expect(repairAll({ [scramble('Medieägare')]: [scramble('å')] })).toEqual({ Medieägare: ['å'] })
  })

  test('that somebody wrote about is left alone among right texts', () => {
    expect(unscramble('Det stod Ã¥')).toBe('Det stod å')
    expect(isScrambled({ a: 'Det stod Ã¥', b: 'Så är det på riktigt', c: 'Ett “citat”' })).toBe(false)
  })

  test('is still seen where a long title was cut inside a character', () => {
    expect(isScrambled([scramble('Läs mer om förskolan på Åsgatan å').slice(0, -1), scramble('å')])).toBe(
      true,
    )
  })

  test('is never guessed from ASCII or on a draw', () => {
    expect(isScrambled(['ren ASCII', { nyckel: 'värde' }])).toBe(false)
    expect(isScrambled([scramble('å'), 'ö'])).toBe(false)
  })

  test('of any text beyond ASCII comes back exactly; characters no byte can be stay', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const scrambled = scramble(text)
        expect(unscramble(scrambled) ?? scrambled).toBe(text)
        expect(unscramble(`${scrambled}“`)).toBeUndefined()
      }),
    )
  })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { maskText } from '../../services/access/mask.ts'
import { lexiconOf } from '../../services/access/mask-lexicon.ts'

const others = [
  { subjectId: 'a', displayName: 'Björn Stenmark-Ek', handle: 'bjorne_77', email: 'bjorn@example.org' },
  { subjectId: 'b', displayName: 'Åsa Vårlig', profileUrl: 'https://social.example.org/asa' },
]
const you = [{ subjectId: 'you', displayName: 'Vera Vårlig', handle: 'vera', email: 'vera@example.org' }]
const masker = { lexicon: lexiconOf(others, you), pseudonym: (key: string) => `<${key}>`, removed: '-' }
const masked = (text: string, byOthers = true) => maskText(masker, text, byOthers).text

it.each([
  ['Björn Stenmark-Ek', '[<a>]'],
  ['björn stenmark ek', '[<a>]'],
  ['BJORN STENMARK-EK', '[<a>]'],
  ['Björn Stenmark-Eks hund', '[<a>]s hund'],
  ['Björns hund', '[<a>]s hund'],
  ['Bjo\u0308rn', '[<a>]'],
  ['B\u200Björn', '[<a>]'],
  ['en björn i skogen', 'en björn i skogen'],
  ['@bjorne_77, hej', '[<a>], hej'],
  ['fråga bjorne_77', 'fråga [<a>]'],
  ['bjorn@example.org', '[<a>]'],
  ['se https://social.example.org/asa/', 'se [<b>]/'],
  ['Åsa och Vårlig', '[<b>] och Vårlig'],
  ['Åsa Vårlig och Vera Vårlig', '[<b>] och Vera Vårlig'],
  ['@vera @Vera vera@example.org', '@vera @Vera vera@example.org'],
  ['@nagon.annan.', '[<handle nagon annan>].'],
  ['någon@example.org', '-'],
  ['19121212-1212 och 121212-1212', '- och -'],
])('masks %j as %j', (text, expected) => {
  expect(masked(text)).toBe(expected)
})

it('keeps numbers in what the person wrote', () => {
  expect(masked('Mitt nummer är 19121212-1212', false)).toBe('Mitt nummer är 19121212-1212')
})

it('leaves no known name standing, whatever stands around it, and counts what it takes', () => {
  const names = ['Björn Stenmark-Ek', 'bjorne_77', 'Åsa Vårlig', 'bjorn@example.org']
  const around = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((it) => !/[\p{L}\p{N}@]/u.test(it))
  fc.assert(
    fc.property(around, fc.constantFrom(...names), around, (before, name, after) => {
      const result = maskText(masker, `${before} ${name} ${after}`, true)
      expect(result.text).not.toContain(name)
      expect(Object.values(result.redactions).reduce((sum, it) => sum + it, 0)).toBeGreaterThan(0)
    }),
  )
})

it('masks a text of 100 kB at once', () => {
  const text = 'Björn Stenmark-Ek sa @okand något om vädret. '.repeat(2300)
  const started = performance.now()
  expect(masked(text)).not.toContain('Björn')
  expect(performance.now() - started).toBeLessThan(2000)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileScreen } from '../../services/interactions/screening.ts'
import { foldSwedish } from '../../services/interactions/screening-words.ts'

const screen = compileScreen([
  { name: 'hot', words: ['hota', 'slå ihjäl', 'DÖD'] },
  { name: 'avtal', words: ['idé'] },
])

function found(text: string): string[] {
  return screen(text).map(
    (flag) => `${flag.kind === 'word' ? flag.list : flag.kind}: ${text.slice(flag.start, flag.end)}`,
  )
}

/** Ten digits that pass: the check digit is computed the slow way, digit by digit. */
function numbered(birth: string, serial: number): string {
  const nine = birth + String(serial).padStart(3, '0')
  const sum = [...nine]
    .map((it, index) => Number(it) * (index % 2 === 0 ? 2 : 1))
    .map((it) => Math.floor(it / 10) + (it % 10))
  return nine + ((10 - (sum.reduce((a, b) => a + b, 0) % 10)) % 10)
}

describe('a personal number', () => {
  // Made by the rule from a day and a serial, not taken from anyone.
  const ten = numbered('180228', 997)
  const [birth, last] = [ten.slice(0, 6), ten.slice(6)]
  const dashed = `${birth.slice(0, 2)}-${birth.slice(2, 4)}-${birth.slice(4)}`

  test.each([
    ten,
    `${birth}-${last}`,
    `${birth}+${last}`,
    `${birth} ${last}`,
    `${birth} - ${last}`,
    `${birth}–${last}`,
    `${birth}\u2212${last}`,
    `${birth}\u00a0${last}`,
    `20${ten}`,
    `20${birth}-${last}`,
    `20${birth} ${last}`,
    `20${dashed}-${last}`,
    `20${dashed} ${last}`,
    `20${dashed.replaceAll('-', ' ')} ${last}`,
    `${dashed}-${last}`,
    `${dashed.replaceAll('-', '/')}-${last}`,
  ])('is seen as %s', (written) => {
    for (const [before, after] of [
      ['', ''],
      ['pnr: ', '.'],
      ['(', ')'],
      ['Mitt nr är ', ', ring'],
      ['2024-05-06 ', '\n'],
      ['pnr:', '!'],
    ]) {
      expect(found(`${before}${written}${after}`)).toEqual([`personalNumber: ${written}`])
    }
  })

  test.each([
    `1${ten}`,
    `${ten}1`,
    `12-${birth}-${last}`,
    `${birth}-${last}-1`,
    `x${ten}`,
    `${ten}x`,
    `id_${ten}`,
    `${ten}_1`,
    `20${birth}-${last}-4abc-8def-001122334455`,
    `${birth.slice(0, 2)}-${birth.slice(2, 4)}${birth.slice(4)}-${last}`,
    `${birth}-${(Number(last) + 1) % 10000}`,
    `18${birth.slice(0, 2)}${last}`,
  ])('is not seen in %s', (text) => {
    expect(found(text).filter((it) => it.startsWith('p'))).toEqual([])
  })

  test('needs a day that the month has', () => {
    expect(found(numbered('230229', 123))).toEqual([])
    expect(found(numbered('240229', 123))).toHaveLength(1)
    expect(found(numbered('000229', 123))).toHaveLength(1)
    expect(found(numbered('240431', 123))).toEqual([])
    expect(found(numbered('241301', 123))).toEqual([])
    expect(found(numbered('240400', 123))).toEqual([])
    expect(found(numbered('240401', 0))).toEqual([])
  })

  test('with sixty added to the day is a coordination number', () => {
    const coordination = numbered('240261', 123)
    expect(found(coordination)).toEqual([`coordinationNumber: ${coordination}`])
    expect(found(numbered('240292', 123))).toEqual([])
  })

  const birthdays = fc.date({ min: new Date('1900-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
  const separators = fc.constantFrom('', '-', '+', ' ', ' - ', '–')

  test('of anyone is found exactly where it stands, and with one digit changed is not', () => {
    fc.assert(
      fc.property(
        birthdays,
        fc.integer({ min: 1, max: 999 }),
        separators,
        fc.boolean(),
        fc.lorem(),
        fc.integer({ min: 1, max: 9 }),
        (birthday, serial, separator, long, around, change) => {
          const iso = birthday.toISOString().slice(0, 10).replaceAll('-', '')
          const digits = numbered(iso.slice(2), serial)
          const written = `${long ? iso.slice(0, 2) : ''}${digits.slice(0, 6)}${separator}${digits.slice(6)}`
          const text = `${around} ${written} ${around}`
          const flags = screen(text).filter(({ kind }) => kind === 'personalNumber')
          expect(flags).toEqual([
            { kind: 'personalNumber', start: around.length + 1, end: around.length + 1 + written.length },
          ])
          const wrong = `${written.slice(0, -1)}${(Number(written.at(-1)) + change) % 10}`
          expect(
            screen(`${around} ${wrong} ${around}`).filter(({ kind }) => kind === 'personalNumber'),
          ).toEqual([])
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a telephone number', () => {
  test.each([
    '070-174 06 35',
    '0701740635',
    '0701-74 06 35',
    '070 174 06 35',
    '070.174.06.35',
    '070/174 06 35',
    '+46 70 174 06 35',
    '+46701740635',
    '+46 (0)70-174 06 35',
    '0046701740635',
    '08-465 004 12',
    '08-46 50 04',
    '+46 8 465 004 12',
    '031-390 06 12',
    '0480-12 34 56',
    '010-123 45 67',
    '0771-12 34 56',
    '020-12 34 56',
  ])('is seen as %s', (written) => {
    for (const [before, after] of [
      ['', ''],
      ['Ring ', '!'],
      ['tel:', ' 2 st'],
      ['(', ')'],
      ['kl 10 på ', '\n'],
    ]) {
      expect(found(`${before}${written}${after}`)).toEqual([`telephone: ${written}`])
    }
  })

  test.each([
    '05-06-2024',
    '0506-2024',
    '10701740635',
    '07017406351',
    '0701740635x',
    '070-17406',
    '0,5',
    '2010-07-05',
    '0 000 000',
    '012345',
    '+47 22 12 34 56',
    '00:15:30',
    'a0701740635',
  ])('is not seen in %s', (text) => {
    expect(found(text)).toEqual([])
  })
})

describe('an e-mail address', () => {
  test.each([
    'exempel@example.org',
    'åsa.öberg+x@post.example.org',
    "o'hara@example.org",
    'E_X-1@exämple.se',
  ])('is seen as %s', (address) => {
    for (const [before, after] of [
      ['', ''],
      ['<', '>'],
      ['Skriv till ', '.'],
      ['mailto:', '?subject=x'],
      ["'", "'"],
    ]) {
      expect(found(`${before}${address}${after}`)).toEqual([`email: ${address}`])
    }
  })

  test.each(['@exempel', '@exempel@social.example.org', 'a@b', 'a @ example.org', 'x@example.', 'pris 3@4'])(
    'is not seen in %s',
    (text) => {
      expect(found(text)).toEqual([])
    },
  )
})

describe('a word of the lists', () => {
  test.each([
    ['Att HOTA är fel', ['hot: HOTA']],
    ['död, DÖD och Do\u0308d', ['hot: död', 'hot: DÖD', 'hot: Do\u0308d']],
    ['slå   ihjäl tid', ['hot: slå   ihjäl']],
    ['slå, ihjäl', ['hot: slå, ihjäl']],
    ['en ide och en idé', ['avtal: ide', 'avtal: idé']],
    ['hotar dödad dod ihjäl slå', []],
    ['🙂hota🙂', ['hot: hota']],
  ])('in "%s" is whole or not there', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test('keeps å, ä and ö apart from a and o, composed or not', () => {
    expect(['å', 'Ä', 'ö', 'a\u030a', 'é', 'Ü', 'ñ', 'à', 'ő'].map(foldSwedish)).toEqual([
      'å',
      'ä',
      'ö',
      'å',
      'e',
      'u',
      'n',
      'a',
      'o',
    ])
  })

  test('folds the same however it is composed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(foldSwedish(text.normalize('NFD'))).toBe(foldSwedish(text.normalize('NFC')))
      }),
    )
  })
})

test('an empty screen still knows numbers, and nothing is found in nothing', () => {
  expect(compileScreen()('')).toEqual([])
  expect(compileScreen()('hota exempel@example.org').map(({ kind }) => kind)).toEqual(['email'])
})

test('flags lie inside the text, in order, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0123456789 -+@.aåÖ\u0308🙂'), maxLength: 80 }),
      (text) => {
        const flags = screen(text)
        flags.forEach(({ start, end }, index) => {
          expect(0 <= start && start < end && end <= text.length).toBe(true)
          expect(start).toBeGreaterThanOrEqual(flags[index - 1]?.start ?? 0)
        })
      },
    ),
    { numRuns: 2000 },
  )
})

test.each([
  ['digits', '8'],
  ['at signs', '@'],
  ['address-like', 'a.'],
  ['numbers', '070 1'],
  ['dashes', '1-'],
  ['domains', 'a@a-'],
])('a text of a million %s takes no unreasonable time', (_, piece) => {
  const text = piece.repeat(Math.floor(1_000_000 / piece.length))
  const began = performance.now()
  screen(text)
  expect(performance.now() - began).toBeLessThan(5000)
})

test('a word is found alike in a plain text and in one with a letter that needs folding', () => {
  const letters = fc.constantFrom(...'aåöHOTslå ihjäldö–.,_1😀-'.split(''), 'hota', 'slå ihjäl', ' DÖD ')
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 30 }), (parts) => {
      const text = `${parts.join('')} `
      if (text.isWellFormed()) expect(found(`${text}è`)).toEqual(found(text))
    }),
    { numRuns: 500 },
  )
})

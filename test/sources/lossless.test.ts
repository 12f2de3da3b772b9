import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Json, parseLossless } from '../../services/sources/lossless.ts'

test('numbers keep their digits wherever they stand', () => {
  expect(
    parseLossless('{"a" : -9007199254740993, "b":[1, "x" , 2e400], "c":[[],3], "d":[true,4.50]}', 'x'),
  ).toEqual({
    a: '-9007199254740993',
    b: ['1', 'x', '2e400'],
    c: [[], '3'],
    d: [true, '4.50'],
  })
  expect(parseLossless(' 18446744073709551615', 'x')).toBe('18446744073709551615')
})

test('times and lists within texts are no numbers', () => {
  const value = { at: 'Mon Apr 12 08:01:00 +0000 2010', said: 'kl. 8:15, 9 [10]', __proto__x: '1' }
  expect(parseLossless(JSON.stringify(value), 'x')).toEqual(value)
})

test('a key called __proto__ is a key, with numbers and without', () => {
  for (const text of ['{"__proto__":{"a":"1"}}', '{"__proto__":{"a":1}}'])
    expect(Object.entries(parseLossless(text, 'x') as object)).toEqual([['__proto__', { a: '1' }]])
})

test('whatever is read, no number is left, and texts are as they were', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(parseLossless(JSON.stringify(value), 'x')).toEqual(withoutNumbers(value))
    }),
  )
})

function withoutNumbers(value: unknown): Json {
  if (typeof value === 'number') return JSON.stringify(value)
  if (Array.isArray(value)) return value.map(withoutNumbers)
  if (typeof value !== 'object' || value === null) return value as Json
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutNumbers(each)]))
}

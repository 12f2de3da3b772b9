import { expect, it } from 'vitest'
import { dateArray, uuidArray } from '../../services/ledger/binary-array.ts'
import { uuidv7 } from '../../services/platform/ids.ts'

it.each(['', 'not-a-uuid', uuidv7().slice(1), `${uuidv7()}0`, uuidv7().replace('7', 'x')])(
  'sends no bytes of other memory for a UUID that is none: %#',
  (text) => {
    expect(() => uuidArray([text])).toThrow(TypeError)
  },
)

it.each(['2026-13-01', '', '12026-01-01'])('sends no other day for a day that is none: %#', (text) => {
  expect(() => dateArray([text])).toThrow(TypeError)
})

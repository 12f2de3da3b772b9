import fc from 'fast-check'
import { Interaction, PersonRole, Verb } from '../../services/events/interaction.ts'

const word = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .filter((it) => it.isWellFormed() && !it.includes('\u0000'))

const instant = fc
  .record({
    date: fc.date({ min: new Date('1971-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }),
    offset: fc.constantFrom('Z', '+01:00', '-07:30', '+10:00'),
    fraction: fc.constantFrom('', '.1', '.120', '.123456'),
  })
  .map(({ date, offset, fraction }) => `${date.toISOString().slice(0, 19)}${fraction}${offset}`)

const person = fc.record(
  {
    role: fc.constantFrom(...PersonRole.options),
    platformId: word,
    handle: word,
    displayName: word,
    profileUrl: word,
  },
  { requiredKeys: ['role'] },
)

/** Any interaction that the wire can carry, in the shape that parsing gives it. */
export const anyInteraction: fc.Arbitrary<Interaction> = fc
  .record(
    {
      channel: fc.uuid(),
      objectId: word,
      actId: word,
      verb: fc.constantFrom(...Verb.options),
      occurredAt: instant,
      precision: fc.constantFrom('millisecond', 'second', 'day'),
      basis: fc.constantFrom('occurred', 'edited', 'observed'),
      persons: fc.array(person, { maxLength: 4 }),
      text: word,
      rawText: word,
      repair: word,
      language: fc.constantFrom('sv', 'en-GB', 'se'),
      title: word,
      reaction: word,
      links: fc.array(word, { maxLength: 3 }),
      hashtags: fc.array(word, { maxLength: 3 }),
      attachments: fc.array(
        fc.record({ url: word, mediaType: word, description: word }, { requiredKeys: ['url'] }),
        { maxLength: 2 },
      ),
      inReplyTo: word,
      thread: word,
      derivedFrom: word,
      visibility: fc.constantFrom('public', 'followers', 'direct'),
      client: word,
      capacity: fc.constantFrom('service', 'private', 'mixed', 'undetermined'),
      native: fc.record(
        { kind: word, mapper: word, time: word, detail: word },
        { requiredKeys: ['kind', 'mapper'] },
      ),
      extensions: fc.dictionary(
        fc.constantFrom(
          'time',
          'subject',
          'sequence',
          'recordedtime',
          'traceparent',
          'id',
          'data',
          'x1',
          'liggaremapper',
        ),
        word,
        { maxKeys: 4 },
      ),
    },
    { requiredKeys: ['channel', 'objectId', 'verb', 'occurredAt', 'precision', 'basis', 'persons'] },
  )
  .filter((it) => it.persons.filter(({ role }) => role === 'author').length <= 1)
  .map((it) => Interaction.parse(it))

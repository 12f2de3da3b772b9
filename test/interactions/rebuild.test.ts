import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Interaction } from '../../services/events/interaction.ts'
import { draftOf } from '../../services/interactions/draft.ts'
import { rebuild } from '../../services/interactions/rebuild.ts'
import type { InteractionHeader } from '../../services/interactions/schemas.ts'
import type { JsonObject } from '../../services/platform/json.ts'
import { anyInteraction } from '../sources/arbitrary-interaction.ts'

const contact = fc.record(
  { email: fc.constant('lena@example.org'), emailVerified: fc.boolean() },
  { requiredKeys: ['email'] },
)
const network = fc.record(
  { ip: fc.constant('192.0.2.17'), userAgent: fc.constant('Mozilla/5.0') },
  { requiredKeys: [] },
)
const extras = fc.array(fc.record({ contact: fc.option(contact), network: fc.option(network) }), {
  minLength: 4,
  maxLength: 4,
})

/** The author first; who is only a role says nothing and is no part. */
function asKept(interaction: Interaction): Interaction {
  const { persons } = interaction
  const author = persons.filter(({ role }) => role === 'author')
  const others = persons.filter(({ role }) => role !== 'author')
  return {
    ...interaction,
    persons: [...author, ...others].filter((person) => Object.keys(person).length > 1),
  }
}

test('an interaction taken apart and put together is the same', () => {
  fc.assert(
    fc.property(anyInteraction, extras, (plain, more) => {
      const persons = plain.persons.map((person, index) => ({
        ...person,
        ...more[index]?.contact,
        ...more[index]?.network,
      }))
      const interaction: Interaction = { ...plain, persons }
      const draft = draftOf(interaction, { platform: 'facebook' })
      const parts = draft.parts.map((part, ordinal) => {
        const who = draft.persons[part.person]
        const subjectId = who?.by === 'stable' ? who.identity : String(part.person)
        return {
          ...part,
          position: '1',
          ordinal,
          subjectId,
          content: JSON.parse(JSON.stringify(part.content)) as JsonObject,
        }
      })
      const header = { channel: interaction.channel, stream: 's' } as InteractionHeader
      expect(rebuild(header, parts, new Map())).toEqual({ header, interaction: asKept(interaction) })
    }),
    { numRuns: 300 },
  )
})

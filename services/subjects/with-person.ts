import type { Draft } from '../ledger/draft.ts'
import { identify } from './identify.ts'

/** A person whom a command names, as far as they are known. */
export type NamedPerson = { readonly name?: string | undefined; readonly email?: string | undefined }

/** The command with a person who is sealed for themselves, and found again by name and address: they are a data subject too. */
export function withPerson(draft: Draft, role: string, { name, email }: NamedPerson): Draft {
  const who = identify('', {
    role: 'subject',
    ...(name === undefined ? {} : { displayName: name }),
    ...(email === undefined ? {} : { email }),
  })
  const content = { ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) }
  return {
    ...draft,
    persons: [...draft.persons, who],
    parts: [...draft.parts, { person: draft.persons.length, role, category: 'identity', content }],
  }
}

import type { Person } from '../events/interaction.ts'
import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { type Account, defined } from './source.ts'
import { xId } from './x-text.ts'

/** A user of any route: v1.1 (`screen_name`, `id_str`), v2 (`username`), v2 as delivered (`{data: …}` around it). */
export function userOf(value: Json | undefined): JsonObject | undefined {
  const user = asObject(value)
  return asObject(user?.['data']) ?? user
}

/** `id_str` comes before `id`: X's own samples have numbers that lost digits before they were sent. */
export function personOf(role: Person['role'], value: Json | undefined): Person | undefined {
  const user = userOf(value)
  if (user === undefined) return undefined
  const person = defined({
    role,
    platformId: xId(user['id_str'], user['id']),
    handle: asText(user['screen_name']) ?? asText(user['username']),
    displayName: asText(user['name']),
  })
  return person.platformId === undefined && person.handle === undefined ? undefined : person
}

export function personById(role: Person['role'], id: string | undefined, users?: Users): Person | undefined {
  if (id === undefined) return undefined
  return { ...personOf(role, users?.get(id)), role, platformId: id }
}

export function personOfAccount(account: Account | undefined): Person | undefined {
  if (account?.platformId === undefined && account?.handle === undefined) return undefined
  return defined({ role: 'author' as const, ...account })
}

/** Users that came along with an event, by id. */
export type Users = ReadonlyMap<string, JsonObject>

/** From a list (`includes.users`) or a map by id (`users` of direct messages), wrapped or not. */
export function usersOf(value: Json | undefined): Users {
  const listed = Array.isArray(value) ? asList(value) : Object.values(asObject(value) ?? {})
  const found = new Map<string, JsonObject>()
  for (const item of listed) {
    const user = userOf(item)
    const id = xId(user?.['id_str'], user?.['id'])
    if (user !== undefined && id !== undefined) found.set(id, user)
  }
  return found
}

/** Each person once, in the order given: who is quoted or answered is not listed as mentioned too. */
export function distinct(persons: readonly (Person | undefined)[]): Person[] {
  const kept: Person[] = []
  for (const person of persons) {
    if (person === undefined) continue
    const isKnown = kept.some(
      (other) =>
        other.role !== 'author' &&
        (person.platformId === undefined
          ? other.handle?.toLowerCase() === person.handle?.toLowerCase()
          : other.platformId === person.platformId),
    )
    if (!isKnown || person.role === 'author') kept.push(person)
  }
  return kept
}

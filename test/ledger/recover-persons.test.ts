import { afterEach, expect, it } from 'vitest'
import { comments, eventsOf, type Opened, purgeDue, recovered, type World, world } from './recover-support.ts'

let here: World | undefined
afterEach(async () => {
  await here?.close()
  here = undefined
})

/** What is left of all persons but those who act: platform ids, traits, keys. */
async function persons({ databases }: World, { log }: Opened) {
  const subjects = await databases.asAdmin('ledger', async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `select distinct subject_id as id from ledger.event_part p where controller_id = $1 and role = 'author'`,
      [log.controller],
    )
    return rows.map((row) => row.id)
  })
  const found = await databases.asAdmin('ledger', async (client) => {
    const { rows } = await client.query<{ identities: number; traits: number }>(
      `select (select count(*) from ledger.identity where controller_id = $1 and id = any ($2))::int as identities,
         (select count(*) from ledger.subject_trait where controller_id = $1)::int as traits`,
      [log.controller, subjects],
    )
    return rows[0]
  })
  const keys = await databases.asAdmin('keyring', async (client) => {
    const { rows } = await client.query<{ keys: number }>(
      'select count(*)::int as keys from keyring.subject_key where controller_id = $1 and subject_id = any ($2)',
      [log.controller, subjects],
    )
    return rows[0]?.keys
  })
  return { ...found, keys }
}

const nothing = { identities: 0, traits: 0, keys: 0 }

it.each([
  ['ledger', ['ledger']],
  ['keyring', ['keyring']],
  ['ledger and keyring', ['ledger', 'keyring']],
] as const)('forgets a person again when an old %s is restored', async (_, kinds) => {
  here = await world(3, 0)
  const before = await here.backup()
  expect((await persons(here, here.first)).keys).toBe(1)
  await purgeDue(here.first)
  expect(await persons(here, here.first)).toEqual(nothing)
  await here.restore(before, kinds)
  expect(await persons(here, here.first)).not.toEqual(nothing)
  const opened = await here.open()
  await recovered(opened)
  expect(await persons(here, opened)).toEqual(nothing)
  expect(await recovered(opened)).toEqual({ intents: 0, keys: 0, journal: 0, finished: 0 })
  // Who comes again is somebody new.
  expect(await comments(opened, 0, 1, 100)).toEqual(['stored'])
  expect((await persons(here, opened)).keys).toBe(1)
})

it('keeps a person in a restored log whose last record goes only with a later purge', async () => {
  here = await world(2, 1)
  const before = await here.backup()
  await purgeDue(here.first)
  await here.restore(before, ['ledger', 'keyring'])
  const opened = await here.open()
  await recovered(opened)
  expect((await persons(here, opened)).keys).toBe(1)
  expect((await eventsOf(opened, 'purge.intended')).length).toBe(1)
})

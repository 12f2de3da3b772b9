import { beforeAll, describe, expect, test } from 'vitest'
import { channelDocument, controllerDocument, testService } from '../declarations/support.ts'

const service = testService()
const channels = '/controllers/kommunstyrelsen/channels'
const account = {
  platform: 'x',
  name: 'Chefens konto',
  accountId: 'konto-4711',
  handle: 'exempla_exempelsson',
  url: 'https://social.example.org/exempla_exempelsson',
  holder: 'Exempla Exempelsson',
  controllership: 'own',
  publicList: false,
}
let id = ''

beforeAll(async () => {
  await service.call('POST', '/controllers', { body: controllerDocument('kommunstyrelsen') })
  id = ((await service.call('POST', channels, { body: channelDocument(account) })).body as { id: string }).id
})

const read = (purpose: string, channel = id) =>
  service.call('POST', `${channels}/${channel}/read`, { body: { purpose } })

describe('an account outside the public list', () => {
  test('is read and listed without what points to its holder', async () => {
    const one = await service.call('GET', `${channels}/${id}`)
    const list = await service.call('GET', channels)
    expect(one.body).toMatchObject({ sealed: true, document: { name: 'Chefens konto' } })
    for (const answer of [one, list]) {
      expect(answer.text).not.toMatch(/exempla|konto-4711/i)
    }
  })

  test('stands nowhere in the log or the read models in clear', async () => {
    const found = await service.databases.asAdmin('ledger', async (client) => {
      const { rows } = await client.query<{ n: string }>(
        `select count(*) as n from (
           select header as it from ledger.event union all select document::text from model.declaration) x
         where it ~* 'exempla|konto-4711'`,
      )
      return Number(rows[0]?.n)
    })
    expect(found).toBe(0)
  })

  test('is opened whole for a purpose, after the look-up is recorded', async () => {
    const opened = await read('Uppsikt, dnr KS 2026/117')
    expect(opened).toMatchObject({ status: 200, body: { id, version: 1, document: account } })
    const log = await service.ledger.find('kommunstyrelsen')
    const looks = await service.databases.asAdmin('ledger', async (client) => {
      const { rows } = await client.query<{ header: string }>(
        "select header from ledger.event where controller_id = $1 and type = 'lookup.recorded'",
        [log?.controller],
      )
      return rows.map((row) => JSON.parse(row.header).data)
    })
    expect(looks).toEqual([{ kind: 'shown', scope: { channel: id, version: 1 } }])
  })

  test('is not opened without a purpose, nor in another log', async () => {
    expect((await read(' ')).status).toBe(422)
    await service.call('POST', '/controllers', { body: controllerDocument('skolnamnden') })
    const foreign = await service.call('POST', `/controllers/skolnamnden/channels/${id}/read`, {
      body: { purpose: 'Uppsikt' },
    })
    expect(foreign.status).toBe(404)
  })

  test('stands open once it is in the public list', async () => {
    const { body } = await service.call('POST', channels, {
      body: channelDocument({ ...account, name: 'Offentligt', accountId: 'konto-2', publicList: true }),
    })
    expect(body).toMatchObject({ sealed: false, document: { handle: account.handle } })
  })
})

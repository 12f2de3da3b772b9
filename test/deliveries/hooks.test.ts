import { expect, test } from 'vitest'
import { hookDirectory } from '../../services/deliveries/hook-directory.ts'
import { receive } from '../../services/deliveries/hooks.ts'
import { refusals } from '../../services/deliveries/refusals.ts'
import { linkedInSignature, metaSignature, sign, xSignature } from '../../services/sources/signature.ts'
import { newLog } from '../ledger/support.ts'
import { authored, jsonBody } from '../support/translate.ts'
import { hookUrl, signedPost, testHouse } from './house.ts'
import { eventsOf, newChannel, openedOf } from './support.ts'

const house = testHouse()
const secret = 'appsecret-1'
const verifyToken = 'ett-ord-som-bara-vi-vet'

async function facebookPage(secrets = [secret]): Promise<string> {
  const channel = await newChannel(house.ledger, house.log, { platform: 'facebook' })
  expect(await house.setSecrets(channel, secrets, verifyToken)).toBe(200)
  return channel
}

function comment(id: string, message = 'När plogas gatan?', more: Record<string, unknown> = {}) {
  return {
    item: 'comment',
    verb: 'add',
    comment_id: `101_1_${id}`,
    post_id: '101_1',
    parent_id: '101_1',
    from: { id: '7007', name: 'Bo Prov' },
    message,
    created_time: 1_772_700_000,
    ...more,
  }
}

function body(...values: readonly object[]): Buffer {
  const changes = values.map((value) => ({ field: 'feed', value }))
  return jsonBody({ object: 'page', entry: [{ id: '101', time: 1_772_700_001, changes }] })
}

const post = (channel: string, bytes: Buffer, key = secret) =>
  signedPost(house, 'facebook', channel, metaSignature, key, bytes)
const deliveriesTo = async (channel: string, prefix = '') =>
  (await eventsOf(house.ledger, house.log, prefix)).filter((event) => event.channelId === channel)

test('a signed delivery is answered when it is stored, as one delivery of many facts', async () => {
  const channel = await facebookPage()
  const answer = await post(channel, body(comment('1'), comment('2', 'Tack!')))
  expect([answer.statusCode, answer.body]).toEqual([200, ''])
  const types = (await deliveriesTo(channel, '')).map((event) => event.type)
  expect(types).toEqual([
    'channel.secret-set',
    'interaction.commented',
    'interaction.commented',
    'delivery.received',
  ])
})

test('the body as it came is named by its digest, sealed, and stands open nowhere', async () => {
  const channel = await facebookPage()
  const bytes = body(comment('3', 'Unik fråga om vattenläckan'))
  await post(channel, bytes)
  const opened = (await openedOf(house.ledger, house.log, 'delivery.received')).filter(
    ({ event }) => event.channelId === channel,
  )
  expect(opened[0]?.parts[0]?.content).toEqual({
    sha256: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  })
  const open = JSON.stringify(await deliveriesTo(channel, '')) + house.logged.join('')
  expect(open).not.toContain('vattenläckan')
  expect(open).not.toContain('Bo Prov')
})

test('the same delivery again adds nothing', async () => {
  const channel = await facebookPage()
  const bytes = body(comment('4'))
  await post(channel, bytes)
  const before = (await deliveriesTo(channel, '')).length
  expect((await post(channel, bytes)).statusCode).toBe(200)
  expect(await deliveriesTo(channel, '')).toHaveLength(before)
})

test('the same fact with other content is kept beside the first, once', async () => {
  const channel = await facebookPage()
  await post(channel, body(comment('5', 'Första lydelsen')))
  await post(channel, body(comment('5', 'Andra lydelsen')))
  await post(channel, body(comment('5', 'Andra lydelsen'), comment('6', 'Annat')))
  const facts = await deliveriesTo(channel, 'interaction.')
  expect(facts.map((event) => event.type)).toEqual([
    'interaction.commented',
    'interaction.variant',
    'interaction.commented',
  ])
  expect(facts[1]?.streamId).toBe(facts[0]?.streamId)
})

test('a removal of what was never seen is told as such', async () => {
  const channel = await facebookPage()
  await post(channel, body({ item: 'comment', verb: 'remove', comment_id: '101_1_9', post_id: '101_1' }))
  const [received] = await deliveriesTo(channel, 'delivery.')
  expect(received?.data['counts']).toMatchObject({ recorded: 1, unmatched: 1 })
})

test('an unknown verb is stored as it came and is no error to the platform', async () => {
  const channel = await facebookPage()
  const answer = await post(channel, body({ ...comment('10'), verb: 'transmogrify' }))
  expect(answer.statusCode).toBe(200)
  const [received] = await deliveriesTo(channel, 'delivery.')
  expect(received?.data).toMatchObject({
    counts: { unrecognised: 1 },
    kinds: { 'feed/comment/transmogrify': 1 },
  })
})

test('a signed body that is no JSON is stored as it came', async () => {
  const channel = await facebookPage()
  expect((await post(channel, Buffer.from('{"object":'))).statusCode).toBe(200)
  expect((await deliveriesTo(channel, 'interaction.')).map((event) => event.type)).toEqual([
    'interaction.unrecognised',
  ])
})

test('a bad signature is refused as 401; many are one event a minute, without their bodies', async () => {
  const channel = await facebookPage()
  for (let tries = 0; tries < 5; tries++) {
    const answer = await post(channel, body(comment('11', 'Falskt')), 'fel-hemlighet')
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'signature-invalid'])
  }
  const events = (await deliveriesTo(channel, '')).filter((event) => event.type !== 'channel.secret-set')
  expect(events.map(({ type, data }) => [type, data['count']])).toEqual([['delivery.refused', 1]])
  expect(
    await openedOf(house.ledger, house.log, 'delivery.refused').then((all) => all.flatMap((it) => it.parts)),
  ).toEqual([])
})

test('without a signature, or with a signature over re-serialised JSON, it is refused', async () => {
  const channel = await facebookPage()
  const bytes = body(comment('12', 'äöå'))
  const unsigned = await house.app.inject({
    method: 'POST',
    url: hookUrl('facebook', channel),
    payload: bytes,
  })
  expect(unsigned.statusCode).toBe(401)
  const escaped = bytes.toString().replace(/[äöå]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
  const other = await house.app.inject({
    method: 'POST',
    url: hookUrl('facebook', channel),
    payload: bytes,
    headers: signatureOf(escaped),
  })
  expect(other.statusCode).toBe(401)
  expect((await post(channel, Buffer.from(escaped))).statusCode).toBe(200)
})

function signatureOf(text: string): Record<string, string> {
  return { [metaSignature.header]: metaSignature.prefix + sign(metaSignature, Buffer.from(secret), text) }
}

test('while one secret takes the place of another both are good, and afterwards the new one alone', async () => {
  const channel = await facebookPage(['hemlighet-gammal'])
  await house.setSecrets(channel, ['hemlighet-ny', 'hemlighet-gammal'])
  expect((await post(channel, body(comment('13')), 'hemlighet-gammal')).statusCode).toBe(200)
  expect((await post(channel, body(comment('14')), 'hemlighet-ny')).statusCode).toBe(200)
  await house.setSecrets(channel, ['hemlighet-ny'])
  expect((await post(channel, body(comment('15')), 'hemlighet-gammal')).statusCode).toBe(401)
})

test('a secret is never told again and stands sealed', async () => {
  const channel = await facebookPage(['mycket-hemlig-hemlighet'])
  const events = JSON.stringify(await deliveriesTo(channel, ''))
  expect(events + house.logged.join('')).not.toContain('mycket-hemlig')
})

test('a channel without secrets verifies nothing', async () => {
  const channel = await newChannel(house.ledger, house.log, { platform: 'facebook' })
  expect((await post(channel, body(comment('16')), '')).statusCode).toBe(401)
})

test('a channel that nobody has, or of another platform, is not there', async () => {
  const channel = await facebookPage()
  const missing = await post('0198c5a0-0000-7000-8000-00000000dead', body(comment('17')))
  const other = await signedPost(house, 'instagram', channel, metaSignature, secret, body())
  expect([missing.statusCode, other.statusCode]).toEqual([404, 404])
})

test('a body above four mebibytes is refused', async () => {
  const channel = await facebookPage()
  expect((await post(channel, Buffer.alloc(4 * 1024 ** 2 + 1, 0x20))).statusCode).toBe(413)
})

test('the channel of another controller is found by its id alone', async () => {
  const log = await newLog(house.ledger)
  const channel = await newChannel(house.ledger, log, { platform: 'facebook' })
  expect((await post(channel, body(comment('18')))).statusCode).toBe(401)
  expect((await eventsOf(house.ledger, log, 'delivery.')).map((event) => event.type)).toEqual([
    'delivery.refused',
  ])
})

test('Meta’s challenge is answered where the word is right', async () => {
  const channel = await facebookPage()
  const ask = (token: string) =>
    house.app.inject({
      url: `${hookUrl('facebook', channel)}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`,
    })
  const [good, bad] = [await ask(verifyToken), await ask('fel')]
  expect([good.statusCode, good.body, bad.statusCode]).toEqual([200, '1158201444', 403])
})

test('X’s challenge and its deliveries', async () => {
  const channel = await newChannel(house.ledger, house.log, { platform: 'x' })
  await house.setSecrets(channel, ['konsument-hemlighet'])
  const challenge = await house.app.inject({ url: `${hookUrl('x', channel)}?crc_token=abc` })
  expect(challenge.json().response_token).toMatch(/^sha256=[A-Za-z0-9+/]{43}=$/)
  for (const name of ['tweet_create_events.mention', 'favorite_events', 'follow_events.follow']) {
    const bytes = authored(`x-account-activity/${name}.json`)
    const answer = await signedPost(house, 'x', channel, xSignature, 'konsument-hemlighet', bytes)
    expect([name, answer.statusCode]).toEqual([name, 200])
  }
  expect((await deliveriesTo(channel, 'interaction.')).length).toBeGreaterThanOrEqual(3)
})

test('LinkedIn’s challenge and its deliveries', async () => {
  const channel = await newChannel(house.ledger, house.log, { platform: 'linkedin' })
  await house.setSecrets(channel, ['klient-hemlighet'])
  const challenge = await house.app.inject({ url: `${hookUrl('linkedin', channel)}?challengeCode=890e4665` })
  expect(challenge.json()).toMatchObject({ challengeCode: '890e4665' })
  const bytes = authored('linkedin-webhook/organization-social-action.json')
  const answer = await signedPost(house, 'linkedin', channel, linkedInSignature, 'klient-hemlighet', bytes)
  expect(answer.statusCode).toBe(200)
  expect((await deliveriesTo(channel, 'interaction.')).length).toBeGreaterThan(0)
})

test('when the database is slow the platform is told in time to come again, and nothing is stored twice', async () => {
  const channel = await facebookPage()
  const bytes = body(comment('31'))
  const hooks = {
    ledger: house.ledger,
    directory: hookDirectory(house.ledger),
    refusals: refusals(house.ledger),
    answerWithinMs: 200,
  }
  const headers = signatureOf(bytes.toString())
  await hooks.directory.find(channel)
  await house.databases.asAdmin('ledger', async (client) => {
    await client.query('begin')
    await client.query('select from ledger.log_head where controller_id = $1 for update', [
      house.log.controller,
    ])
    await expect(receive(hooks, 'facebook', channel, { body: bytes, headers })).rejects.toMatchObject({
      code: 'log-busy',
    })
    await client.query('rollback')
  })
  expect((await post(channel, bytes)).statusCode).toBe(200)
  await house.ledger.drain()
  const types = (await deliveriesTo(channel, '')).map((event) => event.type)
  expect(types).toEqual(['channel.secret-set', 'interaction.commented', 'delivery.received'])
})

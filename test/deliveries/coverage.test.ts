import { expect, it } from 'vitest'
import { coverageOf } from '../../services/deliveries/coverage.ts'
import { reading } from '../../services/ledger/open.ts'
import { metaSignature } from '../../services/sources/signature.ts'
import { hookUrl, signedPost, testHouse } from './house.ts'
import { feedComment } from './kept-support.ts'
import { fileOf, importing, manyPosts, newChannel } from './support.ts'

const house = testHouse()
const secret = 'hemlighet-0123'

async function newPage() {
  const channel = await newChannel(house.ledger, house.log, { platform: 'facebook' })
  await house.setSecrets(channel, [secret], 'ett-ord-som-bara-vi-vet')
  return channel
}

async function post(channel: string, id: string, with_ = secret) {
  const changes = [{ field: 'feed', value: feedComment(id, `Kommentar ${id}`) }]
  const body = JSON.stringify({ object: 'page', entry: [{ id: '101', time: 1_772_700_001, changes }] })
  return (await signedPost(house, 'facebook', channel, metaSignature, with_, body)).statusCode
}

async function coverage(channel: string) {
  const { ledger, log, clock } = house
  const [found] = await reading(ledger, log, (tx) => coverageOf(tx, log.controller, clock.now(), { channel }))
  return found
}

it('a channel of which nothing has come says so', async () => {
  const channel = await newPage()
  const answer = await house.send({ method: 'GET', url: `coverage?channel=${channel}` })
  expect(answer.statusCode).toBe(200)
  expect(answer.json().channels).toEqual([await coverage(channel)])
  expect(await coverage(channel)).toEqual({
    channel,
    platform: 'facebook',
    posted: 0,
    imported: 0,
    refusedSignatures: 0,
    challengedDays: 0,
    subscription: 'none',
    unrecognised: 0,
  })
})

it('the last delivery and the longest time without one are told, also the one that still lasts', async () => {
  const channel = await newPage()
  const first = house.clock.now().toISOString()
  expect(await post(channel, '1')).toBe(200)
  house.clock.advance({ seconds: 600 })
  const second = house.clock.now().toISOString()
  expect(await post(channel, '2')).toBe(200)
  house.clock.advance({ seconds: 60 })
  expect(await coverage(channel)).toMatchObject({
    posted: 2,
    lastPostedAt: second,
    longestGap: { from: first, to: second, seconds: 600 },
    subscription: 'standing',
  })
  house.clock.advance({ seconds: 1200 })
  expect((await coverage(channel))?.longestGap).toEqual({
    from: second,
    to: house.clock.now().toISOString(),
    seconds: 1260,
  })
})

it('a posting that comes twice closes no gap a second time, and one with a wrong signature is counted alone', async () => {
  const channel = await newPage()
  await post(channel, '1')
  await post(channel, '1')
  expect(await post(channel, '2', 'en-annan-hemlighet')).toBe(401)
  expect(await coverage(channel)).toMatchObject({
    posted: 1,
    refusedSignatures: 1,
    lastRefusedAt: house.clock.now().toISOString(),
  })
})

it('imports are told apart from what was posted, and the past is told as it was', async () => {
  const channel = await newChannel(house.ledger, house.log)
  await importing(house.ledger, house.log, channel, fileOf(manyPosts(3, 7), 'x.zip'))
  expect(await coverage(channel)).toMatchObject({ posted: 0, imported: 1, subscription: 'none' })
  const { ledger, log } = house
  const before = await reading(ledger, log, (tx) =>
    coverageOf(tx, log.controller, ledger.clock.now(), { channel, before: '0' }),
  )
  expect(before).toMatchObject([{ imported: 0 }])
})

it('what nobody understood is listed by kind, and reading it again tells what it would bring', async () => {
  const channel = await newPage()
  const changes = [{ field: 'feed', value: { item: 'novelty', verb: 'add', novelty_id: '1' } }]
  const body = JSON.stringify({ object: 'page', entry: [{ id: '101', time: 1_772_700_001, changes }] })
  await signedPost(house, 'facebook', channel, metaSignature, secret, body)
  const answer = await house.send({ method: 'GET', url: `unrecognised?channel=${channel}` })
  expect(answer.json().kinds).toMatchObject([{ channel, mapper: 'facebook-webhook/v1', items: 1, kept: 1 }])
  const remapped = await house.send({
    method: 'POST',
    url: 'remaps',
    payload: { since: '2026-01-01', channel },
  })
  expect(remapped.statusCode).toBe(200)
  expect(remapped.json()).toMatchObject({ dryRun: true, deliveries: 0, left: 0, gone: 0 })
  const wrong = await house.send({ method: 'POST', url: 'remaps', payload: { since: 'i går' } })
  expect(wrong.statusCode).toBe(422)
})

it.each(['coverage', 'unrecognised'])('%s is shown to nobody without a token', async (path) => {
  const url = `/liggare/v1/controllers/${house.log.slug}/${path}`
  expect((await house.app.inject({ method: 'GET', url })).statusCode).toBe(401)
})

it('challenges are told by day, and a platform that asks no more has lost its subscription', async () => {
  const channel = await newChannel(house.ledger, house.log, { platform: 'x' })
  await house.setSecrets(channel, [secret])
  const ask = () => house.app.inject({ method: 'GET', url: `${hookUrl('x', channel)}?crc_token=fraga` })
  expect((await ask()).statusCode).toBe(200)
  await ask()
  expect(await coverage(channel)).toMatchObject({ challengedDays: 1, subscription: 'standing' })
  house.clock.advance({ seconds: 49 * 3600 })
  expect(await coverage(channel)).toMatchObject({ challengedDays: 1, subscription: 'lost' })
  await ask()
  expect(await coverage(channel)).toMatchObject({ challengedDays: 2, subscription: 'standing' })
})

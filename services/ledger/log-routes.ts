import type { FastifyReply } from 'fastify'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { DomainError } from '../platform/errors.ts'
import { identityOf } from './checkpoints-key.ts'
import { newestCheckpoint, proveConsistency, proveInclusion, readTile } from './checkpoints-read.ts'
import type { Ledger, Log } from './ledger.ts'
import {
  ConsistencyProof,
  ConsistencyQuery,
  checkpointExample,
  consistencyExample,
  InclusionProof,
  InclusionQuery,
  inclusionExample,
  logParams,
  tileParams,
} from './log-routes-schemas.ts'
import { reading } from './open.ts'
import { parseTilePath, tileWidth } from './tree/tiles.ts'

const words = { tag: 'audit', scope: 'audit:read' } as const
const plain = 'text/plain; charset=utf-8'

/** What an auditor with no trust in us needs: the signed checkpoint, the tiles below it, proofs, the key. */
export function logRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.get(
    '/controllers/:controller/log/checkpoint',
    operation({
      ...words,
      id: 'getCheckpoint',
      summary: 'Loggens senaste signerade kontrollpunkt / the newest signed checkpoint',
      description:
        'Storlek och rot, signerade med loggens nyckel (c2sp.org/tlog-checkpoint). Den som sparar en kan senare bevisa att inget före den har ändrats. / Size and root, signed with the key of the log. Whoever keeps one can later prove that nothing before it was changed.',
      params: logParams,
      responses: {
        200: {
          description: 'Kontrollpunkten / the checkpoint',
          mediaType: 'text/plain',
          example: checkpointExample,
        },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const { note } = await reading(ledger, log, (tx) => newestCheckpoint(tx, log.controller))
      return reply.type(plain).header('cache-control', 'no-cache').send(note)
    },
  )

  app.get(
    '/controllers/:controller/log/key',
    operation({
      ...words,
      id: 'getLogKey',
      summary: 'Nyckeln som kontrollpunkterna prövas med / the key that checkpoints are checked with',
      description:
        'En vkey (c2sp.org/signed-note) per rad: den som gäller först, därefter tidigare. Jämför med dem som står i diariet: en nyckel hämtad här bevisar ingenting ensam. / A vkey a line: the one in force first, then those before it. Compare them with the public diary: a key fetched from here proves nothing by itself.',
      params: logParams,
      responses: {
        200: {
          description: 'Nyckeln / the key',
          mediaType: 'text/plain',
          example: 'liggare/4f1d2c3b4a596877/kommunstyrelsen+1a2b3c4d+AQ…',
        },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const { vkey, earlier } = await reading(ledger, log, (tx) => identityOf(tx, ledger.provider, log))
      return reply
        .type(plain)
        .send([vkey, ...earlier.map((key) => key.vkey)].map((line) => `${line}\n`).join(''))
    },
  )

  app.get(
    '/controllers/:controller/log/proofs/inclusion',
    operation({
      ...words,
      id: 'proveInclusion',
      summary: 'Bevis att en händelse står i loggen / proof that an event is in the log',
      description:
        'Mot den senaste kontrollpunkten. Räkna om `entry` ur händelsens huvud innan beviset tros. / Against the newest checkpoint. Recompute `entry` from the header of the event before believing it.',
      params: logParams,
      query: InclusionQuery,
      responses: {
        200: { description: 'Beviset / the proof', schema: InclusionProof, example: inclusionExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { position } = request.query
      const it = await reading(ledger, log, (tx) => proveInclusion(tx, log.controller, position))
      return {
        position,
        size: it.size,
        entry: it.entry.toString('base64'),
        path: it.path.map((hash) => hash.toString('base64')),
        proof: it.proof.toString(),
      }
    },
  )

  app.get(
    '/controllers/:controller/log/proofs/consistency',
    operation({
      ...words,
      id: 'proveConsistency',
      summary: 'Bevis att loggen bara har vuxit / proof that the log has only grown',
      description:
        'Mellan två storlekar som är signerade eller ligger före den senast signerade. / Between two sizes that are signed or lie before the last one signed.',
      params: logParams,
      query: ConsistencyQuery,
      responses: {
        200: { description: 'Beviset / the proof', schema: ConsistencyProof, example: consistencyExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { from, to } = request.query
      const it = await reading(ledger, log, (tx) => proveConsistency(tx, log.controller, from, to))
      return {
        from,
        to: it.to,
        fromRoot: it.fromRoot.toString('base64'),
        toRoot: it.root.toString('base64'),
        path: it.path.map((hash) => hash.toString('base64')),
      }
    },
  )

  tileRoutes(app, ledger)
}

type Segment = 'first' | 'second' | 'third' | 'fourth'

const tileIds = [
  ['getTile', ['first']],
  ['getTileOfThousands', ['first', 'second']],
  ['getTileOfMillions', ['first', 'second', 'third']],
  ['getTileOfBillions', ['first', 'second', 'third', 'fourth']],
] as const satisfies readonly (readonly [string, readonly Segment[]])[]

/** A tile's path has one segment for each three digits of its index, and one for the width of a partial one. */
function tileRoutes(app: Api, ledger: Ledger): void {
  for (const [id, segments] of tileIds) {
    const params = tileParams.pick({
      controller: true,
      level: true,
      ...Object.fromEntries(segments.map((name) => [name, true])),
    } as { controller: true; level: true; first: true })
    app.get(
      `/controllers/:controller/log/tile/:level/${segments.map((name) => `:${name}`).join('/')}`,
      operation({
        ...words,
        id,
        summary: 'En bricka av trädet / a tile of the tree',
        description: `Enligt c2sp.org/tlog-tiles, med ${segments.length} led efter nivån: 32 byte för varje hash, eller poster med sin längd. Hela brickor ändras aldrig. / As c2sp.org/tlog-tiles has it, with ${segments.length} segments below the level: 32 bytes for each hash, or entries behind their length. Full tiles never change.`,
        params,
        responses: {
          200: { description: 'Brickan / the tile', mediaType: 'application/octet-stream', example: '' },
        },
      }),
      async (request, reply) => {
        const given = request.params as Record<Segment | 'level' | 'controller', string>
        const path = ['tile', given.level, ...segments.map((name) => given[name])].join('/')
        return sendTile(ledger, await logOf(ledger, given.controller), path, reply)
      },
    )
  }
}

async function sendTile(ledger: Ledger, log: Log, path: string, reply: FastifyReply) {
  const tile = parseTilePath(path)
  if (tile === null) throw new DomainError('not-found', 'no such tile')
  const bytes = await reading(ledger, log, (tx) => readTile(tx, log.controller, tile))
  // A partial tile is the beginning of a full one and as unchanging, but soon of no use.
  const age = tile.width === tileWidth ? 'max-age=31536000, immutable' : 'max-age=60'
  return reply.type('application/octet-stream').header('cache-control', `private, ${age}`).send(bytes)
}

async function logOf(ledger: Ledger, slug: string): Promise<Log> {
  const log = await ledger.find(slug)
  if (log === undefined) throw new DomainError('not-found', 'no such controller')
  return log
}

import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { DeclaredParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { itemBy, roundBy, unpublicationOf } from './rounds-queries.ts'
import {
  itemExample,
  roundExample,
  SupervisionItem,
  SupervisionRound,
  Unpublished,
} from './rounds-schemas.ts'
import { itemView, roundView } from './rounds-view.ts'

const base = '/controllers/:controller/supervision'
const words = { tag: 'supervision', scope: 'supervision:read', params: DeclaredParams } as const
const open = 'Utan det som är förseglat. / Without what is sealed.'

/** A round, something that became known, an unpublication: each where its creation said it would be. */
export function supervisedRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.get(
    `${base}/rounds/:id`,
    operation({
      ...words,
      id: 'getSupervisionRound',
      summary: 'En uppsiktsrunda / a supervision round',
      description: open,
      responses: {
        200: { description: 'Rundan / the round', schema: SupervisionRound, example: roundExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const found = await reading(ledger, log, (tx) => roundBy(tx, log.controller, request.params.id))
      return found === undefined ? missing() : roundView(found)
    },
  )

  app.get(
    `${base}/items/:id`,
    operation({
      ...words,
      id: 'getSupervisionItem',
      summary: 'Något man fått kännedom om / something that became known',
      description: open,
      responses: { 200: { description: 'Det / it', schema: SupervisionItem, example: itemExample } },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const found = await reading(ledger, log, (tx) => itemBy(tx, log.controller, request.params.id))
      return found === undefined ? missing() : itemView(found)
    },
  )

  app.get(
    `${base}/unpublications/:id`,
    operation({
      ...words,
      id: 'getUnpublication',
      summary: 'En avpublicering / an unpublication',
      description: `Efter handlingens id. ${open} / By the id of the object.`,
      responses: {
        200: {
          description: 'Avpubliceringen / the unpublication',
          schema: Unpublished,
          example: { object: roundExample.id, position: '17', ground: 'threat' },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const found = await reading(ledger, log, (tx) => unpublicationOf(tx, log.controller, request.params.id))
      return found ?? missing()
    },
  )
}

function missing(): never {
  throw new DomainError('not-found', 'nothing of that id')
}

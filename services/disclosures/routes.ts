import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams, pageExample } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { openDisclosure, recordDisclosure } from './disclose.ts'
import { disclosureBy, listDisclosures } from './queries.ts'
import {
  Disclosure,
  DisclosurePage,
  DisclosureParams,
  disclosureExample,
  OpenedDisclosure,
  ReadDisclosure,
  RecordDisclosure,
  recordExample,
} from './schemas.ts'

const path = '/controllers/:controller/disclosures'
const words = { tag: 'disclosures' } as const
const ListQuery = PageQuery.extend({
  object: z.uuid().toLowerCase().optional().meta({
    description: 'Bara de som gällde denna handling / only those of this object',
    example: recordExample.objects[0],
  }),
})

/** To whom records were handed: authorities, the police, platforms, whoever asked for a public record. */
export function disclosureRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.post(
    path,
    operation({
      ...words,
      id: 'recordDisclosure',
      scope: 'disclosures:write',
      summary: 'Anteckna ett utlämnande / record a disclosure',
      description:
        'Vem som fått handlingarna, på vilken grund och varför. Registret och registerutdraget använder det. En persons namn förseglas. / Who was handed the objects, on what ground and why. The register and the access answer use it. A person’s name is sealed.',
      params: ControllerParams,
      body: { schema: RecordDisclosure, example: recordExample },
      responses: {
        201: {
          description: 'Antecknat / recorded',
          schema: Disclosure,
          example: disclosureExample,
          headers: { Location: 'var det finns / where it is' },
        },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const made = await recordDisclosure(ledger, log, { name: actorOf(request).id }, request.body)
      reply.code(201).header('location', `${app.prefix}/controllers/${log.slug}/disclosures/${made.id}`)
      return made
    },
  )

  app.get(
    path,
    operation({
      ...words,
      id: 'listDisclosures',
      scope: 'disclosures:read',
      summary: 'Utlämnanden / disclosures',
      description:
        'Det senaste först, utan det som är förseglat. / The newest first, without what is sealed.',
      params: ControllerParams,
      query: ListQuery,
      responses: {
        200: {
          description: 'En sida / a page',
          schema: DisclosurePage,
          example: pageExample(disclosureExample),
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page, object } = request.query
      const offset = offsetOf(request.query)
      const found = await reading(ledger, log, (tx) =>
        listDisclosures(tx, log.controller, object, { limit, offset }),
      )
      return { ...found, page, limit }
    },
  )

  app.get(
    `${path}/:id`,
    operation({
      ...words,
      id: 'getDisclosure',
      scope: 'disclosures:read',
      summary: 'Ett utlämnande / a disclosure',
      description: 'Utan det som är förseglat. / Without what is sealed.',
      params: DisclosureParams,
      responses: {
        200: { description: 'Utlämnandet / the disclosure', schema: Disclosure, example: disclosureExample },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const found = await reading(ledger, log, (tx) => disclosureBy(tx, log.controller, request.params.id))
      if (found === undefined) throw new DomainError('not-found', 'no such disclosure')
      return found
    },
  )

  app.post(
    `${path}/:id/read`,
    operation({
      ...words,
      id: 'readDisclosure',
      scope: 'disclosures:read',
      summary: 'Läs ett utlämnande med förseglade uppgifter / read a disclosure with what is sealed',
      description:
        'Vem, varför och vilka handlingar. Uppslaget antecknas innan något visas. / Who, why and which objects. The look-up is recorded before anything is shown.',
      params: DisclosureParams,
      body: { schema: ReadDisclosure, example: { purpose: 'Underrättelse enligt artikel 19' } },
      responses: {
        200: {
          description: 'Utlämnandet / the disclosure',
          schema: OpenedDisclosure,
          example: {
            disclosure: disclosureExample,
            purpose: recordExample.purpose,
            objects: recordExample.objects,
            lookUp: '18',
          },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const actor = { name: actorOf(request).id }
      return openDisclosure(ledger, log, request.params.id, { actor, purpose: request.body.purpose })
    },
  )
}

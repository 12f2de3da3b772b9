import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson, type Json } from '../platform/json.ts'

export const ControllerParams = z.strictObject({
  controller: z.string().meta({
    description: 'Den personuppgiftsansvariges namn i adresser / slug of the controller',
    example: 'kommunstyrelsen',
  }),
})

export const DeclaredParams = z.strictObject({
  controller: ControllerParams.shape.controller,
  id: z.uuid().toLowerCase().meta({
    description: 'Id, från svaret på skapandet / id, as the creation answered it',
    example: '0198c5a0-0000-7000-8000-000000000001',
  }),
})

/** A version of a declared document, as it is answered. */
export function declaredSchema<T>(id: string, document: z.ZodType<T>) {
  return z
    .strictObject({
      id: z.uuid().meta({ example: '0198c5a0-0000-7000-8000-000000000001' }),
      version: z.int().min(1).meta({ description: 'Versionens nummer / number of the version', example: 1 }),
      position: z.string().meta({ description: 'Plats i loggen / position in the log', example: '17' }),
      declaredAt: z.iso.datetime({ offset: true }).meta({ example: '2026-03-05T09:15:01.000Z' }),
      sealed: z.boolean().meta({
        description: 'Om uppgifter är förseglade / whether members may be sealed, to be read with a purpose',
        example: false,
      }),
      digest: z
        .string()
        .regex(/^sha256:[0-9a-f]{64}$/)
        .meta({
          description:
            'SHA-256 över dokumentets öppna sida som kanonisk JSON (RFC 8785) / of the open side as canonical JSON',
        }),
      publication: z.int().min(1).optional().meta({
        description: 'Publiceringens nummer; utkast har inget / number of the publication; a draft has none',
        example: 1,
      }),
      document,
    })
    .meta({ id })
}

/** Names a version by its open side, which holds nothing personal: sealed members are not in it. */
export function documentDigest(open: unknown): string {
  return `sha256:${createHash('sha256')
    .update(canonicalJson(open as Json))
    .digest('hex')}`
}

export function pageSchema<T>(id: string, item: z.ZodType<T>) {
  return z
    .strictObject({
      items: z.array(item),
      total: z.int().min(0).meta({ description: 'Alla sidor / on all pages', example: 1 }),
      page: z.int().meta({ example: 1 }),
      limit: z.int().meta({ example: 20 }),
    })
    .meta({ id })
}

/** How an example of a document is answered. */
export function declaredExample(document: unknown) {
  return {
    id: '0198c5a0-0000-7000-8000-000000000001',
    version: 1,
    position: '17',
    declaredAt: '2026-03-05T09:15:01.000Z',
    sealed: false,
    digest: documentDigest(document),
    document,
  }
}

export function pageExample(item: unknown) {
  return { items: [item], total: 1, page: 1, limit: 20 }
}

/** The example that a schema carries: the contract shows the same one. */
export function exampleOf(schema: z.ZodType): unknown {
  return (schema.meta()?.['examples'] as unknown[] | undefined)?.[0]
}

import type { z } from 'zod'

type Members = Readonly<Record<string, unknown>>

/** How a declared document is taken apart before it is stored: `open` may stand in a header, `personal` must be sealed. */
export type DocumentParts<T> = {
  /** RFC 6901 pointers of the top-level members of this very document that must be sealed. */
  readonly personalFields: (document: T) => readonly string[]
  readonly splitPersonal: (document: T) => { readonly open: Members; readonly personal: Members }
  /** The document again. Without the sealed half it throws where a sealed member is required: show `open` alone then. */
  readonly joinPersonal: (open: Members, personal: Members) => T
}

export function documentParts<T extends object>(
  schema: z.ZodType<T>,
  personalFields: (document: T) => readonly string[],
): DocumentParts<T> {
  return {
    personalFields,
    splitPersonal: (document) => {
      const sealed = new Set(personalFields(document).map((pointer) => pointer.slice(1)))
      const members = Object.entries(document).filter(([, value]) => value !== undefined)
      return {
        open: Object.fromEntries(members.filter(([name]) => !sealed.has(name))),
        personal: Object.fromEntries(members.filter(([name]) => sealed.has(name))),
      }
    },
    joinPersonal: (open, personal) => schema.parse({ ...open, ...personal }),
  }
}

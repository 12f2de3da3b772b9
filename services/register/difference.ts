import { z } from 'zod'
import { AsOf, ChangeSchema } from '../declarations/as-of.ts'
import { differenceOf } from '../platform/difference.ts'
import type { Finding, Register } from './schemas.ts'

const Entry = z
  .strictObject({
    what: z.enum(['controller', 'activity', 'channel', 'finding']),
    id: z.string().meta({ description: 'Behandlingens eller kanalens id, avvikelsens kod / id or code' }),
    name: z.string(),
    change: z.enum(['added', 'removed', 'changed']),
    changes: z.array(ChangeSchema),
  })
  .meta({ id: 'RegisterDifferenceEntry' })
type Entry = z.infer<typeof Entry>

export const RegisterDifference = z
  .strictObject({
    from: AsOf.extend({ size: z.string() }),
    to: AsOf.extend({ size: z.string() }),
    entries: z.array(Entry),
  })
  .meta({
    id: 'RegisterDifference',
    description: 'Hur två register skiljer sig / how two registers differ',
  })
export type RegisterDifference = z.infer<typeof RegisterDifference>

type Keyed = { readonly id: string; readonly name: string; readonly value: object }

/** What differs between two registers of one controller: rows and channels by id, findings by what they are about. */
export function compareRegisters(from: Register, to: Register): RegisterDifference {
  const compare = (what: Entry['what'], before: readonly Keyed[], after: readonly Keyed[]): Entry[] => {
    const old = new Map(before.map((it) => [it.id, it]))
    const now = new Map(after.map((it) => [it.id, it]))
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
      const [a, b] = [old.get(id), now.get(id)]
      const changes = differenceOf(a?.value, b?.value)
      if (changes.length === 0) return []
      const change = a === undefined ? 'added' : b === undefined ? 'removed' : 'changed'
      return [{ what, id: id.split(' ')[0] ?? id, name: (b ?? a)?.name ?? '', change, changes }]
    })
  }
  const side = (it: Register) => ({
    validOn: it.day,
    size: it.size,
    ...(it.knownAt === undefined ? {} : { knownAt: it.knownAt }),
  })
  const named = (items: readonly { readonly id: string; readonly name: string }[]): Keyed[] =>
    items.map((value) => ({ id: value.id, name: value.name, value }))
  const whole = ({ controller }: Register): Keyed[] => [
    { id: controller.slug, name: controller.name ?? 'MISSING', value: controller },
  ]
  return {
    from: side(from),
    to: side(to),
    entries: [
      ...compare('controller', whole(from), whole(to)),
      ...compare('activity', named(from.rows), named(to.rows)),
      ...compare('channel', named(from.channels), named(to.channels)),
      ...compare('finding', from.findings.map(ofFinding), to.findings.map(ofFinding)),
    ],
  }
}

function ofFinding(value: Finding): Keyed {
  return { id: `${value.code} ${value.sv}`, name: value.sv, value }
}

import { z } from 'zod'

const base64 = z.base64().meta({
  description: '32 byte (SHA-256) i base64 / 32 bytes (SHA-256) in base64',
  example: 'CgUPB2Pt2BUWRykQnWMYbQyUgIBjf3dv0eCdIEQ1Gmg=',
})
const Size = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

export const logParams = z.strictObject({
  controller: z.string().meta({
    description: 'Den personuppgiftsansvariga / the controller',
    example: 'kommunstyrelsen',
  }),
})

const segment = (description: string, example: string) =>
  z
    .string()
    .regex(/^[a-z0-9.]{1,10}$/)
    .meta({ description, example })

/** The segments of a tile's path, one to four of them below its level. */
export const tileParams = logParams.extend({
  level: segment('Nivå, eller entries / level, or entries', '0'),
  first: segment('Första ledet / first segment', 'x001'),
  second: segment('Andra ledet / second segment', '234'),
  third: segment('Tredje ledet / third segment', '067.p'),
  fourth: segment('Fjärde ledet / fourth segment', '8'),
})

export const InclusionQuery = z.strictObject({
  position: Size.meta({ description: 'Händelsens plats / position of the event', example: 17 }),
})

export const ConsistencyQuery = z.strictObject({
  from: Size.meta({ description: 'Den äldre storleken / the older size', example: 100 }),
  to: Size.optional().meta({
    description:
      'Den yngre storleken; annars den senast signerade / the newer size, else the last one signed',
    example: 250,
  }),
})

export const InclusionProof = z
  .strictObject({
    position: z.number().int().meta({ description: 'Händelsens plats / its position', example: 17 }),
    size: z.number().int().meta({ description: 'Trädets storlek / size of the tree', example: 250 }),
    entry: base64.meta({ description: 'Det som trädet loggar / what the tree logs' }),
    path: z.array(base64).meta({ description: 'Beviset enligt RFC 9162 / the path of RFC 9162' }),
    proof: z.string().meta({
      description: 'Samma bevis som fil / the same as a file: c2sp.org/tlog-proof',
      example: 'c2sp.org/tlog-proof@v1\nindex 17\n…',
    }),
  })
  .meta({ id: 'InclusionProof', description: 'Att en händelse står i loggen / that an event is in the log' })

export const ConsistencyProof = z
  .strictObject({
    from: z.number().int().meta({ description: 'Den äldre storleken / the older size', example: 100 }),
    to: z.number().int().meta({ description: 'Den yngre storleken / the newer size', example: 250 }),
    fromRoot: base64.meta({ description: 'Den äldre roten / the older root' }),
    toRoot: base64.meta({ description: 'Den yngre roten / the newer root' }),
    path: z.array(base64).meta({ description: 'Beviset enligt RFC 9162 / the path of RFC 9162' }),
  })
  .meta({ id: 'ConsistencyProof', description: 'Att loggen bara har vuxit / that the log has only grown' })

const hash = 'CgUPB2Pt2BUWRykQnWMYbQyUgIBjf3dv0eCdIEQ1Gmg='
export const checkpointExample = `liggare/4f1d2c3b4a596877/kommunstyrelsen\n250\n${hash}\n\n— liggare/4f1d2c3b4a596877/kommunstyrelsen …\n`
export const inclusionExample = {
  position: 17,
  size: 250,
  entry: hash,
  path: [hash],
  proof: 'c2sp.org/tlog-proof@v1\nindex 17\n…',
}
export const consistencyExample = { from: 100, to: 250, fromRoot: hash, toRoot: hash, path: [hash] }

import { z } from 'zod'

/** What was done, by the platform-neutral word. AS2 aliases stand in `services/README.md`. */
export const Verb = z
  .enum([
    'published',
    'commented',
    'replied',
    'reacted',
    'shared',
    'mentioned',
    'followed',
    'unfollowed',
    'messaged',
    'edited',
    'hidden',
    'unhidden',
    'removed',
    'profile-changed',
    'blocked',
    'reported',
    'absence-observed',
    'unrecognised',
  ])
  .meta({ id: 'Verb', description: 'Vad som gjordes / what was done', example: 'commented' })
export type Verb = z.infer<typeof Verb>

/** Verbs that bring an object into being: one object is created once, whatever word the source uses for it. */
export const creatingVerbs: ReadonlySet<Verb> = new Set([
  'published',
  'commented',
  'replied',
  'shared',
  'messaged',
])

export const Capacity = z.enum(['service', 'private', 'mixed', 'undetermined']).meta({
  id: 'Capacity',
  description: 'I vilken egenskap författaren handlade / in what capacity the author acted',
  example: 'service',
})
export type Capacity = z.infer<typeof Capacity>

export const PersonRole = z
  .enum(['author', 'mentioned', 'recipient', 'tagged', 'target', 'quoted', 'moderator', 'subject'])
  .meta({ id: 'PersonRole', description: 'The part a person has in the act', example: 'author' })
export type PersonRole = z.infer<typeof PersonRole>

/** PostgreSQL's text holds neither NUL nor lone surrogates, and a digest of replaced characters would be a digest of another text. */
function wellFormed(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000')
}

function text(max: number) {
  return z.string().min(1).max(max).refine(wellFormed, { error: 'must be well-formed Unicode without NUL' })
}

export const Person = z
  .strictObject({
    role: PersonRole,
    platformId: text(256).optional().meta({
      description: 'The stable id on the platform: the only thing that by itself tells who it is',
      example: '100000000000017',
    }),
    handle: text(256).optional().meta({ example: 'exempelperson' }),
    displayName: text(512).optional().meta({ example: 'Exempel Exempelsson' }),
    email: text(320).optional().meta({ example: 'exempel@example.org' }),
    emailVerified: z
      .boolean()
      .optional()
      .meta({ description: 'True only where the blog itself has verified the address', example: false }),
    profileUrl: text(2048).optional().meta({ example: 'https://social.example.org/@exempelperson' }),
    ip: text(64).optional().meta({ example: '192.0.2.17' }),
    userAgent: text(1024).optional().meta({ example: 'Mozilla/5.0' }),
  })
  .meta({ id: 'Person' })
export type Person = z.infer<typeof Person>

export const Attachment = z
  .strictObject({
    url: text(2048).meta({ example: 'https://example.org/bild.jpg' }),
    mediaType: text(128).optional().meta({ example: 'image/jpeg' }),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional()
      .meta({ description: 'SHA-256 of the file, if it was fetched' }),
    description: text(10_000).optional().meta({ example: 'Bild av biblioteket' }),
  })
  .meta({ id: 'Attachment' })
export type Attachment = z.infer<typeof Attachment>

/** The largest text that is taken, in UTF-16 code units. */
const maxTextLength = 1_000_000

export const Interaction = z
  .strictObject({
    channel: z.uuid().meta({
      description: 'The channel (id) on which it happened',
      example: '0198c5a0-0000-7000-8000-000000000001',
    }),
    objectId: text(512).meta({
      description: "The platform's id of the object acted upon: the post, the comment, the message",
      example: '101_202',
    }),
    actId: text(512).optional().meta({
      description: "The platform's id of the act itself, where it has one (an edit, a reaction)",
      example: 'r-303',
    }),
    verb: Verb,
    occurredAt: z.iso
      .datetime({ offset: true })
      .meta({ description: 'RFC 3339 with an offset', example: '2026-03-05T10:15:00+01:00' }),
    precision: z
      .enum(['millisecond', 'second', 'minute', 'day', 'month', 'year'])
      .default('second')
      .meta({ example: 'second' }),
    basis: z.enum(['occurred', 'edited', 'observed']).default('occurred').meta({
      description: 'observed: the source gives no time, this is when the fact was seen',
      example: 'occurred',
    }),
    persons: z
      .array(Person)
      .max(200)
      .default([])
      .meta({ description: 'The author first; at most one author' }),
    text: text(maxTextLength).optional().meta({ example: 'Tack för svaret!' }),
    rawText: text(maxTextLength)
      .optional()
      .meta({ description: 'The text as it came, where `text` has been repaired' }),
    repair: text(64).optional().meta({ description: 'The name of the repair', example: 'meta-latin1/v1' }),
    language: z
      .string()
      .regex(/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/)
      .max(64)
      .optional()
      .meta({ description: 'BCP 47', example: 'sv' }),
    title: text(2000).optional().meta({ example: 'Nya öppettider' }),
    reaction: text(64).optional().meta({ example: 'like' }),
    links: z
      .array(text(2048))
      .max(200)
      .optional()
      .meta({ example: ['https://example.org/'] }),
    hashtags: z
      .array(text(256))
      .max(200)
      .optional()
      .meta({ example: ['exempel'] }),
    attachments: z.array(Attachment).max(100).optional(),
    inReplyTo: text(512)
      .optional()
      .meta({ description: 'Object id of what is answered or reacted to', example: '101' }),
    thread: text(512).optional().meta({ description: 'Object id of the thread', example: '101' }),
    derivedFrom: text(512)
      .optional()
      .meta({ description: 'Object id of what is quoted or shared', example: '99' }),
    visibility: z.enum(['public', 'followers', 'direct']).optional().meta({ example: 'public' }),
    client: text(256)
      .optional()
      .meta({ description: 'The program it was posted from: the ground of capacity', example: 'TweetDeck' }),
    capacity: Capacity.optional(),
    native: z
      .strictObject({
        kind: text(128).meta({ description: "The platform's own word for it", example: 'feed/comment/add' }),
        time: text(128).optional().meta({
          description: 'The time as the platform wrote it',
          example: 'Mon Apr 12 08:01:00 +0000 2010',
        }),
        mapper: text(64).meta({ description: 'Mapper and version', example: 'facebook-webhook/v1' }),
        delivery: z
          .string()
          .regex(/^sha256:[0-9a-f]{64}$/)
          .optional(),
        detail: text(20_000)
          .optional()
          .meta({ description: 'What no field holds, as canonical JSON; personal, sealed' }),
      })
      .optional()
      .meta({ description: 'How the source said it' }),
    extensions: z
      .record(z.string().regex(/^[a-z0-9]{1,64}$/), text(10_000))
      .optional()
      .meta({ description: 'CloudEvents extension attributes that Liggare does not know; kept, sealed' }),
  })
  .refine((it) => it.persons.filter((person) => person.role === 'author').length <= 1, {
    path: ['persons'],
    error: 'has more than one author',
  })
  .meta({ id: 'Interaction' })
export type Interaction = z.infer<typeof Interaction>
/** As a client or an importer may write it: defaults left out. */
export type InteractionInput = z.input<typeof Interaction>

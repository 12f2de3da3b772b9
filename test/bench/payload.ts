import type { InteractionInput } from '../../services/events/interaction.ts'

/** How many invented people write, in how many threads. */
export const authors = 5000
const threads = 50

const openings = [
  'Hej!',
  'Tack för informationen.',
  'Jag undrar en sak:',
  'Bra att ni tar upp det här.',
  'Det här gäller oss på Ängsvägen.',
  'Ursäkta en dum fråga, men',
  'Som förälder säger jag bara:',
]
const middles = [
  'när öppnar simhallen igen efter ombyggnaden',
  'varför har belysningen vid gångvägen varit släckt sedan i höstas',
  'kan man få en större återvinningstunna om man är många i hushållet',
  'bussen till Östra skolan är full redan vid första hållplatsen',
  'biblioteket borde ha kvällsöppet åtminstone en gång i veckan',
  'parkeringen vid vårdcentralen räcker inte till på förmiddagarna',
  'det är halt på trottoaren utanför äldreboendet och ingen har sandat',
  'lekparken behöver nya gungor innan någon gör sig illa',
  'mina föräldrar fick inget svar när de ringde växeln i går',
  'förslaget till detaljplan tar bort den sista grönytan i området',
]
const links = ['. Dessutom', '. Och', ', och jag tycker att', '. Vi är flera grannar som undrar:', '. Sedan']
const endings = [' Med vänlig hälsning', ' Hoppas ni läser det här.', ' Mvh', ' Tack på förhand!', '']
const firstNames = ['Asta', 'Birk', 'Cajsa', 'Dag', 'Embla', 'Frej', 'Göta', 'Hedda', 'Ivar', 'Jorid']
const lastNames = ['Påhittsson', 'Exempelgren', 'Låtsaslund', 'Fantasiström', 'Sagoberg', 'Diktarås']

/** A small repeatable generator (mulberry32): the same numbers in every run and for every contender. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/** 200 to 400 bytes of what people write below a municipality's posts; nobody wrote it. */
function textOf(next: (below: number) => number): string {
  const one = (list: readonly string[]) => list[next(list.length)] as string
  const size = 200 + next(75)
  let text = `${one(openings)} ${one(middles)}`
  while (Buffer.byteLength(text) < size) text += `${one(links)} ${one(middles)}`
  return `${text}.${one(endings)}`
}

/** The comment of author number `author`; the object's id tells one event from the next of the same author. */
export function commentOf(author: number, channel: string, objectId: string): InteractionInput {
  const next = numbers(author)
  const thread = `101_${3000 + (author % threads)}`
  const day = new Date(Date.UTC(2025, 0, 1 + next(365), next(24), next(60), next(60)))
  const name = `${firstNames[author % firstNames.length]} ${lastNames[author % lastNames.length]} ${author}`
  return {
    channel,
    objectId,
    verb: 'commented',
    occurredAt: day.toISOString(),
    persons: [{ role: 'author', platformId: `1000000000${10_000 + author}`, displayName: name }],
    text: textOf(next),
    language: 'sv',
    inReplyTo: thread,
    thread,
  }
}

/** The comments of one channel, each author's made once: what is measured is the storing. */
export function comments(channel: string): (draw: Draw) => InteractionInput {
  const known: (InteractionInput | undefined)[] = new Array(authors)
  return ({ author, objectId }) => {
    const number = author % authors
    const comment = known[number] ?? commentOf(number, channel, objectId)
    known[number] = comment
    return { ...comment, objectId }
  }
}

/** Which event is next: `author` is any whole number, to be taken modulo the number of authors. */
export type Draw = { readonly author: number; readonly objectId: string }

/** Gives each event an id of its own and an author, the same sequence for every contender. */
export function drawer(prefix: string): () => Draw {
  let drawn = 0
  return () => {
    drawn += 1
    return {
      author: Math.imul(drawn, 0x9e3779b1) >>> 0,
      objectId: `${prefix}_${String(drawn).padStart(10, '0')}`,
    }
  }
}

/** A generator that gives the same numbers on every machine (mulberry32): the demo's data never changes. */
export function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export type DemoPerson = { readonly id: string; readonly name: string; readonly handle: string }

const first = [
  'Exempla',
  'Påhitta',
  'Sago',
  'Fabel',
  'Dikta',
  'Lovis',
  'Tänk',
  'Berätta',
  'Ponera',
  'Ana',
  'Vims',
  'Tilde',
]
const last = [
  'Exempelsson',
  'Påhittsdotter',
  'Låtsaslund',
  'Fiktivberg',
  'Sagodal',
  'Testman',
  'Fabelström',
  'Diktander',
  'Åskådlig',
  'Öhyp',
]

/** The n-th invented person. None of them exists: the names are words for making things up. */
export function person(n: number): DemoPerson {
  const name = `${first[n % first.length]} ${last[Math.floor(n / first.length) % last.length]}`
  return { id: String(100_000_000_000_000 + n), name, handle: `pahitt_${n}` }
}

export const peopleCount = first.length * last.length

const openings = [
  'Hej!',
  'God morgon,',
  'En fråga:',
  'Tack,',
  'Jaha,',
  'Nej men',
  'Bra att ni skriver om detta.',
  'Hallå kommunen,',
]
const matters = [
  'snöröjningen på Storgatan',
  'öppettiderna på biblioteket',
  'den nya lekplatsen vid ån',
  'skolmaten på Ekskolan',
  'vattenavstängningen på Åsvägen',
  'bidragen till föreningarna',
  'bussen till Ängsby',
  'utställningen i konsthallen',
]
const endings = [
  'är för dålig.',
  'blev riktigt fin.',
  '– vem ska man ringa?',
  'borde ni berätta mer om.',
  'har jag väntat på länge.',
  'glädjer många.',
  'förstår jag inte.',
]

/** One of some hundred sentences that citizens might write. */
export function sentence(pick: (below: number) => number): string {
  return `${openings[pick(openings.length)]} ${matters[pick(matters.length)]} ${endings[pick(endings.length)]}`
}

export function headline(pick: (below: number) => number): string {
  return `Nytt om ${matters[pick(matters.length)]}`
}

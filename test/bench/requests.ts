import { authors, commentOf, type Draw } from './payload.ts'

/** A controller to send to; of all the authors it has those from `first` on, `count` of them. */
export type Target = {
  readonly slug: string
  readonly channel: string
  readonly first: number
  readonly count: number
}

const placeholder = '@object@'

/** UTF-8 as one-byte characters: what is joined and written without being encoded again for each request. */
function bytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** Writes the bodies of one target's interactions: everything but the object's id is serialised beforehand. */
export function bodies(target: Target): (draw: Draw) => string {
  const halves: (readonly [string, string] | undefined)[] = new Array(authors)
  return ({ author, objectId }) => {
    const number = target.first + (author % target.count)
    const known = halves[number] ?? split(number, target.channel)
    halves[number] = known
    return known[0] + objectId + known[1]
  }
}

function split(author: number, channel: string): readonly [string, string] {
  const [before, after] = bytes(JSON.stringify(commentOf(author, channel, placeholder))).split(placeholder)
  return [before as string, after as string]
}

/** The head of a POST, up to the length or the kind of its body. */
export function headOf(target: Target, path: '' | '/batch' | '/stream', token: string, type: string): string {
  return [
    `POST /liggare/v1/controllers/${target.slug}/interactions${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${token}`,
    `content-type: ${type}`,
    '',
  ].join('\r\n')
}

export function withBody(head: string, body: string): string {
  return `${head}content-length: ${body.length}\r\n\r\n${body}`
}

const headSize = 256
const maxRest = 1024 ** 2
const listHead = /^(?:\u00ef\u00bb\u00bf)?\s*\{\s*"(\w{1,100})"\s*:\s*(?=\[)/
const [quote, backslash] = [0x22, 0x5c]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]

/** The list that a file's one object begins with, as a stream of its own. */
export type Peeled = {
  /** The list's name; undefined where the file begins otherwise: then `bytes` are the file's. */
  readonly list: string | undefined
  readonly bytes: AsyncIterable<Uint8Array>
  /** What follows the list, once it is read: as a JSON object, `{}` where nothing does. */
  readonly rest: () => string
}

/** Most of Meta's lists come as `{"comments_v2": […]}`, which as one value would have to lie in memory whole. */
export async function peelList(
  chunks: AsyncIterable<Uint8Array>,
  isList: (name: string) => boolean,
): Promise<Peeled> {
  const iterator = chunks[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  while (head.length < headSize) {
    const next = await iterator.next()
    if (next.done === true) break
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value])
  }
  const found = listHead.exec(Buffer.from(head.subarray(0, headSize)).toString('latin1'))
  const list = found?.[1]
  if (found === null || list === undefined || !isList(list)) {
    return { list: undefined, bytes: joined(head, iterator), rest: () => '{}' }
  }
  const tail = { parts: [] as Uint8Array[], size: 0 }
  const bytes = untilClosed(joined(head.subarray(found[0].length), iterator), tail)
  const rest = () => {
    const text = Buffer.concat(tail.parts).toString('utf8').trim()
    return text.startsWith(',') ? `{${text.slice(1)}` : `{${text}`
  }
  return { list, bytes, rest }
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

/** The array up to its closing bracket; what comes after goes into the tail, as far as that may be of any use. */
async function* untilClosed(
  chunks: AsyncIterable<Uint8Array>,
  tail: { parts: Uint8Array[]; size: number },
): AsyncGenerator<Uint8Array> {
  let depth = 0
  let inString = false
  let escaped = false
  let closed = false
  for await (const chunk of chunks) {
    let end = closed ? 0 : chunk.length
    for (let at = 0; at < end; at++) {
      const byte = chunk[at]
      if (escaped) escaped = false
      else if (inString) {
        if (byte === backslash) escaped = true
        else if (byte === quote) inString = false
      } else if (byte === quote) inString = true
      else if (byte === openBracket || byte === openBrace) depth++
      else if ((byte === closeBracket || byte === closeBrace) && --depth === 0) {
        closed = true
        end = at + 1
      }
    }
    if (end > 0) yield chunk.subarray(0, end)
    const after = chunk.subarray(end)
    if (closed && tail.size <= maxRest) {
      tail.parts.push(after.slice())
      tail.size += after.length
    }
  }
}

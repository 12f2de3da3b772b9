import { setImmediate } from 'node:timers/promises'
import PDFDocument from 'pdfkit'
import { drawBlock } from './blocks.ts'
import { flowOf } from './flow.ts'
import { openFont } from './fonts.ts'
import type { Block, DocumentInfo, Report } from './model.ts'

/** Milliseconds after which others get their turn: drawing waits for nothing by itself. */
const longestTurn = 10

const identification = `
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>The part of ISO 14289 that is followed</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>`

/**
 * A document as PDF 1.7, tagged, declaring PDF/A-2a and PDF/UA-1. The same content makes the same bytes, and it comes out
 * as it is made: `Readable.from(pdfOf(…))` is a stream that needs the memory of a page, `Array.fromAsync` collects it.
 */
export async function* pdfOf(
  info: DocumentInfo,
  blocks: Iterable<Block> | AsyncIterable<Block>,
): AsyncGenerator<Uint8Array, Report> {
  const pdf = new PDFDocument({
    pdfVersion: '1.7',
    subset: 'PDF/A-2a',
    tagged: true,
    displayTitle: true,
    lang: info.language === 'sv' ? 'sv-SE' : 'en-GB',
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    // Its own cache of shaped words grows with the text.
    fontLayoutCache: false,
    // None by itself: its own ones cannot be embedded.
    font: '',
    info: {
      Title: spoken(info.title, info),
      Author: spoken(info.author, info),
      ...(info.subject !== undefined && { Subject: spoken(info.subject, info) }),
      Producer: 'Liggare',
      Creator: 'Liggare',
      CreationDate: info.created,
    },
  })
  pdf.registerFont('plain', openFont('plain')).registerFont('strong', openFont('strong'))
  pdf.appendXML(identification)
  const flow = flowOf(pdf, info)
  let since = performance.now()
  for await (const block of blocks) {
    for await (const _ of drawBlock(flow, block)) {
      yield* written(pdf)
      if (performance.now() - since < longestTurn) continue
      await setImmediate()
      since = performance.now()
    }
  }
  flow.end()
  pdf.end()
  yield* written(pdf)
  return flow.report()
}

/** What of the document is ready to go, in one piece. */
function* written(pdf: { read: () => unknown }): Generator<Uint8Array> {
  const pieces: Uint8Array[] = []
  for (let bytes = pdf.read(); bytes instanceof Uint8Array; bytes = pdf.read()) pieces.push(bytes)
  if (pieces.length > 0) yield Buffer.concat(pieces)
}

/** pdfkit writes these words into XML as they are. */
function spoken(text: string, { language }: DocumentInfo): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replaceAll('&', language === 'sv' ? 'och' : 'and')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
}

import type { Block, DocumentInfo } from '../documents/model.ts'
import type { Authority } from '../ledger/checkpoints-evidence.ts'
import { newestStamped, withCosignatures } from '../ledger/checkpoints-evidence.ts'
import { identityOf } from '../ledger/checkpoints-key.ts'
import { newestCheckpoint } from '../ledger/checkpoints-read.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { parseCheckpoint } from '../ledger/tree/checkpoint.ts'
import { sha256 } from '../ledger/tree/hash.ts'
import { parseNote } from '../ledger/tree/note.ts'
import { verifyTimestamp } from '../ledger/tree/timestamp.ts'

/** A checkpoint as a page for the public diary: what a reader needs who has nothing else of us. */
export type CheckpointPage = {
  readonly info: DocumentInfo
  readonly blocks: readonly Block[]
  /** The checkpoint and its time stamp as files, to be kept beside the page. */
  readonly note: Buffer
  readonly stamp: Buffer | undefined
}

/** The newest checkpoint that was stamped, else the newest. `authority`: with it the time of the stamp is told. */
export async function checkpointPage(
  ledger: Ledger,
  log: Log,
  authority: Authority | undefined,
): Promise<CheckpointPage> {
  const { note, vkey, signedAt, stamp } = await reading(ledger, log, async (tx) => {
    const { vkey: key } = await identityOf(tx, ledger.provider, log)
    const stamped = await newestStamped(tx, log.controller)
    const newest = stamped ?? (await newestCheckpoint(tx, log.controller))
    const { rows } = await tx.query<{ signed_at: Date }>(
      'select signed_at from ledger.checkpoint where controller_id = $1 and size = $2',
      [log.controller, newest.size],
    )
    const bytes = stamped === undefined ? newest.note : await withCosignatures(tx, log.controller, stamped)
    return { note: bytes, vkey: key, signedAt: rows[0]?.signed_at as Date, stamp: stamped }
  })
  const { text, signatures } = parseNote(note)
  const { size } = parseCheckpoint(text)
  const time =
    stamp === undefined || authority === undefined
      ? undefined
      : verifyTimestamp(stamp.stamp, {
          digest: sha256(Buffer.from(text)),
          nonce: null,
          authorities: authority.certificates,
        }).time.toISOString()
  const witnesses = signatures.slice(1).map(({ name }) => name)
  const facts = [
    { term: 'Nämndens logg / log', text: log.slug },
    { term: 'Antal händelser / events', text: String(size) },
    { term: 'Signerad / signed', text: signedAt.toISOString() },
    {
      term: 'Tidsstämpel / time stamp',
      text: stamp === undefined ? '–' : `${stamp.authority}${time === undefined ? '' : `, ${time}`}`,
    },
    { term: 'Vittnen / witnesses', text: witnesses.join(', ') || '–' },
    { term: 'Nyckel / key', text: vkey },
  ]
  return {
    note,
    stamp: stamp?.stamp,
    info: {
      title: `Kontrollpunkt för ${log.slug}`,
      language: 'sv',
      author: log.slug,
      subject: `Kontrollpunkt, ${size} händelser`,
      created: signedAt,
    },
    blocks: [
      { kind: 'heading', level: 1, text: `Kontrollpunkt för ${log.slug}` },
      { kind: 'definitions', entries: facts },
      { kind: 'heading', level: 2, text: 'Kontrollpunkten, ord för ord / the checkpoint, word for word' },
      { kind: 'paragraph', text: note.toString().trimEnd(), look: 'small' },
      { kind: 'heading', level: 2, text: 'Vad bladet är till för' },
      {
        kind: 'list',
        numbered: true,
        items: [
          'Bladet säger hur många händelser loggen hade och är ett fingeravtryck av dem alla. Förvara det i diariet: där kan ingen som sköter datorerna ändra det.',
          'Vill du veta om något äldre har ändrats: be om dagens kontrollpunkt och ett bevis på att dagens logg börjar med den här (liggare verify eller något annat program för C2SP-loggar). Stämmer fingeravtrycken är allt före bladet orört.',
          'Stämmer de inte, eller lämnas inget bevis ut, har loggen ändrats. Behåll bladet och vänd dig till tillsynsmyndigheten eller JO.',
        ],
      },
      { kind: 'heading', level: 2, text: 'What this page is for' },
      {
        kind: 'list',
        numbered: true,
        items: [
          'It says how many events the log had and is a fingerprint of them all. Keep it in the public diary, where nobody who runs the computers can change it.',
          'To learn whether anything older was changed, ask for the checkpoint of today and the proof that the log of today begins with this one (liggare verify, or any other program for C2SP logs). If the fingerprints fit, everything before this page is untouched.',
          'If they do not, or no proof is handed out, the log was changed. Keep the page and turn to the supervisory authority.',
        ],
      },
    ],
  }
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The page as one HTML file without anything from elsewhere. */
export function checkpointHtml({ info, blocks }: CheckpointPage): string {
  const body = blocks.map(htmlOf).join('\n')
  return `<!doctype html>
<html lang="sv">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}</title>
<style>
@page { size: A4; margin: 18mm }
body { font: 10.5pt/1.4 system-ui, sans-serif; max-width: 45em; margin: 1.5em auto; padding: 0 1em; color: #111; background: #fff }
h1 { font-size: 1.5em } h2 { font-size: 1.1em; margin: 1.1em 0 .3em }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2em 1em } dt { font-weight: 600 } dd { margin: 0; overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #767676; padding: .7em; font-size: 9pt }
ol { margin: 0; padding-left: 1.4em }
</style>
<main>
${body}
</main>
</html>
`
}

function htmlOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}${/^What /.test(block.text) ? ' lang="en"' : ''}>${escaped(block.text)}</h${block.level}>`
    case 'paragraph':
      return `<pre>${escaped(String(block.text))}</pre>`
    case 'definitions':
      return `<dl>\n${block.entries.map(({ term, text }) => `<dt>${escaped(term)}</dt><dd>${escaped(String(text))}</dd>`).join('\n')}\n</dl>`
    case 'list':
      return `<ol>\n${block.items.map((item) => `<li>${escaped(String(item))}</li>`).join('\n')}\n</ol>`
    default:
      throw new TypeError(`the page has no ${block.kind}`)
  }
}

import { join, resolve } from 'node:path'
import { answerFor } from '../access/answer-for.ts'
import { filesOf } from '../access/files.ts'
import { writeFiles } from '../access/write-files.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { asking } from './facebook.ts'

type Show = { readonly out: string; readonly today: string; readonly write: (text: string) => void }

/** Answers the demo's person who asks what is held about her; a repeated run shows the same case again. */
export async function showAnswer(ledger: Ledger, log: Log, { out, today, write }: Show): Promise<void> {
  const caseId = await firstCase(ledger, log)
  const answer = await answerFor(ledger, log, {
    actor: { name: 'demo' },
    purpose: 'Registerutdrag på begäran (demonstration)',
    identifiers: [{ platform: 'facebook', platformId: asking.id }],
    assurance: 'code',
    language: 'sv',
    today,
    ...(caseId === undefined ? {} : { caseId }),
  })
  const folder = join(out, 'registerutdrag')
  await writeFiles(folder, filesOf(ledger, log, answer))
  write(`${answer.summary}\nPDF: ${resolve(folder, 'answer.pdf')}\nHTML: ${resolve(folder, 'answer.html')}\n`)
}

async function firstCase(ledger: Ledger, log: Log): Promise<string | undefined> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ stream_id: string }>(
      "select stream_id from ledger.event where controller_id = $1 and type = 'access.received' order by position limit 1",
      [log.controller],
    )
    return rows[0]?.stream_id
  })
}

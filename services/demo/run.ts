import type { Runtime } from '../commands/runtime.ts'
import { listDeclarations } from '../declarations/queries.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { readRegister } from '../register/read.ts'
import { registerText } from '../register/text.ts'
import { certificateOf } from '../retention/certificate.ts'
import { certificateText } from '../retention/certificate-text.ts'
import { retentionPlan, summariseDue } from '../retention/due.ts'
import { approvePurge, orderPurge } from '../retention/order.ts'
import { executePurge } from '../retention/purge.ts'
import { purgeState, unfinishedPurges } from '../retention/purge-queries.ts'
import { phaseOf } from '../retention/purge-state.ts'
import { retentionFigures } from '../retention/register-view.ts'
import { sweep } from '../retention/sweep.ts'
import { showAnswer } from './answer.ts'
import { bringIn } from './bring-in.ts'
import { declareMunicipality } from './declared.ts'
import { destroyedEvents, showEvidence } from './show-evidence.ts'

type Times = [step: string, ms: number][]

const cell = (count: number) => String(count).padStart(5)

const heading = (sv: string, en: string) => `\n${'─'.repeat(100)}\n${sv.toUpperCase()} / ${en}\n`

/** The main job from end to end, printed: what came in, the register, what is due, a purge with its proof, an answer. */
export async function runDemo(runtime: Runtime, out: string, write: (text: string) => void): Promise<void> {
  const times: Times = []
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now()
    const result = await work()
    times.push([step, performance.now() - begun])
    return result
  }
  const today = localDay(runtime.clock.now())
  await timed('Databas och migrering / database', async () => {
    if (runtime.databases.embedded) await runtime.databases.migrate()
    await runtime.databases.assertReady('worker')
  })
  const ledger = await runtime.ledger('worker')
  const { board, committee, channels } = await timed('Ansvariga, kanaler, regler / declarations', () =>
    declareMunicipality(ledger),
  )

  write(heading('Det som kommit in', 'What has come in'))
  const tally = await timed('Interaktioner in / interactions in', () =>
    bringIn(ledger, board, committee, channels),
  )
  for (const { name, counts } of tally) {
    write(
      `${name.padEnd(30)} ${cell(counts.recorded)} nya / new ${cell(counts.corroborated)} redan kända / known ${cell(counts.disposed)} redan gallrade / disposed ${cell(counts.minimised)} minimerade / minimised\n`,
    )
  }

  for (const log of [board, committee]) {
    write(heading(`Registerförteckning: ${log.slug}`, 'Register of processing (art. 30)'))
    const register = await timed(`Register ${log.slug}`, () =>
      readRegister(ledger, log, { validOn: today }, retentionFigures),
    )
    write(`${registerText(register)}\n`)
  }

  write(heading(`Att gallra ${today}`, 'Due for disposal'))
  const due = await timed('Vad som är gallringsbart / due', () => showDue(ledger, board, today, write))

  write(heading('Gallring', 'Disposal'))
  await dispose(runtime, ledger, board, { due, today, times, timed, write })

  write(heading('Registerutdrag', 'Answer to the data subject (art. 15)'))
  await timed('Registerutdrag / access answer', () => showAnswer(ledger, board, { out, today, write }))

  write(heading('Tider', 'Times'))
  for (const [step, ms] of times) write(`${step.padEnd(48)} ${ms.toFixed(0).padStart(7)} ms\n`)
  write(`\nServera samma data: npm start   /   Serve the same data: npm start\n`)
}

async function namesOf(ledger: Ledger, log: Log): Promise<(id: string) => string> {
  const { items } = await reading(ledger, log, (tx) => listDeclarations(tx, log.controller, 'channel'))
  const names = new Map(items.map((item) => [item.id, String(item.document['name'])]))
  return (id) => names.get(id) ?? id
}

async function showDue(
  ledger: Ledger,
  log: Log,
  today: string,
  write: (text: string) => void,
): Promise<number> {
  const nameOf = await namesOf(ledger, log)
  const due = await reading(ledger, log, async (tx) =>
    summariseDue(tx, log.controller, await retentionPlan(tx, log.controller, today)),
  )
  for (const it of due) {
    write(
      `${String(it.objects).padStart(6)}  ${nameOf(it.channelId)} · ${it.verb} · äldst / oldest ${it.oldest}\n`,
    )
  }
  const objects = due.reduce((sum, it) => sum + it.objects, 0)
  if (objects === 0) write('Inget är gallringsbart i dag. / Nothing is due today.\n')
  return objects
}

type Disposal = {
  readonly due: number
  readonly today: string
  readonly times: Times
  readonly timed: <T>(step: string, work: () => Promise<T>) => Promise<T>
  readonly write: (text: string) => void
}

/** A purge, its sweep and its certificate; on a repeated run, where nothing is due, the last purge's certificate again. */
async function dispose(
  runtime: Runtime,
  ledger: Ledger,
  log: Log,
  { due, today, timed, write }: Disposal,
): Promise<void> {
  const deps = { ledger, purgePool: runtime.databases.ledger('purge'), journal: runtime.journal() }
  if (due > 0) {
    // One that was broken off goes on.
    const [open] = await reading(ledger, log, (tx) => unfinishedPurges(tx, log.controller))
    const purge = open?.id ?? (await orderPurge(ledger, log, 'demo', today, runtime.config.approvalSize))
    const ordered = await reading(ledger, log, (tx) => purgeState(tx, log.controller, purge))
    // Nobody destroys so much alone: the archivist of the demo is another person than who ordered it.
    if (phaseOf(ordered) === 'waiting') await approvePurge(ledger, log, { name: 'demo-arkivarie' }, purge)
    write(
      `${purge}: ${ordered.planned} handlingar, ${ordered.approval ? 'godkänd av en annan / approved by another' : 'inget godkännande krävs / no approval needed'}\n`,
    )
    await timed('Gallring / purge', () => executePurge(deps, log, purge, 'demo'))
    const events = await destroyedEvents(ledger, log, purge)
    await showEvidence(runtime, log, events, 'före svepet / before the sweep', write)
    await timed('Nyckelsvep / keyring sweep', () => sweep(ledger, 'demo'))
    await timed('Sökning i filer och nycklar / search', () =>
      showEvidence(runtime, log, events, 'efter svepet / after the sweep', write),
    )
  }
  const last = await lastPurge(ledger, log)
  if (last === undefined) return
  const certificate = await timed('Gallringsbevis / certificate', () => certificateOf(ledger, log, last))
  write(`\n${certificateText(certificate, await namesOf(ledger, log))}`)
}

async function lastPurge(ledger: Ledger, log: Log): Promise<string | undefined> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ purge_id: string }>(
      'select purge_id from model.purge where controller_id = $1 and executed_position is not null order by executed_position desc limit 1',
      [log.controller],
    )
    return rows[0]?.purge_id
  })
}

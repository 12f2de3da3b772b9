import type { Day } from '../events/vocabulary.ts'
import type { RetentionClass } from './class-rules.ts'
import { dueDay } from './cutoff.ts'
import { type ClassPlan, ofClass, type RetentionPlan, retentionPlan, summariseDue } from './due.ts'

type Tx = Parameters<typeof retentionPlan>[0]

/** What the register shows of the retention of a class. */
type Figures = Pick<RetentionClass, 'verb' | 'capacity'> & {
  readonly channel: string
  readonly due: number
  /** The first day on which something more falls due; known where one rule counts from the act or its arrival. */
  readonly nextDue: Day | undefined
}

export async function retentionFigures(tx: Tx, controller: number, today: Day): Promise<Figures[]> {
  const plan = await retentionPlan(tx, controller, today)
  const due = new Map(
    (await summariseDue(tx, controller, plan)).map((it) => [`${it.classId} ${it.mark}`, it.objects]),
  )
  const figures: Figures[] = []
  for (const it of plan.classes) {
    const { classId, channelId, verb, capacity, mark } = it.facts
    figures.push({
      channel: channelId,
      verb,
      capacity,
      due: due.get(`${classId} ${mark}`) ?? 0,
      nextDue: await nextDueDay(tx, controller, plan, it),
    })
  }
  return figures
}

const dayColumns: Readonly<Record<string, string>> = {
  occurredOn: 'occurred_on',
  publishedOn: 'occurred_on',
  receivedOn: 'received_on',
}

/** One step in an index: the oldest day after the cut-off. */
async function nextDueDay(
  tx: Tx,
  controller: number,
  { rules }: RetentionPlan,
  { plan, condition, facts }: ClassPlan,
): Promise<Day | undefined> {
  if (plan.kind === 'never' || condition === undefined) return undefined
  const conditions = 'all' in plan ? plan.all : plan.any
  const [only] = conditions
  const column = only === undefined ? undefined : dayColumns[only.column]
  if (only === undefined || column === undefined || conditions.length > 1) return undefined
  const rule = rules.find(({ id, version }) => id === only.ruleId && version === only.version)?.rule
  const { rows } = await tx.query<{ day: Day | null }>(
    `select min(o.${column}) as day from model.object o
      where ${ofClass} and o.${column} > $4`,
    [controller, facts.classId, facts.mark, only.cutoff],
  )
  const day = rows[0]?.day ?? undefined
  return rule === undefined || day === undefined ? undefined : dueDay(rule, day)
}

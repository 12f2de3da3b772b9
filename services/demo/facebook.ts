import { headline, peopleCount, person, seeded, sentence } from './people.ts'

const page = { id: '900000000000001', name: 'Sagodals kommun' }

/** Whom the demo's access answer is about, by the stable id on the platform. */
export const asking = person(0)
/** What the purge must leave nowhere: a comment old enough to be due. */
export const plantedText = 'Planterad mening om snöröjningen 2019: ropa hälsningen över Ängsby ån.'
/** The official test number of Skatteverket, posted by mistake. */
const testNumber = '19121212-1212'

type Value = Readonly<Record<string, unknown>>

const seconds = (iso: string) => Math.floor(Date.parse(iso) / 1000)

function change(at: number, value: Value) {
  return { id: page.id, time: at, changes: [{ field: 'feed', value: { created_time: at, ...value } }] }
}

/** What the page's webhook sent over the years, as Meta writes it: deliveries of up to 50 entries each. */
export function facebookDeliveries(): Buffer[] {
  const entries = [...history(), ...chosen()]
  const deliveries: Buffer[] = []
  for (let at = 0; at < entries.length; at += 50) {
    deliveries.push(Buffer.from(JSON.stringify({ object: 'page', entry: entries.slice(at, at + 50) })))
  }
  return deliveries
}

/** Posts, comments, answers and reactions of ordinary days, 2019 to the autumn of 2026. */
function history() {
  const pick = seeded(2010)
  const entries = []
  const start = seconds('2019-01-07T08:00:00Z')
  const step = Math.floor((seconds('2026-10-30T08:00:00Z') - start) / 150)
  for (let n = 0; n < 150; n += 1) {
    const at = start + n * step
    const post = `${page.id}_${5000 + n}`
    entries.push(
      change(at, {
        item: 'status',
        verb: 'add',
        post_id: post,
        from: page,
        message: headline(pick),
        published: 1,
      }),
    )
    for (let k = 0; k < 9; k += 1) {
      const author = person(1 + pick(peopleCount - 1))
      const comment = `${5000 + n}_${k}`
      const commented = at + 600 * (k + 1)
      entries.push(
        change(commented, {
          item: 'comment',
          verb: 'add',
          post_id: post,
          parent_id: post,
          comment_id: comment,
          from: { id: author.id, name: author.name },
          message: sentence(pick),
        }),
      )
      if (k % 3 === 0) {
        entries.push(
          change(commented + 300, {
            item: 'comment',
            verb: 'add',
            post_id: post,
            parent_id: comment,
            comment_id: `${comment}_a`,
            from: page,
            message: 'Tack för att du hör av dig! Vi återkommer.',
          }),
        )
      }
    }
    for (let k = 0; k < 4; k += 1) {
      const author = person(1 + pick(peopleCount - 1))
      entries.push(
        change(at + 60 * (k + 1), {
          item: 'reaction',
          verb: 'add',
          reaction_type: ['like', 'love', 'wow', 'sad'][k],
          post_id: post,
          parent_id: post,
          from: { id: author.id, name: author.name },
        }),
      )
    }
  }
  return entries
}

/** What the demo tells of: one person's comment, edit, hiding and removal, her message, a number posted by mistake. */
function chosen() {
  const post = `${page.id}_5149`
  const from = { id: asking.id, name: asking.name }
  const at = (iso: string) => seconds(iso)
  const comment = (
    id: string,
    when: number,
    message: string,
    author: Value = from,
    verb = 'add',
  ): ReturnType<typeof change> =>
    change(when, {
      item: 'comment',
      verb,
      post_id: post,
      parent_id: post,
      comment_id: id,
      from: author,
      message,
    })
  const other = person(7)
  return [
    comment('old_1', at('2019-03-02T07:30:00Z'), plantedText),
    comment('new_1', at('2026-11-02T17:05:00Z'), 'När plogas cykelvägen till Ekskolan?'),
    comment(
      'new_1',
      at('2026-11-02T17:09:00Z'),
      'När plogas cykelvägen till Ekskolan? Mina barn cyklar där.',
      from,
      'edited',
    ),
    comment('new_2', at('2026-11-02T18:00:00Z'), `${asking.name} har rätt, det är halt där varje morgon.`, {
      id: other.id,
      name: other.name,
    }),
    comment('new_3', at('2026-11-03T06:40:00Z'), `Mitt ärende gäller ${testNumber}, ring mig!`),
    change(at('2026-11-03T06:55:00Z'), {
      item: 'comment',
      verb: 'hide',
      post_id: post,
      parent_id: post,
      comment_id: 'new_3',
      from: page,
    }),
    change(at('2026-11-03T07:10:00Z'), {
      item: 'comment',
      verb: 'remove',
      post_id: post,
      parent_id: post,
      comment_id: 'new_3',
      from: page,
    }),
    change(at('2026-11-04T12:00:00Z'), {
      item: 'reaction',
      verb: 'add',
      reaction_type: 'like',
      post_id: post,
      parent_id: post,
      from,
    }),
    {
      id: page.id,
      time: at('2026-11-05T09:00:00Z') * 1000,
      messaging: [
        {
          sender: { id: asking.id },
          recipient: { id: page.id },
          timestamp: at('2026-11-05T09:00:00Z') * 1000,
          message: { mid: 'm_demo_1', text: 'Hej, kan ni höra av er om cykelvägen? Det är brådskande.' },
        },
      ],
    },
  ]
}

import { headline, peopleCount, person, seeded, sentence } from './people.ts'

/** The blog as `Tools → Export` of WordPress writes it (WXR 1.2): 40 posts, comments with e-mail and IP address. */
export function blogExport(): Buffer {
  const pick = seeded(2014)
  const items: string[] = []
  for (let n = 0; n < 40; n += 1) {
    const day = new Date(Date.UTC(2021, 0, 11) + n * 52 * 86_400_000)
    const comments = Array.from({ length: 6 }, (_, k) => {
      const author = person(1 + pick(peopleCount - 1))
      const at = stamp(new Date(day.getTime() + (k + 1) * 7_200_000))
      return `<wp:comment><wp:comment_id>${n * 10 + k + 1}</wp:comment_id><wp:comment_author><![CDATA[${author.name}]]></wp:comment_author><wp:comment_author_email>${author.handle}@example.org</wp:comment_author_email><wp:comment_author_url></wp:comment_author_url><wp:comment_author_IP>192.0.2.${1 + pick(250)}</wp:comment_author_IP><wp:comment_date>${at}</wp:comment_date><wp:comment_date_gmt>${at}</wp:comment_date_gmt><wp:comment_content><![CDATA[${sentence(pick)}]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_type>comment</wp:comment_type><wp:comment_parent>0</wp:comment_parent><wp:comment_user_id>0</wp:comment_user_id></wp:comment>`
    })
    items.push(
      `<item><title><![CDATA[${headline(pick)}]]></title><link>https://blogg.sagodal.example/${n}</link><dc:creator><![CDATA[redaktionen]]></dc:creator><content:encoded><![CDATA[Redaktionen berättar: ${sentence(pick)}]]></content:encoded><wp:post_id>${n + 1}</wp:post_id><wp:post_date>${stamp(day)}</wp:post_date><wp:post_date_gmt>${stamp(day)}</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>${comments.join('')}</item>`,
    )
  }
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Sagodalsbloggen</title><pubDate>Mon, 02 Nov 2026 08:00:00 +0000</pubDate><wp:wxr_version>1.2</wp:wxr_version><wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[redaktionen]]></wp:author_login><wp:author_email><![CDATA[redaktionen@sagodal.example]]></wp:author_email><wp:author_display_name><![CDATA[Redaktionen]]></wp:author_display_name></wp:author>${items.join('')}</channel></rss>`,
  )
}

function stamp(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ')
}

import { expect, test } from 'vitest'
import { decodeEntities, htmlToText } from '../../services/sources/html-text.ts'

test.each([
  ['<p>Hej</p><p>då</p>', 'Hej\n\ndå'],
  ['<p>Hej<br />\ndå</p>\n', 'Hej\ndå'],
  ['a  b\n c', 'a b c'],
  [
    '&aring;&auml;&ouml; &amp;amp; &#128522; &#x1F60A; &unknown; &#0; &#xD800;',
    'åäö &amp; 😊 😊 &unknown; &#0; &#xD800;',
  ],
  ['<script>alert("x")</script>kvar<style>p{}</style>', 'kvar'],
  ['1 < 2 och <b', '1 < 2 och <b'],
  ['<!-- dold --><b>fet</b><ul><li>ett</li><li>två</li></ul>', 'fet\n\nett\ntvå'],
  ['<span class="invisible">https://</span><span>example.org</span>', 'https://example.org'],
])('%s reads as %s', (html, text) => {
  expect(htmlToText(html).text).toBe(text)
})

test('line breaks that count are kept', () => {
  expect(htmlToText('Tack!\r\nHej <b>du</b>\n\nigen', 'kept').text).toBe('Tack!\nHej du\n\nigen')
})

test('links are collected, those of mentions and hashtags are not', () => {
  const html =
    '<a href="https://example.org/?a=1&amp;b=2">x</a> <a class="u-url mention" href="https://example.org/@bo">@bo</a> <a href="javascript:1">y</a>'
  expect(htmlToText(html).links).toEqual(['https://example.org/?a=1&b=2'])
})

test('references are resolved once', () => {
  expect(decodeEntities('&amp;lt;')).toBe('&lt;')
})

test('hostile markup takes time in proportion to its length', () => {
  const started = performance.now()
  for (const piece of ['<a', '<!--', '<script>', '&#', '<a href="', '</p', '\u0000 '])
    htmlToText(piece.repeat(200_000))
  expect(performance.now() - started).toBeLessThan(3000)
})

import type { Language } from './case-file.ts'
import { styles } from './html-parts.ts'

const words = {
  sv: {
    title: 'Hämta ditt registerutdrag',
    text: 'Filen kan hämtas en gång. Spara den där bara du kommer åt den: den innehåller dina personuppgifter.',
    button: 'Hämta filen',
  },
  en: {
    title: 'Fetch the answer to your request',
    text: 'The file can be fetched once. Keep it where only you can reach it: it contains your personal data.',
    button: 'Fetch the file',
  },
} as const

/** The page behind a download link. It names nobody. */
export function fetchPage(language: Language): string {
  const { title, text, button } = words[language]
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${styles}</style></head>
<body><main><h1>${title}</h1><p>${text}</p><form method="post"><button type="submit">${button}</button></form></main></body>
</html>
`
}

import type { Language } from './case-file.ts'
import { english } from './words-en.ts'
import type { Words } from './words-shape.ts'
import { swedish } from './words-sv.ts'

export function wordsFor(language: Language): Words {
  return language === 'en' ? english : swedish
}

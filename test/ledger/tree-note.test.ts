import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatNote,
  type NoteVerifier,
  parseNote,
  signNote,
  verifyNote,
} from '../../services/ledger/tree/note.ts'
import {
  formatSkey,
  formatVkey,
  logSigner,
  logVerifier,
  parseSkey,
  parseVkey,
  publicPart,
} from '../../services/ledger/tree/note-key.ts'

// Published vectors of golang.org/x/mod/sumdb/note and of c2sp.org/signed-note.
const peterVkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const peterSkey = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz'
const enochVkey = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop'
const text =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
const peterLine =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
const enochLine =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n'

const peter = logVerifier(parseVkey(peterVkey))
const enoch = logVerifier(parseVkey(enochVkey))

const open = (note: string, ...verifiers: NoteVerifier[]): string[] =>
  verifyNote(parseNote(Buffer.from(note)), verifiers).map(({ name }) => name)

test('the published key signs the published note', () => {
  const note = signNote(text, [logSigner(parseSkey(peterSkey))])
  expect(formatNote(note).toString()).toBe(`${text}\n${peterLine}`)
})

test('the example of the signed-note specification verifies', () => {
  const key = logVerifier(parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'))
  const line =
    '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'
  expect(open(`This is an example message.\n\n${line}`, key)).toEqual(['example.com/foo'])
})

test('keys keep their text forms, and private and public part belong together', () => {
  expect(formatVkey(parseVkey(peterVkey))).toBe(peterVkey)
  expect(formatSkey(parseSkey(peterSkey))).toBe(peterSkey)
  expect(formatVkey(publicPart(parseSkey(peterSkey)))).toBe(peterVkey)
  const { privateKey } = generateKeyPairSync('ed25519')
  const made = { name: 'liggare.example.org/socialnamnden', type: 0x01, privateKey } as const
  const vkey = formatVkey(publicPart(parseSkey(formatSkey(made))))
  expect(
    open(formatNote(signNote('en rad\n', [logSigner(made)])).toString(), logVerifier(parseVkey(vkey))),
  ).toEqual([made.name])
})

test.each([
  ['public', peterVkey, parseVkey],
  ['private', peterSkey, parseSkey],
])(
  'a %s key cut anywhere or with any character changed is refused, without being repeated',
  (_, key, parse) => {
    for (let from = 0; from <= key.length; from += 1) {
      for (let to = from + 1; to <= key.length; to += 1) {
        if (from !== 0 || to !== key.length)
          expect(() => parse(key.slice(from, to))).toThrow('Not a readable')
      }
    }
    for (let at = 0; at < key.length; at += 1) {
      const changed = key.slice(0, at) + String.fromCharCode(key.charCodeAt(at) + 1) + key.slice(at + 1)
      expect(() => parse(changed)).toThrow('Not a readable')
    }
  },
)

test.each([
  [
    'too long, with the id adjusted',
    'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
  ],
  [
    'of an unknown type, with the id adjusted',
    'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  ],
])('a key %s is refused', (_, vkey) => {
  expect(() => parseVkey(vkey)).toThrow('Not a readable')
})

test('known signers are named once, and lines of unknown keys are ignored', () => {
  expect(open(`${text}\n${peterLine}${enochLine}`, peter)).toEqual(['PeterNeumann'])
  expect(open(`${text}\n${peterLine}${enochLine}`, peter, enoch)).toEqual(['PeterNeumann', 'EnochRoot'])
  expect(open(`${text}\n${peterLine}${peterLine}${enochLine}`, peter, peter)).toEqual(['PeterNeumann'])
  const stranger = enochLine.replace('EnochRoot', 'PeterNeumann')
  expect(open(`${text}\n${peterLine}${stranger}`, peter)).toEqual(['PeterNeumann'])
})

test('a note without a known signature, or with a false one in a known name, is refused', () => {
  expect(() => open(`${text}\n${enochLine}`, peter)).toThrow('no signature of a known key')
  expect(() => open(`${text}\n${peterLine}`)).toThrow('no signature of a known key')
  expect(() => open(`${text.replace('you', 'one')}\n${peterLine}`, peter)).toThrow('does not verify')
  const bent = `${peterLine.slice(0, 60)}ABCD${peterLine.slice(60)}`
  expect(() => open(`${text}\n${peterLine}${bent}`, peter)).toThrow('does not verify')
})

test('a note with any byte changed no longer opens', () => {
  const note = Buffer.from(`${text}\n${peterLine}`)
  for (let at = 0; at < note.length; at += 1) {
    for (const turn of [0x01, 0x20, 0x80]) {
      const changed = Buffer.from(note)
      changed.writeUInt8(changed.readUInt8(at) ^ turn, at)
      expect(() => verifyNote(parseNote(changed), [peter])).toThrow()
    }
  }
})

test.each([
  ['no signatures', text],
  ['an empty signature block', `${text}\n`],
  ['no final newline', `${text}\n${peterLine.slice(0, -1)}`],
  ['a control character', `\x01${text}\n${peterLine}`],
  ['a carriage return', `${text}\r\n${peterLine}`],
  ['a space in a name', `${text}\n${peterLine.replace('Peter', 'Peter ')}`],
  ['a Unicode space in a name', `${text}\n${peterLine.replace('Peter', 'Peter\u2003')}`],
  ['a plus in a name', `${text}\n${peterLine.replace('Peter', 'Peter+')}`],
  ['a hyphen for the dash', `${text}\n${peterLine.replace('—', '-')}`],
  ['base64 with spare bits', `${text}\n${peterLine.replace('nAM=', 'nAN=')}`],
  ['base64 without padding', `${text}\n${peterLine.replace('nAM=', 'nAM')}`],
  ['a signature of the key id alone', `${text}\n— PeterNeumann x08gow==\n`],
  ['a line after the signatures', `${text}\n${peterLine}Oväntat.\n`],
  ['101 signatures', `${text}\n${peterLine.repeat(101)}`],
])('a note with %s is malformed', (_, note) => {
  expect(() => parseNote(Buffer.from(note))).toThrow('Not a well-formed')
})

test('what is not UTF-8 is malformed, and nothing that is no note crashes the reader', () => {
  expect(() => parseNote(Buffer.concat([Buffer.of(0xff), Buffer.from(`${text}\n${peterLine}`)]))).toThrow(
    'Not a well-formed',
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => verifyNote(parseNote(Buffer.from(bytes)), [peter])).toThrow(
        expect.objectContaining({ code: 'integrity-failed' }),
      )
    }),
  )
})

test('16 signatures, which every verifier must accept, and an empty line in the text are no hindrance', () => {
  const signer = logSigner(parseSkey(peterSkey))
  const others = enochLine.repeat(15)
  const poem = 'Vers ett\n\nvers två\n'
  const note = formatNote(signNote(poem, [signer])).toString() + others
  expect(open(note, peter)).toEqual(['PeterNeumann'])
  expect(parseNote(Buffer.from(note)).text).toBe(poem)
})

test('text that no note can carry is not signed', () => {
  const signer = logSigner(parseSkey(peterSkey))
  expect(() => signNote('utan radslut', [signer])).toThrow()
  expect(() => signNote('med\tflik\n', [signer])).toThrow()
  expect(() => signNote('halv \ud800\n', [signer])).toThrow()
})

import type { Ledger, Log } from '../ledger/ledger.ts'
import { DomainError } from '../platform/errors.ts'
import { type Download, digestOf, openDownload } from './archive.ts'
import { type Channel, isSameAccount, openChannel, ownAccountOf } from './channel.ts'
import { interactionOf } from './drafts.ts'
import { whileUnderWay } from './import-cancel.ts'
import { noteFailure, startImport } from './import-notes.ts'
import { finished, tried, watched } from './import-steps.ts'
import type { ImportReport, ImportRequest } from './import-types.ts'
import { type Kinship, newKinship, noteOwn } from './relations.ts'

/**
 * Imports a file into a channel. It is read twice: a file that breaks in its last line, or is of another account, is refused before
 * its first item is taken. What is there already is found again, so that an import may be broken off and repeated at will.
 */
export async function importFile(ledger: Ledger, log: Log, request: ImportRequest): Promise<ImportReport> {
  const { id, signal } = request
  if (id === undefined) return importInto(ledger, log, request)
  return whileUnderWay(ledger, log, id, signal, (either) =>
    importInto(ledger, log, { ...request, signal: either }),
  )
}

async function importInto(ledger: Ledger, log: Log, request: ImportRequest): Promise<ImportReport> {
  const channel = await openChannel(ledger, log, request.channel, request.actor)
  const readAt = ledger.clock.now().toISOString()
  const download = await openDownload(request.file, {
    name: request.fileName,
    platforms: platformsOf(channel, request.platform),
    readAt,
  })
  try {
    const account = checkAccount(channel, download)
    const { sha256, size } = await digestOf(request.file)
    const base = { platform: channel.platform, mapper: download.source.mapper, account }
    const { total, kinship } = await checked(channel, download, request, readAt)
    const origin = {
      channel: channel.id,
      platform: channel.platform,
      mapper: download.source.mapper,
      digest: `sha256:${sha256}`,
      receivedAt: readAt,
    }
    const run = { ledger, log, channel, download, request, kinship, total }
    if (request.dryRun === true) return { ...base, ...(await tried(run, { ...origin, delivery: '' })) }
    if (request.id !== undefined) {
      return { id: request.id, ...base, ...(await finished(run, { ...origin, delivery: request.id })) }
    }
    const id = await startImport(ledger, log, { ...request, sha256, size })
    return await whileUnderWay(ledger, log, id, request.signal, async (signal) => {
      const noted = { ...request, signal }
      try {
        return { id, ...base, ...(await finished({ ...run, request: noted }, { ...origin, delivery: id })) }
      } catch (error) {
        await noteFailure(ledger, log, { ...noted, id }, error)
        throw error
      }
    })
  } finally {
    download.close()
  }
}

const generic: ReadonlySet<string> = new Set(['cloudevents', 'activitystreams'])

function platformsOf(channel: Channel, wanted: string | undefined): (string | undefined)[] {
  if (wanted !== undefined) return [wanted]
  return channel.platform === 'other' ? [undefined] : [channel.platform, undefined]
}

function checkAccount(channel: Channel, { source, account }: Download): ImportReport['account'] {
  if (!generic.has(source.platform) && channel.platform !== 'other' && source.platform !== channel.platform) {
    throw refused(`is on ${channel.platform}, and the file is a download from ${source.platform}`)
  }
  const same = account === undefined ? undefined : isSameAccount(channel, account)
  if (same === false) throw refused('is of another account than the download')
  return same === true ? 'same' : 'unknown'
}

function refused(reason: string): DomainError {
  return new DomainError('validation-failed', `The channel ${reason}.`, {
    violations: [{ pointer: '/channel', reason }],
  })
}

/** The first pass: everything is translated and nothing kept but what own records others' will be judged by. */
async function checked(
  channel: Channel,
  download: Download,
  request: ImportRequest,
  readAt: string,
): Promise<{ total: number; kinship: Kinship }> {
  const kinship = newKinship()
  const account = ownAccountOf(channel, download.account ?? {})
  const scoped = channel.settings.some(({ setting }) => setting.controllership === 'own')
  const origin = {
    channel: channel.id,
    platform: channel.platform,
    mapper: '',
    delivery: '',
    receivedAt: readAt,
  }
  let total = 0
  for await (const item of watched(download.items(), request)) {
    total += 1
    if (total % 1000 === 0) request.onProgress?.({ phase: 'checking', done: total })
    if (!scoped || item.kind !== 'interaction') continue
    const interaction = interactionOf(item.interaction, origin)
    if (interaction !== undefined) noteOwn(kinship, interaction, account)
  }
  return { total, kinship }
}

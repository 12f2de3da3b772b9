import { z } from 'zod'
import { type Coverage, coverageOf } from '../deliveries/coverage.ts'
import { countLines } from '../deliveries/import-text.ts'
import { type RemapReport, remap } from '../deliveries/remap.ts'
import { type UnrecognisedKind, unrecognisedIndex } from '../deliveries/unrecognised.ts'
import { Day } from '../events/vocabulary.ts'
import { reading } from '../ledger/open.ts'
import { deliveryStoreOf } from './delivery-store.ts'
import { fitting } from './fitting.ts'
import { print, progressLine } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'

type Which = { readonly controller?: string; readonly channel?: string; readonly json?: boolean }

export async function runRemap(
  options: Which & { readonly since: string; readonly dryRun?: boolean; readonly actor: string },
): Promise<void> {
  const since = fitting(Day, options.since, 'since')
  const channel = channelOf(options)
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const { deliveries: store } = deliveryStoreOf(runtime.config)
    const stopping = new AbortController()
    const stop = () => stopping.abort()
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    const line = progressLine('remap')
    try {
      for (const log of await logsOf(ledger, options.controller)) {
        const report = await remap(ledger, log, {
          since,
          ...channel,
          ...(store && { store }),
          dryRun: options.dryRun === true,
          actor: { name: options.actor },
          signal: stopping.signal,
          onProgress: line,
        })
        line()
        print(options.json, { controller: log.slug, ...report }, remapText(log.slug, report))
      }
    } finally {
      line()
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    }
  })
}

export async function showCoverage(options: Which): Promise<void> {
  const channel = channelOf(options)
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    for (const log of await logsOf(ledger, options.controller)) {
      const channels = await reading(ledger, log, (tx) =>
        coverageOf(tx, log.controller, ledger.clock.now(), channel),
      )
      const unrecognised = await unrecognisedIndex(ledger, log, channel)
      print(
        options.json,
        { controller: log.slug, channels, unrecognised },
        coverageText(log.slug, channels, unrecognised),
      )
    }
  })
}

function channelOf({ channel }: Which): { readonly channel?: string } {
  return channel === undefined ? {} : { channel: fitting(z.uuid().toLowerCase(), channel, 'channel') }
}

function remapText(slug: string, report: RemapReport): string {
  const { dryRun, deliveries, left, unreadable, recognised, gone, counts, kinds } = report
  return [
    `${slug}: ${deliveries} leveranser ${dryRun ? 'provlästa igen, inget har sparats' : 'lästa igen'}`,
    `  ${recognised} okända poster ${dryRun ? 'skulle förstås' : 'förstås nu'}; ${gone} okända har ingen sparad leverans att läsa igen`,
    ...(left > 0 ? [`  ${left} leveranser återstår, därav ${unreadable} som inte kan läsas här`] : []),
    ...countLines(counts, kinds),
  ].join('\n')
}

function coverageText(
  slug: string,
  channels: readonly Coverage[],
  unrecognised: readonly UnrecognisedKind[],
): string {
  const lines = channels.flatMap((it) => {
    const { longestGap: gap } = it
    return [
      `  ${it.channel} ${it.platform}`,
      `    sända ${it.posted}, senast ${it.lastPostedAt ?? '–'}; inlästa ${it.imported}, senast ${it.lastImportedAt ?? '–'}`,
      ...(gap === undefined
        ? []
        : [`    längsta uppehåll ${Math.floor(gap.seconds / 3600)} h, ${gap.from} – ${gap.to}`]),
      `    fel signatur ${it.refusedSignatures}; kontrollfråga senast ${it.lastChallengedAt ?? '–'}; prenumeration ${subscriptions[it.subscription]}`,
      ...unrecognised
        .filter(({ channel }) => channel === it.channel)
        .map(
          (one) => `    okänt ${one.kind} (${one.mapper}): ${one.items}, därav ${one.kept} kan läsas igen`,
        ),
    ]
  })
  return [`${slug}:`, ...lines].join('\n')
}

const subscriptions: Readonly<Record<Coverage['subscription'], string>> = {
  none: 'saknas',
  standing: 'finns',
  lost: 'förlorad',
}

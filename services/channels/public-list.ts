import { listDeclarations } from '../declarations/queries.ts'
import { ProcessingActivity } from '../events/activity.ts'
import { ChannelDeclaration } from '../events/channel.ts'
import { ControllerDeclaration } from '../events/controller.ts'
import { legalBasisTerms, personalDataTerms, purposeTerms, type Term } from '../events/register-terms.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import type { PublicChannels } from './public-schemas.ts'

/**
 * The channels of the public list that are open today, with what articles 13 and 14 demand of them. What is sealed is not
 * here: an account outside the public list is not in it.
 */
export async function publicChannels(ledger: Ledger, log: Log): Promise<PublicChannels> {
  const today = localDay(ledger.clock.now())
  return reading(ledger, log, async (tx) => {
    const [controller] = (await listDeclarations(tx, log.controller, 'controller')).items
    if (controller === undefined) throw new DomainError('not-found', 'the controller is not declared')
    const activities = (await listDeclarations(tx, log.controller, 'activity')).items
      .map(({ document }) => ProcessingActivity.parse(document))
      .filter((it) => it.status === 'published' && stands(it, today))
    const channels = (await listDeclarations(tx, log.controller, 'channel')).items
      .map(({ id, document }) => ({ id, document: ChannelDeclaration.parse(document) }))
      .filter(
        ({ document }) =>
          document.publicList && stands({ validFrom: document.openedOn, validTo: document.closedOn }, today),
      )
    const { slug, name, organisationNumber, contact, dataProtectionOfficer, complaintAuthority } =
      ControllerDeclaration.parse(controller.document)
    return {
      controller: { slug, name, organisationNumber, contact, dataProtectionOfficer, complaintAuthority },
      channels: channels.map(({ id, document }) => channelOf(id, document, activities)),
    }
  })
}

function stands(it: { validFrom?: Day | undefined; validTo?: Day | undefined }, today: Day): boolean {
  return (it.validFrom ?? '0000') <= today && today <= (it.validTo ?? '9999')
}

function channelOf(
  id: string,
  channel: ChannelDeclaration,
  activities: readonly ProcessingActivity[],
): PublicChannels['channels'][number] {
  const { name, platform, handle, url, controllership, legalSource, openedOn } = channel
  return {
    id,
    name,
    platform,
    ...(handle === undefined ? {} : { handle }),
    ...(url === undefined ? {} : { url }),
    controllership,
    legalSource: `${legalSource.decision}, ${legalSource.date}`,
    jointControllers: channel.jointControllers ?? [],
    ...(channel.arrangement === undefined ? {} : { arrangement: channel.arrangement }),
    transfers: (channel.transfers ?? []).map(({ country, safeguard }) => ({ country, safeguard })),
    openedOn,
    processing: activities
      .filter(({ scope }) => scope.channels?.includes(id) ?? true)
      .map((activity) => processingOf(activity)),
  }
}

function processingOf(
  activity: ProcessingActivity,
): PublicChannels['channels'][number]['processing'][number] {
  const both = (term: Term, text?: string) => ({
    sv: text === undefined ? term.sv : `${term.sv}: ${text}`,
    en: text === undefined ? term.en : `${term.en}: ${text}`,
  })
  const { retentionText, source, information, automatedDecisions } = activity
  return {
    name: activity.name,
    purposes: activity.purposes.map(({ term, text }) => both(purposeTerms[term], text)),
    legalBasis: activity.legalBasis.map(({ term, reference }) => both(legalBasisTerms[term], reference)),
    personalData: (activity.personalData ?? []).map(({ term, text }) => both(personalDataTerms[term], text)),
    recipients: (activity.recipients ?? []).map(({ kind, name }) => name ?? kind),
    ...(retentionText === undefined ? {} : { retention: retentionText }),
    ...(source === undefined ? {} : { source }),
    automatedDecisions: automatedDecisions?.used ?? false,
    ...(information === undefined
      ? {}
      : {
          information: {
            text: information.text,
            ...(information.address === undefined ? {} : { address: information.address }),
          },
        }),
  }
}

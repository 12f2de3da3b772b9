import { activityStreams } from './activitystreams.ts'
import { cloudEvents } from './cloudevents-file.ts'
import { facebookExport } from './facebook-export.ts'
import { facebookWebhook } from './facebook-webhook.ts'
import { instagramExport } from './instagram-export.ts'
import { instagramWebhook } from './instagram-webhook.ts'
import { linkedInExport } from './linkedin-export.ts'
import { linkedInWebhook } from './linkedin-webhook.ts'
import { mastodonArchive } from './mastodon-archive.ts'
import { mastodonWebhook } from './mastodon-webhook.ts'
import type { ArchiveSource, WebhookSource } from './source.ts'
import { wordPressWebhook } from './wordpress-webhook.ts'
import { wordPressWxr } from './wordpress-wxr.ts'
import { xArchive } from './x-archive.ts'
import { xCompliance } from './x-compliance.ts'
import { xWebhook } from './x-webhook.ts'
import { youtubeExport } from './youtube-export.ts'
import { youtubeWebhook } from './youtube-webhook.ts'

/** Every platform that posts to us: a new one is a file beside this one and a line here. */
export const webhookSources: readonly WebhookSource[] = [
  facebookWebhook,
  instagramWebhook,
  linkedInWebhook,
  mastodonWebhook,
  wordPressWebhook,
  xWebhook,
  youtubeWebhook,
]

/** Every download that can be imported. The first that knows the files takes them: the generic one stands last. */
export const archiveSources: readonly ArchiveSource[] = [
  xArchive,
  xCompliance,
  mastodonArchive,
  instagramExport,
  facebookExport,
  linkedInExport,
  youtubeExport,
  wordPressWxr,
  cloudEvents,
  activityStreams,
]

export function webhookSource(platform: string): WebhookSource | undefined {
  return webhookSources.find((source) => source.platform === platform)
}

/** The source that knows an archive by the paths in it, among those of a platform where one is named. */
export function archiveSource(
  paths: readonly string[],
  platform?: string,
  among: readonly ArchiveSource[] = archiveSources,
): ArchiveSource | undefined {
  return among.find(
    (source) => (platform === undefined || source.platform === platform) && source.recognise(paths),
  )
}

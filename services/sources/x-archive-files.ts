import type { FileRole } from './source.ts'

/** What a file of an X archive holds, by its name without part number and ending. */
export type Part =
  | 'tweets'
  | 'deleted-tweets'
  | 'deleted-tweet-headers'
  | 'circle-tweets'
  | 'note-tweet'
  | 'like'
  | 'follower'
  | 'following'
  | 'block'
  | 'mute'
  | 'direct-messages'
  | 'profile'
  | 'screen-name-change'

/** Names changed over the years: `tweet.js` until 2022, `tweets.js` since. */
const parts: ReadonlyMap<string, Part> = new Map([
  ['tweet', 'tweets'],
  ['tweets', 'tweets'],
  ['community-tweet', 'tweets'],
  ['deleted-tweet', 'deleted-tweets'],
  ['deleted-tweets', 'deleted-tweets'],
  ['deleted-tweet-headers', 'deleted-tweet-headers'],
  ['twitter-circle-tweet', 'circle-tweets'],
  ['note-tweet', 'note-tweet'],
  ['like', 'like'],
  ['likes', 'like'],
  ['follower', 'follower'],
  ['following', 'following'],
  ['block', 'block'],
  ['mute', 'mute'],
  ['direct-message', 'direct-messages'],
  ['direct-messages', 'direct-messages'],
  ['direct-message-group', 'direct-messages'],
  ['direct-messages-group', 'direct-messages'],
  ['profile', 'profile'],
  ['screen-name-change', 'screen-name-change'],
])

const accountFiles = new Set(['account', 'manifest', 'user_details'])

/** Known, and no interactions: settings, devices, advertising, and headers that repeat what other files hold whole. */
const ignored = new Set(
  `account-creation-ip account-label account-suspension account-timezone ad-engagements ad-free-article-visits ad-impressions
  ad-mobile-conversions-attributed ad-mobile-conversions-unattributed ad-online-conversions-attributed
  ad-online-conversions-unattributed ageinfo app audio-video-calls-in-dm audio-video-calls-in-dm-recipient-sessions branch-links
  catalog-item commerce-catalog community-note community-note-batsignal community-note-rating community-note-tombstone
  connected-application contact deleted-note-tweet device-token direct-message-group-headers direct-message-headers
  direct-message-mute email-address-change grok-chat-item grok-chat-media ip-audit key-registry lists-created lists-member
  lists-subscribed moment ni-devices payload_details periscope-account-information periscope-ban-information
  periscope-broadcast-metadata periscope-comments-made-by-user periscope-expired-broadcasts periscope-followers
  periscope-profile-description personalization phone-number product-drop product-set professional-data protected-history
  reply-prompt saved-search shop-module shopify-account smartblock spaces-metadata sso tweet-headers tweet_index tweetdeck
  twitter-article twitter-article-metadata twitter-circle twitter-circle-member twitter-shop user-link-clicks verified
  verified-organization`.split(/\s+/),
)

/** `data/tweets-part1.js`, also below a folder of its own; `tweet.js` at the top in 2019; `data/js/tweets/2010_04.js` before. */
const fileShape = /^(?:[^/]+\/)?(?:data\/(?:js\/)?)?([\w-]+?)(?:-part\d+)?\.js$/
const monthShape = /^(?:[^/]+\/)?data\/js\/tweets\/\d{4}_\d{2}\.js$/

export function nameOf(path: string): string | undefined {
  return monthShape.test(path) ? 'tweets' : fileShape.exec(path)?.[1]
}

export function partOf(path: string): Part | undefined {
  return parts.get(nameOf(path) ?? '?')
}

export function roleOf(path: string): FileRole {
  const name = nameOf(path)
  if (name === undefined || /^(?:[^/]+\/)?assets\//.test(path))
    return isKnownOther(path) ? 'ignored' : 'unknown'
  if (parts.has(name)) return 'facts'
  if (accountFiles.has(name)) return 'account'
  return ignored.has(name) ? 'ignored' : 'unknown'
}

/** Media (the files, not the acts), the viewer that X puts beside the data, tables that repeat it. */
function isKnownOther(path: string): boolean {
  return (
    /^(?:[^/]+\/)?(?:data\/)?\w+_media\//.test(path) ||
    /^(?:[^/]+\/)?(?:assets|css|img|js|lib)\//.test(path) ||
    /(?:^|\/)(?:README\.txt|Your archive\.html|index\.html|tweets\.csv|\.DS_Store)$/.test(path) ||
    /(?:^|\/)__MACOSX\//.test(path)
  )
}

export function recognise(paths: readonly string[]): boolean {
  const names = new Set(
    paths.filter((path) => roleOf(path) === 'facts' || roleOf(path) === 'account').map(nameOf),
  )
  const signs = [
    'account',
    'manifest',
    'user_details',
    'tweets',
    'tweet',
    'follower',
    'direct-messages',
    'direct-message',
  ]
  return signs.some((sign) => names.has(sign))
}

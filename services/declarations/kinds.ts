import type { z } from 'zod'
import * as activity from '../events/activity.ts'
import * as channel from '../events/channel.ts'
import * as controller from '../events/controller.ts'
import type { DocumentParts } from '../events/personal.ts'
import * as rule from '../events/retention-rule.ts'

export type KindName = 'controller' | 'channel' | 'activity' | 'rule'

/** A kind of document that is declared in versions: every version is an event `<name>.declared` of its aggregate's stream. */
export type Kind<T extends object> = Pick<
  DocumentParts<T>,
  'personalFields' | 'splitPersonal' | 'joinPersonal'
> & {
  readonly name: KindName
  readonly schema: z.ZodType<T>
}

export const controllerKind: Kind<controller.ControllerDeclaration> = {
  name: 'controller',
  schema: controller.ControllerDeclaration,
  personalFields: controller.personalFields,
  splitPersonal: controller.splitPersonal,
  joinPersonal: controller.joinPersonal,
}

export const channelKind: Kind<channel.ChannelDeclaration> = {
  name: 'channel',
  schema: channel.ChannelDeclaration,
  personalFields: channel.personalFields,
  splitPersonal: channel.splitPersonal,
  joinPersonal: channel.joinPersonal,
}

export const activityKind: Kind<activity.ProcessingActivity> = {
  name: 'activity',
  schema: activity.ProcessingActivity,
  personalFields: activity.personalFields,
  splitPersonal: activity.splitPersonal,
  joinPersonal: activity.joinPersonal,
}

export const ruleKind: Kind<rule.RetentionRule> = {
  name: 'rule',
  schema: rule.RetentionRule,
  personalFields: rule.personalFields,
  splitPersonal: rule.splitPersonal,
  joinPersonal: rule.joinPersonal,
}

/** The stream of a log's own controller: one for each log, so that two declarations of it meet in one version. */
export const controllerStream = '00000000-0000-8000-8000-000000000001'

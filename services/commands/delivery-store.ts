import { type FileStore, fileStore } from '../deliveries/file-store.ts'
import type { Config } from '../platform/config.ts'

/** The store of sealed archives as a member, where one is set up. */
export function deliveryStoreOf({ deliveryDir }: Pick<Config, 'deliveryDir'>): {
  readonly deliveries?: FileStore
} {
  return deliveryDir === undefined ? {} : { deliveries: fileStore(deliveryDir) }
}

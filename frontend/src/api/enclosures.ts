import type { components } from './schema'

/** A file that goes down with a document. */
export type Enclosure = components['schemas']['EnclosureOut']

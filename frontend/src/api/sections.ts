import { get, post, put } from './http'
import type { components } from './schema'
import type { Id } from './types'

export type Section = components['schemas']['SectionOut']
export type SectionPage = components['schemas']['SectionPage']

export const listSections = (unit: Id) => get<SectionPage>(`units/${unit}/sections`)
export const addSection = (unit: Id, name: string) => post<SectionPage>(`units/${unit}/sections`, { body: { name } })
export const setSection = (section: Id, body: { name?: string; closed?: boolean }) => put<undefined>(`sections/${section}`, { body })
export const placeMembership = (membership: Id, section: Id | null) => put<undefined>(`memberships/${membership}/section`, { body: { section_id: section } })

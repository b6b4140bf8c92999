import { get, post } from './http'
import type { components } from './schema'
import type { Id } from './types'

type Schemas = components['schemas']
export type Petition = Schemas['PetitionOut']
export type PetitionAction = Schemas['PetitionAction']
export type PetitionActBody = Schemas['PetitionActIn']
export type PetitionFacts = Schemas['PetitionIn']
export type Limit = Schemas['LimitOut']

export const fetchPetition = (task: Id) => get<Petition>(`petitions/${task}`)
export const actOnPetition = (task: Id, body: PetitionActBody, how: { version: number; key: string }) =>
  post<Petition>(`petitions/${task}/acts`, { body, ifMatch: how.version, idempotencyKey: how.key })

import { get, post } from './http'
import type { components } from './schema'
import type { Id } from './types'
import { randomUuid } from '@/lib/ids'

type Schemas = components['schemas']
export type Post = Schemas['PostOut']
export type Duty = Schemas['DutyOut']
export type HandOver = Schemas['HandOverOut']
export type HandedOver = Schemas['HandedOverOut']
export type HandOverIn = Schemas['HandOverIn']

export const fetchPost = (membership: Id) => get<Post>(`memberships/${membership}/hand-over`)
export const handOver = (membership: Id, body: HandOverIn) =>
  post<HandedOver>(`memberships/${membership}/hand-over`, { body, idempotencyKey: randomUuid() })
export const fetchHandOver = (id: Id) => get<HandOver>(`hand-overs/${id}`)

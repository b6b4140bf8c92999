import { del, get, post, put } from './http'
import type { Channel, ChannelKind, Id, Page, ReminderPlan, ReminderRule } from './types'
import { randomUuid } from '@/lib/ids'

export interface PlanEdit { active: boolean; quiet_from: string; quiet_until: string; rules: ReminderRule[] }
export interface ChannelEdit { kind: ChannelKind; name: string; active: boolean; address?: string; secret?: string }

export const fetchPlan = () => get<ReminderPlan>('reminders/plan')
export const savePlan = (version: number, body: PlanEdit) =>
  put<ReminderPlan>('reminders/plan', { body, ifMatch: version, idempotencyKey: randomUuid() })

export const listChannels = () => get<Page<Channel>>('channels')
export const addChannel = (body: ChannelEdit) => post<Channel>('channels', { body, idempotencyKey: randomUuid() })
/** An address or secret left out stays as it is. */
export const editChannel = (id: Id, version: number, body: ChannelEdit) =>
  put<Channel>(`channels/${id}`, { body, ifMatch: version, idempotencyKey: randomUuid() })
export const removeChannel = (id: Id) => del<undefined>(`channels/${id}`)
export const testChannel = (id: Id) => post<{ job_id: Id }>(`channels/${id}/test`)

import { get, put } from './http'
import type { components } from './schema'
import { randomUuid } from '@/lib/ids'

export type Rules = components['schemas']['RulesOut']
export type RulesBody = components['schemas']['RulesIn']
export const fetchRules = () => get<Rules>('dispatch-rules')
export const saveRules = (version: number, body: RulesBody) => put<Rules>('dispatch-rules', { body, ifMatch: version, idempotencyKey: randomUuid() })

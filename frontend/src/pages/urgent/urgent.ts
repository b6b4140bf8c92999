import { CircleCheckFilled, Clock, WarningFilled } from '@element-plus/icons-vue'
import type { Component } from 'vue'
import type { MatterBrief } from '@/api/urgent'
import type { Tone } from '@/components/ui/states'

/** How long somebody has waited, as hours and minutes: 00:14. Never negative, whatever a clock says. */
export function elapsed(since: string, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 60_000))
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** What has to be seen on any page: nobody above has it in hand yet, the longest waiting first. */
export const unacknowledged = (items: readonly MatterBrief[]): MatterBrief[] =>
  items.filter((one) => one.state === 'reported' && one.actions.includes('acknowledge')).sort((a, b) => a.reported_at.localeCompare(b.reported_at))

/** Each matter sounds when it is new and whenever it was told again. */
export const occasions = (items: readonly MatterBrief[]): string[] => items.map((one) => `${one.id} ${String(one.level)}`)

export const STATES: Record<MatterBrief['state'], { tone: Tone; icon: Component }> = {
  reported: { tone: 'late', icon: WarningFilled },
  handling: { tone: 'pending', icon: Clock },
  concluded: { tone: 'approved', icon: CircleCheckFilled },
}

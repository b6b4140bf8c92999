import { useI18n } from 'vue-i18n'
import { useRouter, type RouteLocationRaw } from 'vue-router'
import { download } from '@/api/http'
import type { InboxItem } from '@/api/types'
import { useFeedback } from '@/composables/useFeedback'
import { useWords } from '@/composables/useWords'
import { kindOf } from './inboxItem'

/** Where the subject of an item is, by its kind: the route and the name of its parameter. */
const PLACES: Record<string, readonly [route: string, parameter: string]> = {
  task: ['task', 'task'],
  assignment: ['assignment', 'assignment'],
  notice: ['notice', 'notice'],
  urgent_matter: ['matter', 'matter'],
  coordination_request: ['request', 'request'],
  petition: ['task', 'task'],
  meeting: ['meeting', 'meeting'],
  visit: ['visit', 'visit'],
  plan: ['plan', 'plan'],
  plan_summary: ['plan-summary', 'summary'],
  training: ['training', 'training'],
  pledge: ['pledges', 'pledge'],
  submission: ['submission', 'submission'],
  hand_over: ['hand-over-sheet', 'handover'],
}

/** What an item is called, and where it is done. */
export function useItems() {
  const { t } = useI18n()
  const router = useRouter()
  const words = useWords()
  const { fail } = useFeedback()

  function titleOf(item: InboxItem): string {
    const { form, form_en, period, title, unit, kind } = item.facts
    if (item.subject_kind === 'urgent_matter') return kind === undefined ? t('inbox.topic.urgent') : t('inbox.urgentOf', { unit: unit ?? '', kind: t(`urgent.kind.${kind}`) })
    if (item.subject_kind === 'plan') return t('inbox.planOf', { unit: item.topic === 'plan_due' ? '' : (unit ?? ''), year: item.facts.year ?? '' })
    // A confidential task is named nowhere but on its own page.
    if (item.facts.task_id !== undefined && item.subject_kind !== 'submission') return title !== undefined && title !== '' ? title : [t('inbox.confidentialTask'), item.facts.number].filter((part) => part !== undefined).join(' ')
    if (item.subject_kind === 'visit') return `${t('nav.visits')} · ${unit ?? ''}`
    if (form === undefined && title !== undefined && title !== '') return title
    const name = form === undefined ? t(item.topic === 'handed_over' ? 'handover.sheetTitle' : 'inbox.topic.other') : words.form({ name: form, name_en: form_en ?? form })
    return period === undefined ? name : `${name} · ${words.period(period)}`
  }

  function placeOf(item: InboxItem): RouteLocationRaw {
    const [name, parameter] = PLACES[item.subject_kind] ?? []
    const params = { unit: item.unit_id }
    // What asks for a plan has the plan above as its subject.
    if (item.topic === 'plan_due') return { name: 'plans', params, query: { tab: 'own', year: item.facts.year } }
    return name === undefined || parameter === undefined ? { name: 'fill-list', params } : { name, params: { ...params, [parameter]: item.subject_id } }
  }

  async function open(item: InboxItem, alike = 1): Promise<void> {
    const params = { unit: item.unit_id }
    const kind = kindOf(item)
    if (kind === 'export') await download(`files/${item.facts.file_id ?? ''}`, item.facts.file_name ?? titleOf(item)).catch(fail)
    else if (kind === 'review') {
      const { cycle_id, period } = item.facts
      await router.push({ name: 'month', params, query: { period, cycle: cycle_id, submission: alike > 1 ? undefined : item.subject_id } })
    } else if (kind === 'task_review' && alike > 1) await router.push({ name: 'task', params: { ...params, task: item.facts.task_id } })
    else await router.push(placeOf(item))
  }

  return { titleOf, open }
}

import { useQueryClient } from '@tanstack/vue-query'
import { actOnItem, actOnPlan, beginPlan, beginSummary, savePlan, saveSummary, actOnSummary, type ItemAction, type Plan, type PlanAction, type PlanItem, type PlanLineBody, type PlanPeriod, type PlanStart, type PlanSummary, type SummaryAction } from '@/api/plans'
import { useCommands } from '@/composables/useCommands'
import { useActingKey } from '@/queries/common'

/** Commands on plans, their items and summaries. Null when it was refused, which the person is told. */
export function usePlanCommands() {
  const client = useQueryClient()
  const acting = useActingKey()
  const { busy, once } = useCommands(['plans', 'inbox'])

  function kept(plan: Plan | null): Plan | null {
    if (plan) client.setQueryData(['plans', 'plan', acting.value, plan.id], plan)
    return plan
  }
  const begin = (year: number, start: PlanStart) => once({ id: String(year), version: 0 }, start, { year }, (key) => beginPlan({ year, start }, key))
  const save = async (plan: Plan, items: PlanLineBody[]) =>
    kept(await once(plan, 'save', { items }, (key) => savePlan(plan.id, items, { version: plan.version, key })))
  const act = async (plan: Plan, action: PlanAction, text = '') =>
    kept(await once(plan, action, { text }, (key) => actOnPlan(plan.id, action, text, { version: plan.version, key })))
  async function record(item: PlanItem, action: ItemAction, body: { text: string; percent?: number; done_on?: string }) {
    return kept(await once(item, action, body, (key) => actOnItem(item.id, { action, ...body }, { version: item.version, key })))
  }
  const sumUp = (plan: Pick<Plan, 'id' | 'version'>, period: PlanPeriod) => once(plan, period, {}, (key) => beginSummary(plan.id, period, key))
  const write = (one: PlanSummary, title: string, sections: PlanSummary['sections']) =>
    once(one, 'save', { title, sections }, (key) => saveSummary(one.id, { title, sections }, { version: one.version, key }))
  const judge = (one: PlanSummary, action: SummaryAction, text = '') =>
    once(one, action, { text }, (key) => actOnSummary(one.id, action, text, { version: one.version, key }))

  return { busy, begin, save, act, record, sumUp, write, judge }
}

import { expect } from 'vitest'
import type { Petition } from '@/api/petitions'
import type { Task } from '@/api/tasks'
import type { Me } from '@/api/types'
import { api, button, dialog, home, path, seen, settled } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()

flow('a petition goes to one township with its limits, is accepted, and its limit is extended once by the leader', desk, async (visit) => {
  const title = `来信 莫𡐓村 ${crypto.randomUUID().slice(0, 8)}`
  const section = `信访股${crypto.randomUUID().slice(0, 4)}`
  const admin = await visit.as('county-admin', '/')
  const start = await home(admin)
  await admin.goto(`${start}/units`)
  await settled(admin)
  await admin.getByText('张店区退役军人事务局').first().click()
  await admin.getByLabel('科室名称', { exact: true }).fill(section)
  await button(admin, '增设科室').click()
  await seen(admin.locator('li').filter({ hasText: section }).getByText('0 人'))

  const county = await visit.as('county', '/')
  await county.goto(`${start}/tasks/new`)
  await settled(county)
  await county.getByLabel('任务标题', { exact: true }).fill(title)
  await button(county, '选单位').click()
  await county.locator('.picker input:not([type=file])').first().fill('370303102')
  await county.locator('.picker .line label').first().click()
  await button(county, '信访交办').click()
  await seen(county.getByText('自受理之日起 60 日内办结'))
  await county.getByRole('combobox', { name: '归口科室' }).click({ force: true })
  await county.getByRole('option', { name: section }).click()
  await button(county, '交办给 1 个单位').click()
  await county.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  const id = path(county).split('/').at(-1) ?? ''
  await seen(county.locator('[data-limit="object"]').getByText('《条例》第 23 条'))

  const town = await visit.as('town', '/')
  await town.goto(`${await home(town)}/tasks/${id}`)
  await button(town, '受理').click()
  await dialog(town).getByRole('button', { name: '受理' }).click()
  await seen(town.locator('[data-limit="conclude"]').getByText('还剩 60 天'))

  const leader = await visit.as('town-leader', '/')
  await leader.goto(`${await home(leader)}/tasks/${id}`)
  await button(leader, '延长办理期限').click()
  await dialog(leader).getByRole('textbox', { name: '延长理由' }).fill('需跨县核实档案')
  await dialog(leader).getByRole('button', { name: '延长办理期限' }).click()
  await seen(leader.locator('[data-limit="conclude"]').getByText('还剩 90 天'))
  const shown = await api<Petition>(leader, `petitions/${id}`)
  expect(shown.extended_days).toBe(30)
  expect(shown.actions).not.toContain('extend')
})

flow('an accusation is known of and not read, but by the section that the township puts a colleague in and hands it to', desk, async (visit) => {
  const word = crypto.randomUUID().slice(0, 8)
  const [title, section] = [`来信 莫𡐓村 ${word}`, `督查股${word.slice(0, 4)}`]
  // The unit's own administrator makes the section and says who stands in it.
  const admin = await visit.as('town-admin', '/')
  const own = await home(admin)
  await admin.goto(`${own}/units`)
  await settled(admin)
  await admin.getByText('沣水镇').last().click()
  await admin.getByLabel('科室名称', { exact: true }).fill(section)
  await button(admin, '增设科室').click()
  await seen(admin.locator('li').filter({ hasText: section }).getByText('0 人'))
  const name = (await api<Me>(await visit.as('town-reporter', '/'), 'auth/me')).user.display_name
  const stand = async (where: string) => {
    await admin.getByRole('combobox', { name: `${name} 科室` }).first().click({ force: true })
    const answered = admin.waitForResponse((answer) => answer.url().endsWith('/section') && answer.status() === 204)
    await admin.getByRole('option', { name: where }).click()
    await answered
  }
  await admin.goto(`${own}/accounts?at=${own.split('/').at(-1) ?? ''}`)
  await stand(section)

  const county = await visit.as('county', '/')
  await county.goto(`${await home(county)}/tasks/new`)
  await settled(county)
  await county.getByLabel('任务标题', { exact: true }).fill(title)
  await button(county, '选单位').click()
  await county.locator('.picker input:not([type=file])').first().fill('370303102')
  await county.locator('.picker .line label').first().click()
  await button(county, '信访交办').click()
  await button(county, '检举控告').click()
  await button(county, '交办给 1 个单位').click()
  await county.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  const id = path(county).split('/').at(-1) ?? ''

  const leader = await visit.as('town-leader', '/')
  const { own: share } = await api<Task>(leader, `tasks/${id}`)
  const at = `${own}/assignments/${share?.id ?? ''}`
  const town = await visit.as('town', at)
  await seen(town.getByText('信访交办（限知悉）'))
  await seen(town.getByText('检举控告件，内容只给指定科室看。'))
  expect(await town.getByText(word).count()).toBe(0)

  await leader.goto(at)
  await seen(leader.getByText(title))
  await leader.getByRole('combobox', { name: '交科室办理' }).click({ force: true })
  await leader.getByRole('option', { name: section }).click()
  await button(leader, '交科室办理').click()
  await seen(leader.getByText('已交科室办理。'))

  const concerned = await visit.as('town-reporter', at)
  await seen(concerned.getByText(title))
  await leader.reload()
  await seen(leader.getByText('信访交办（限知悉）'))
  expect(await leader.getByText(word).count()).toBe(0)
  await admin.reload()
  await stand('不分科室')
})

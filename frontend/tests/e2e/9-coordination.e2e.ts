import { expect } from 'vitest'
import type { RequestPage } from '@/api/coordination'
import { villageOf } from './device'
import { api, button, dialog, home, ownReport, seen, settled } from './steps'
import { flow, phone, useBrowser } from './visit'

useBrowser()

flow('a difficulty of a report goes up in one tap, is passed up, answered and settled', phone, async (visit) => {
  const user = await villageOf(visit, 'f1', ['not_started', 'draft'], -1)
  const village = await visit.as(user)
  await village.goto(await ownReport(village, 'f1'))
  await settled(village)
  const field = village.getByLabel('需上级协调的问题')
  await field.fill('莫𡐓路路灯损坏，老兵夜间出行不便')
  await field.blur()
  await button(village, '提请协调').click()
  await seen(village.getByText(/已提请.+协调。/))
  await seen(village.getByText('待受理'))
  const found = await api<RequestPage>(village, 'coordination-requests?side=raised')
  const id = found.items[0]?.id ?? ''
  expect(found.items[0]?.source?.field).toBe('kn_wt')

  const town = await visit.as('u370303101', '/', 'desk')
  await town.goto(`${await home(town)}/inbox`)
  await button(town, '莫𡐓路路灯损坏，老兵夜间出行不便').click()
  await button(town, '上报协调').click()
  await dialog(town).getByRole('textbox').fill('路灯属区城管管护')
  await dialog(town).getByRole('button', { name: '上报协调' }).click()
  await seen(town.getByText(/已转请.+协调。/))

  const county = await visit.as('county', '/', 'desk')
  await county.goto(`${await home(county)}/requests/${id}`)
  await button(county, '答复').click()
  await dialog(county).getByRole('textbox').fill('城管已于今日修复')
  await dialog(county).getByRole('button', { name: '答复' }).click()
  await seen(county.getByText('已答复，等提请单位确认。'))

  await village.goto(`${await home(village)}/inbox`)
  await button(village, '莫𡐓路路灯损坏，老兵夜间出行不便').first().click()
  await seen(village.getByText('城管已于今日修复'))
  await button(village, '确认解决').click()
  await seen(village.getByText('已确认解决，办结。'))
})

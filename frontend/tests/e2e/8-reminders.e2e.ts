import { button, dialog, home, seen } from './steps'
import { desk, flow, phone, useBrowser } from './visit'

useBrowser()

flow('the county sets when units are reminded, and the township sees it', desk, async (visit) => {
  const page = await visit.as('county-admin')
  await page.goto(`${await home(page)}/reminders`)
  await button(page, '加一条规则').click()
  await button(page, '保存').click()
  await seen(page.getByText('催报规则已保存。'))
  const town = await visit.as('town-admin')
  await town.goto(`${await home(town)}/reminders`)
  await seen(town.getByText('截止前 1 个工作日'))
  await seen(town.getByText('由区县管理员设置，这里只能查看。'))
})

flow('a township adds a robot; an address that is none of the vendors’ is refused in words', phone, async (visit) => {
  const page = await visit.as('town-admin')
  visit.refusal(/422/)
  await page.goto(`${await home(page)}/reminders`)
  await button(page, '添加渠道').click()
  await dialog(page).getByLabel('名称').fill(`工作群 ${visit.size}`)
  await dialog(page).getByLabel('机器人网址').fill('https://127.0.0.1/cgi-bin/webhook/send?key=abc')
  await dialog(page).getByRole('button', { name: '保存' }).click()
  await seen(page.getByText(/只能用 qyapi\.weixin\.qq\.com/))
  await dialog(page).getByLabel('机器人网址').fill('https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdef0123')
  await dialog(page).getByRole('button', { name: '保存' }).click()
  const line = page.locator('li', { hasText: `工作群 ${visit.size}` })
  await seen(line.getByText('qyapi.weixin.qq.com …0123'))
  await line.getByRole('button', { name: '删除' }).click()
  await button(page, '确定').click()
  await line.waitFor({ state: 'detached' })
})

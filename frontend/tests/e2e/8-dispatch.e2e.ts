import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import type { NoticeOut } from '@/api/notices'
import type { ReceivedPage, Task, TaskPage } from '@/api/tasks'
import { api, button, dialog, gone, home, path, seen, settled } from './steps'
import { desk, flow, useBrowser } from './visit'

useBrowser()

const titled = (what: string) => `${what} ${crypto.randomUUID().slice(0, 8)}`
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true })

async function choose(page: Page, ...names: string[]): Promise<void> {
  await button(page, '选单位').click()
  for (const name of names) {
    await field(page, '按名称或代码查找').fill(name)
    await page.locator('[role=treeitem]', { hasText: name }).last().locator('.el-checkbox').first().click()
  }
  await seen(page.getByText(`共 ${String(names.length)} 个单位`))
}

flow('a notice with a file goes to two villages, one says that it has read it, the other is reminded, and it is withdrawn', desk, async (visit) => {
  const title = titled('莫𡐓村政策宣讲')
  const county = await visit.as('county', '/')
  await county.getByRole('link', { name: '通知' }).click()
  await button(county, '发通知').click()
  await field(county, '标题').fill(title)
  await field(county, '正文').fill('第一段\n<b>第二段</b>')
  await field(county, '选择文件').setInputFiles({ name: '宣讲提纲.txt', mimeType: 'text/plain', buffer: Buffer.from('提纲') })
  await seen(county.getByText('宣讲提纲.txt'))
  await choose(county, '范王村', '北沣村')
  await county.getByText('要求回执').click()
  await button(county, '发布给 2 个单位').click()
  await county.waitForURL(/\/notices\/[0-9a-f-]{36}$/)
  await seen(county.getByText('已发布给 2 个单位。'))
  const id = path(county).split('/').at(-1) ?? ''

  const village = await visit.as('village', '/', 'phone')
  await village.goto(`${await home(village)}/inbox`)
  await button(village, title).click()
  await seen(village.getByText('<b>第二段</b>'))
  await seen(village.locator('.enclosures').getByText('宣讲提纲.txt'))
  expect((await api<NoticeOut>(village, `notices/${id}`)).read_at, 'opening is not a receipt').toBeNull()
  await button(village, '已阅').click()
  await seen(village.getByText('已回执。'))

  await county.reload()
  await seen(county.locator('.sum', { hasText: '1 / 2' }))
  await button(county, '提醒未读的 1 个单位').click()
  await seen(county.getByText('已提醒 1 个未读单位。'))
  await button(county, '撤回通知').click()
  await dialog(county).getByRole('textbox').fill('时间有误')
  await dialog(county).getByRole('button', { name: '撤回通知' }).click()
  await seen(county.getByText('已撤回。'))
  await village.reload()
  await seen(village.getByText('时间有误'))
  expect((await api<NoticeOut>(village, `notices/${id}`)).files).toEqual([])
})

flow('a village reports in two taps, the county has it on its open page at once and signs for it', desk, async (visit) => {
  const title = titled('十余人聚集')
  const county = await visit.as('county', '/')
  await county.addInitScript(() => {
    const make = AudioContext.prototype.createOscillator
    AudioContext.prototype.createOscillator = function () {
      document.body.dataset.tones = String(Number(document.body.dataset.tones ?? 0) + 1)
      return make.call(this)
    }
  })
  await county.goto(`${await home(county)}/forms`)
  await settled(county)
  // A browser sounds on a page that somebody has touched.
  await county.locator('h1').first().click()
  const village = await visit.as('village', '/', 'phone')
  await settled(village)

  // The connection is lost in between: nothing of it is, and it is reported once.
  visit.refusal(/ERR_FAILED|ERR_INTERNET|Failed to load/)
  await village.route('**/api/urgent-matters', (route) => route.abort())
  await village.getByRole('button', { name: '紧急', exact: true }).click()
  await field(village, '什么事').fill(title)
  await button(village, '上报').last().click()
  await seen(village.getByText('还没有送达'))
  await village.unroute('**/api/urgent-matters')
  await button(village, '重试').last().click()
  await seen(village.getByText('紧急事项已上报'))

  const banner = county.locator('section.banner .one', { hasText: title })
  await seen(banner.getByText(/未签收 00:0\d/))
  await expect.poll(() => county.evaluate(() => document.body.dataset.tones)).toBe('4')
  await banner.getByRole('button', { name: '签收' }).click()
  await seen(county.getByText('已签收，上报单位会看到。'))
  await gone(banner)

  await village.goto(`${await home(village)}/urgent`)
  await village.locator('.entry', { hasText: title }).click()
  await seen(village.getByText(/签收$/))
  await button(village, '办结').click()
  await dialog(village).getByRole('textbox').fill('已劝离，诉求已登记')
  await dialog(village).getByRole('button', { name: '办结' }).click()
  await seen(village.getByText('已办结，终报已报上级。'))
  await county.goto(`${await home(county)}${path(village).replace(/^\/u\/[^/]+/, '')}`)
  await seen(county.getByText('已劝离，诉求已登记').first())
  const { items } = await api<{ items: { title: string }[] }>(county, 'urgent-matters?everything=true')
  expect(items.filter((one) => one.title === title)).toHaveLength(1)
})

flow('where one address is lost and the others answer, a page asks now and then and not without end', desk, async (visit) => {
  const county = await visit.as('county', '/')
  await county.goto(`${await home(county)}/forms`)
  await settled(county)
  visit.refusal(/ERR_FAILED|Failed to load/)
  let lost = 0
  await county.route('**/api/urgent-matters', (route) => { lost += 1; return route.abort() })
  const village = await visit.as('village', '/', 'phone')
  await village.getByRole('button', { name: '紧急', exact: true }).click()
  await field(village, '什么事').fill(titled('断续网络'))
  await button(village, '上报').last().click()
  await expect.poll(() => lost).toBeGreaterThan(0)
  await county.waitForTimeout(3_000)
  expect(lost).toBeLessThan(10)
})

flow('a saved group, straight to villages, supervised, closed; a short notice declined; a task recalled', desk, async (visit) => {
  const [title, short, wrong] = [titled('直达核对'), titled('急报'), titled('发错了')]
  const county = await visit.as('county', '/')
  const start = await home(county)
  const told = async (what: string) => (await api<TaskPage>(county, `tasks/issued?everything=true&search=${encodeURIComponent(what)}`)).items[0]

  await county.goto(`${start}/tasks/new`)
  await field(county, '任务标题').fill(title)
  await choose(county, '范王村', '北沣村')
  await button(county, '存为常用分组').click()
  await field(county, '分组名称').fill(`双村${title.slice(-4)}`)
  await dialog(county).getByRole('button', { name: '保存' }).click()
  await seen(county.locator('.chips .on', { hasText: `双村${title.slice(-4)}` }))
  await county.getByText('直达村（社区）').click()
  await button(county, '交办给 2 个单位').click()
  await county.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  await settled(county)
  const task = await api<Task>(county, `tasks/${path(county).split('/').at(-1) ?? ''}`)
  expect(task.shares.map((one) => one.tier)).toEqual(['village', 'village'])

  await county.goto(`${start}/assignments/${task.shares[0]?.id ?? ''}`)
  await button(county, '督办').click()
  await dialog(county).getByRole('textbox').fill('重点事项')
  await dialog(county).getByRole('button', { name: '督办' }).click()
  await seen(county.getByText('已列入督办。'))
  await button(county, '解除督办').click()
  await seen(county.getByText('已解除督办。'))
  await county.goto(`${start}/tasks/${task.id}`)
  await button(county, '归档').click()
  await dialog(county).getByRole('textbox').fill('另行部署')
  await dialog(county).getByRole('button', { name: '归档' }).click()
  await seen(county.getByText('已归档。'))

  // Tomorrow is under the minimum: the leader does not agree, and nobody below ever had it.
  await county.goto(`${start}/tasks/new`)
  await field(county, '任务标题').fill(short)
  await button(county, `双村${title.slice(-4)}`).click()
  const day = await county.evaluate(() => new Date(Date.now() + 8 * 3_600_000 + 86_400_000).toISOString().slice(0, 10))
  const due = county.locator('.el-date-editor input').first()
  await due.fill(`${day} 18:00`)
  await due.press('Enter')
  await button(county, /送领导确认/).click()
  await county.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  const leader = await visit.as('county-leader', '/')
  await leader.goto(`${await home(leader)}/tasks/${path(county).split('/').at(-1) ?? ''}`)
  await button(leader, '不同意').click()
  await dialog(leader).getByRole('textbox').fill('时间太紧')
  await dialog(leader).getByRole('button', { name: '不同意下达' }).click()
  await seen(leader.getByText('已答复不同意。'))
  expect((await told(short))?.state).toBe('declined')

  await county.goto(`${start}/tasks/new`)
  await field(county, '任务标题').fill(wrong)
  await button(county, `双村${title.slice(-4)}`).click()
  await button(county, '交办给 2 个单位').click()
  await county.waitForURL(/\/tasks\/[0-9a-f-]{36}$/)
  await button(county, '收回任务').click()
  await dialog(county).getByRole('textbox').fill('发错了')
  await dialog(county).getByRole('button', { name: '收回任务' }).click()
  await seen(county.getByText('任务已收回。'))
  const village = await visit.as('village', '/', 'phone')
  expect((await api<ReceivedPage>(village, `tasks/received?search=${encodeURIComponent(wrong)}`)).items).toEqual([])
})

flow('a job post says who hires for what until when, and is found by what it says', desk, async (visit) => {
  const title = `招聘 ${crypto.randomUUID().slice(0, 8)}`
  const county = await visit.as('county', '/')
  await county.goto(`${await home(county)}/notices/new`)
  await settled(county)
  await button(county, '招聘信息').click()
  await seen(county.getByText(/还差：标题、用人单位、招聘岗位、联系方式、报名截止/))
  const until = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10)
  const filled: [string, string][] = [['标题', title], ['用人单位', '张店莫𡐓机械厂'], ['第 1 个岗位', '数控车工'], ['薪资待遇', '6000 元/月'], ['联系方式', '人事科 0533-0000000']]
  for (const [label, text] of filled) await county.getByLabel(label, { exact: true }).fill(text)
  await county.getByRole('combobox', { name: '报名截止', exact: true }).fill(until)
  await county.keyboard.press('Enter')
  await button(county, '全部村（社区）').click()
  await button(county, /^发布给 \d+ 个单位$/).click()
  await county.waitForURL(/\/notices\/[0-9a-f-]{36}$/)
  await seen(county.getByText('数控车工'))

  const village = await visit.as('village', '/', 'phone')
  await village.goto(`${await home(village)}/notices?search=${encodeURIComponent('𡐓机械厂 车工')}`)
  await village.getByRole('link', { name: title }).click()
  await seen(village.getByText('人事科 0533-0000000'))
  await seen(village.getByText('6000 元/月'))
})

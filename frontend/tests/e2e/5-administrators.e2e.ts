import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { button, dialog, gone, home, seen, settled } from './steps'
import { totp } from './totp'
import { COUNTY, desk, flow, PASSWORD, type Visit, useBrowser } from './visit'

useBrowser()

const NEW = { signName: 'shixi01', name: '石小玉', phone: '13800001111' }
const FIRST = 'Cloud-river-2026'
const SECOND = 'Mountain-lake-2026'

/** A day in Beijing, so many days from now. */
function day(from: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(Date.now() + from * 86_400_000)
}

async function choose(page: Page, unit: string): Promise<void> {
  await page.getByLabel('按名称或代码查找').fill(unit)
  await page.getByRole('treeitem').getByRole('button', { name: new RegExp(`^${unit}\\d*$`) }).click()
  await seen(page.getByRole('heading', { name: unit }))
}

async function looking(page: Page, on: string): Promise<void> {
  await page.getByLabel('查看日期').fill(on)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
}

flow('units come from a file, are added, and are renamed from a day on', desk, async (visit) => {
  const page = await visit.as('sysadmin')
  const upload = async (lines: string[]) => {
    const file = { name: '单位.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`) }
    await page.locator('input[type=file]').setInputFiles(file)
    await dialog(page).getByRole('button', { name: '导入单位' }).click()
  }
  visit.refusal(/4\d\d.*units\/import/)
  await upload(['层级,代码,名称,简称,上级代码', '村,370303102901,,新一村,370303102'])
  await seen(page.getByText(/第 2 行/))
  await upload(['层级,代码,名称,简称,上级代码', '村,370303102901,新一村委会,新一村,370303102', '村,370303102902,新二村委会,新二村,370303102'])
  await seen(page.getByText('已导入 2 个单位。'))
  await choose(page, '新二村委会')

  await choose(page, '沣水镇')
  await button(page, '增设下级').click()
  const add = dialog(page)
  await add.getByLabel('代码').fill('370303102903')
  await add.getByLabel('名称', { exact: true }).fill('新三村委会')
  await add.getByLabel('简称').fill('新三村')
  await add.getByRole('button', { name: '增设下级' }).click()
  await seen(page.getByText(/已办理，自 .+ 起生效。/))

  await choose(page, '新三村委会')
  await button(page, '更名').click()
  const rename = dialog(page)
  await rename.getByLabel('名称', { exact: true }).fill('新三社区')
  await rename.getByLabel('简称').fill('新三社区')
  await rename.getByLabel('生效日期').fill(day(40))
  await page.keyboard.press('Enter')
  await rename.getByRole('button', { name: '更名' }).click()
  await gone(page.getByRole('dialog', { name: /更名/ }))
  await seen(page.getByRole('heading', { name: '新三村委会' }))
  await looking(page, day(50))
  await seen(page.getByRole('heading', { name: '新三社区' }))
})

async function signIn(page: Page, signName: string, password: string): Promise<void> {
  await page.goto('/sign-in')
  await expect.poll(() => page.getByLabel('区县代码').inputValue()).toBe(COUNTY)
  await page.getByLabel('登录名').fill(signName)
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
}

async function newPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('新密码', { exact: true }).fill(password)
  await page.getByLabel('再输一遍新密码').fill(password)
  await page.keyboard.press('Enter')
}

async function accountsOfAVillage(visit: Visit): Promise<Page> {
  const page = await visit.as('town-admin')
  await page.goto(`${await home(page)}/accounts`)
  await settled(page)
  return page
}

flow('an account is made with a slip, must change its password at first, and is reset by a code', desk, async (visit) => {
  const admin = await accountsOfAVillage(visit)
  await button(admin, '新建账号').click()
  await dialog(admin).getByLabel(/一行一人/).fill(`${NEW.signName}\t${NEW.name}\t${NEW.phone}`)
  await seen(dialog(admin).getByText('将建立 1 个账号'))
  await button(admin, '建立并显示初始密码').click()
  const slip = dialog(admin).getByRole('listitem').filter({ hasText: NEW.name })
  const initial = (await slip.locator('.secret').innerText()).trim()
  await dialog(admin).getByRole('button', { name: '关闭', exact: true }).last().click()
  await seen(admin.getByRole('row', { name: new RegExp(`${NEW.name}.+未登录过`) }))

  const person = await visit.stranger()
  await signIn(person, NEW.signName, initial)
  await seen(person.getByRole('heading', { name: '设置新密码' }))
  await person.goto('/')
  await seen(person.getByRole('heading', { name: '设置新密码' }))
  await person.getByLabel('当前密码').fill(initial)
  await newPassword(person, FIRST)
  await seen(person.getByRole('heading', { name: /待办/ }))

  await admin.getByRole('row', { name: new RegExp(NEW.name) }).getByRole('button', { name: '重置码' }).click()
  const code = (await dialog(admin).locator('.code').innerText()).trim()
  const again = await visit.stranger()
  await again.goto('/sign-in')
  await again.getByRole('link', { name: /忘记密码/ }).click()
  await again.getByRole('textbox', { name: '重置码' }).fill(code)
  await newPassword(again, SECOND)
  await seen(again.getByRole('heading', { name: /待办/ }))
})

flow('the security administrator grants roles; the audit administrator reads who did what, to the second', desk, async (visit) => {
  const town = await accountsOfAVillage(visit)
  const unit = await town.locator('.unit .el-select__selected-item:visible').last().innerText()
  const page = await visit.as('secadmin')
  await page.goto(`${await home(page)}/accounts`)
  await page.getByRole('combobox', { name: '单位' }).fill(unit)
  await page.getByRole('option', { name: unit, exact: true }).click()
  const row = page.getByRole('row', { name: new RegExp(NEW.name) })
  await row.getByRole('button', { name: '岗位' }).click()
  await dialog(page).getByText('领导', { exact: true }).click()
  await dialog(page).getByRole('button', { name: '保存' }).click()
  await seen(page.getByRole('row', { name: new RegExp(`${NEW.name}.+填报、领导`) }))

  const auditor = await visit.as('auditor')
  const lines = auditor.getByRole('row')
  await seen(lines.filter({ hasText: '安全管理员' }).filter({ hasText: '设置岗位' }))
  await seen(lines.filter({ hasText: '吴芳' }).filter({ hasText: '发出重置码' }))
  expect(await lines.nth(1).innerText()).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/)
  const more = button(auditor, '再显示一些')
  const why = lines.filter({ hasText: '查看完整个人信息' }).filter({ hasText: '核对当事人身份' })
  for (let pages = 0; pages < 5 && await why.count() === 0 && await more.isVisible(); pages += 1) {
    await more.click()
    await settled(auditor)
  }
})

flow('a second factor is set up, asked for at sign-in, and given up again', desk, async (visit) => {
  const page = await visit.as('county-leader')
  await page.goto(`${await home(page)}/me`)
  await button(page, '开启').click()
  const said = await page.getByText(/^不能扫码时，手工输入密钥/).innerText()
  const secret = /[A-Z2-7]{16,}/.exec(said)?.[0] ?? ''
  await page.getByLabel('6 位数字').fill(totp(secret, -1))
  await button(page, '确认开启').click()
  await seen(page.getByText('动态验证码已开启。'))

  visit.refusal(/401.*auth\/sign-in/)
  const other = await visit.stranger()
  await signIn(other, 'county-leader', PASSWORD)
  await other.getByLabel('动态验证码').fill(totp(secret))
  await other.keyboard.press('Enter')
  await seen(other.getByRole('heading', { name: /月总览/ }))

  await page.getByRole('button', { name: '关闭', exact: true }).click()
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await seen(page.getByText('动态验证码已关闭。'))
})

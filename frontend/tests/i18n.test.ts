import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import enFirst from '@/i18n/en'
import enRest from '@/i18n/en/rest'
import zhFirst from '@/i18n/zh-CN'
import zhRest from '@/i18n/zh-CN/rest'

const en = { ...enFirst, ...enRest }
const zhCN = { ...zhFirst, ...zhRest }

interface Tree {
  [key: string]: string | Tree
}

function leaves(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : leaves(value, `${prefix}${key}.`),
  )
}

function placeholders(tree: Tree, key: string): string[] {
  let at: string | Tree | undefined = tree
  for (const part of key.split('.')) at = typeof at === 'object' ? at[part] : undefined
  // A plural repeats them in each of its forms.
  return typeof at === 'string' ? [...new Set([...at.matchAll(/\{(\w+)\}/g)].map((one) => one[1] ?? ''))].sort() : []
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'i18n' ? [] : sources(path)
    return /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : []
  })
}

const keys = leaves(zhCN as Tree)
const code = sources(join(__dirname, '../src')).map((path) => readFileSync(path, 'utf8')).join('\n')

/** Keys as they stand in the code: whole ones in quotes, and the fixed beginnings of those put together in a template. */
const named = new Set([...code.matchAll(/['`]([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9_]+)+)['`]/g)].map((one) => one[1] ?? ''))
const begun = [...code.matchAll(/`([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9_]+)*\.)\$\{/g)].map((one) => one[1] ?? '')
const whole = [...code.matchAll(/`((?:[a-z][A-Za-z0-9]*\.)+)\$\{/g)].map((one) => one[1] ?? '')

describe('messages', () => {
  it('have the same keys in both languages', () => {
    expect(leaves(en as Tree).sort()).toEqual([...keys].sort())
  })

  it('have the same placeholders in both languages', () => {
    for (const key of keys) expect(placeholders(en as Tree, key), key).toEqual(placeholders(zhCN as Tree, key))
  })

  it('are all used', () => {
    const unused = keys.filter((key) => !named.has(key) && ![...begun, ...whole].some((start) => key.startsWith(start)))
    expect(unused).toEqual([])
  })

  it('exist for every key that is used', () => {
    const spaces = Object.keys(zhCN)
    const groups = new Set(keys.flatMap((key) => key.split('.').map((_, at, parts) => parts.slice(0, at).join('.'))))
    const meant = [...named].filter((key) => spaces.includes(key.split('.')[0] ?? '') && !groups.has(key))
    expect(meant.length).toBeGreaterThan(50)
    expect(meant.filter((key) => !keys.includes(key))).toEqual([])
  })

  it('a page that is opened first says nothing that is loaded later', () => {
    const first = ['components/layout', 'pages/inbox', 'pages/fill', 'pages/auth'].flatMap((folder) => sources(join(__dirname, '../src', folder)))
    const later = Object.keys(zhRest).flatMap((root) => leaves({ [root]: (zhRest as Tree)[root] ?? '' }))
    const said = first.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/['`]([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9_]+)+)['`]/g)].map((one) => one[1] ?? ''))
    expect(said.length).toBeGreaterThan(100)
    expect(said.filter((key) => later.includes(key))).toEqual([])
  })
})

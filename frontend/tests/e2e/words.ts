import type { Page } from 'playwright-core'

/** What an English page says that English doesn't: Chinese that is not somebody's data, and keys nobody translated. */

/** A language is called by its own name. */
const OWN_NAME = '简体中文'
const CHINESE = /[\u3400-\u9fff\u3000-\u303f\uff01-\uff5e]/

/** Texts that came from the server, and those of them that came with an English twin. */
export class Heard {
  readonly data = new Set<string>()
  private readonly under: Promise<void>[] = []
  readonly twins = new Set<string>()
  /** Somebody's own words, which are the same in both. */
  readonly same = new Set<string>()

  constructor(page: Page) {
    page.on('response', (response) => {
      if (!response.url().includes('/api/') || !(response.headers()['content-type'] ?? '').includes('json')) return
      this.under.push(response.json().then((body: unknown) => { this.take(body) }, () => undefined))
    })
  }

  /** Everything that was answered has been read. */
  async all(): Promise<void> { await Promise.all(this.under) }

  private take(value: unknown): void {
    if (typeof value === 'string') {
      // A text stands on a page whole, or as its paragraphs.
      for (const part of [value, ...value.split('\n')]) if (CHINESE.test(part)) this.data.add(part.trim())
    } else if (Array.isArray(value)) value.forEach((one) => { this.take(one) })
    else if (typeof value === 'object' && value !== null) {
      const record = value as Record<string, unknown>
      for (const [zh, en] of [['zh', 'en'], ['name', 'name_en'], ['form', 'form_en']] as const) {
        if (typeof record[zh] === 'string' && typeof record[en] === 'string') (record[en] === record[zh] ? this.same : this.twins).add(record[zh])
      }
      // What a plan's item belongs to is the unit's own word, even where it is a form's as well.
      if (typeof record.section === 'string') this.same.add(record.section)
      Object.values(record).forEach((one) => { this.take(one) })
    }
  }

  /** What is left of a text when the data in it is taken away; empty when nothing Chinese is. */
  foreign(text: string): string {
    if (!CHINESE.test(text)) return ''
    const data = [...this.data].filter((one) => !this.twins.has(one) || this.same.has(one)).sort((a, b) => b.length - a.length)
    let left = text.replace(OWN_NAME, '')
    for (const one of data) left = left.split(one).join(' ')
    return CHINESE.test(left) ? text : ''
  }
}

/** Every text of the page that a reader sees or hears. */
export function textsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const texts: string[] = []
    const shown = (element: Element) => element.checkVisibility({ checkVisibilityCSS: true })
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const parent = node.parentElement
      const text = node.textContent?.trim() ?? ''
      if (parent && text !== '' && !['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(parent.tagName) && shown(parent)) texts.push(text)
    }
    for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      if (!shown(element)) continue
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
        const text = element.getAttribute(name)?.trim() ?? ''
        if (text !== '') texts.push(text)
      }
    }
    return [...texts, document.title]
  })
}

export const isKey = (text: string) => /^[a-z]\w*(\.\w+)+$/.test(text)

/** Controls without a name that a screen reader could say. */
export function nameless(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const named = (element: Element) => {
      const label = element.getAttribute('aria-label') ?? element.getAttribute('title') ?? ''
      const by = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join('')
      const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement
        ? [...(element.labels ?? [])].map((one) => one.textContent).join('')
        : (element.textContent ?? '')
      return `${label}${by}${labels}`.trim() !== ''
    }
    return [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href], [role=combobox]')]
      .filter((element) => element.checkVisibility({ checkVisibilityCSS: true }) && !named(element))
      .map((element) => element.outerHTML.slice(0, 200))
  })
}

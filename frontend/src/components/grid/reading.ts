import { readValue, type ValueRules } from '@/formula'
import { parseFigure } from '@/lib/figures'

const NUMERIC = new Set(['integer', 'decimal', 'money', 'percent'])

export function isNumeric(rules: Pick<ValueRules, 'type'>): boolean {
  return NUMERIC.has(rules.type)
}

/** What would be stored for a text in this cell; null for blank; undefined where the form refuses it. */
export function readStored(rules: ValueRules, text: string | null): string | null | undefined {
  const reading = readValue(rules, text)
  return 'stored' in reading ? reading.stored : undefined
}

const YES = /^(有|√|✓)$/
const NO = /^(无|×|✗)$/

/** The same for pasted text, which people decorate: ¥300, (12), a dash for nothing, a tick for yes, a choice in the other language. */
export function readPasted(rules: ValueRules, text: string): string | null | undefined {
  const plain = text.trim()
  if (isNumeric(rules)) {
    const figure = parseFigure(plain)
    return figure === undefined ? undefined : readStored(rules, figure)
  }
  if (rules.type === 'yes_no') return readStored(rules, plain.replace(YES, '是').replace(NO, '否'))
  if (rules.type === 'choice') {
    const found = rules.choices.find((one) => one.label.zh === plain || one.label.en === plain)
    return readStored(rules, found?.value ?? plain)
  }
  return readStored(rules, plain)
}

/**
 * What is kept while somebody types: the text as it stands, so that "1." may grow and a check can quote what is wrong;
 * only decorations that the form would refuse are taken off. The empty text is blank.
 */
export function storedText(rules: ValueRules, text: string): string {
  if (!isNumeric(rules)) return text
  if (text.trim() === '') return ''
  if (readStored(rules, text) !== undefined || /^[+-]?\d+\.$/.test(text)) return text
  const figure = parseFigure(text)
  return figure === undefined || figure === null ? text : figure
}

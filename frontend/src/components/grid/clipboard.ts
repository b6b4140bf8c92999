/** Text as Excel, WPS and LibreOffice put it on the clipboard: cells by tab, rows by newline, quotes round cells with either inside. */

/** More than any form holds; a whole sheet pasted by mistake is refused before it is parsed further. */
export const MOST_CELLS = 20_000

export function parseClipboard(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const source = text.replace(/\r\n?/g, '\n')
  for (let at = 0; at < source.length; at++) {
    const char = source[at]
    if (quoted) {
      if (char !== '"') cell += char ?? ''
      else if (source[at + 1] === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (char === '"' && cell === '') quoted = true
    else if (char === '\t') {
      row.push(cell)
      cell = ''
    } else if (char === '\n') {
      rows.push([...row, cell])
      row = []
      cell = ''
    } else cell += char ?? ''
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell])
  return rows
}

export function cellCount(block: readonly string[][]): number {
  return block.reduce((sum, row) => sum + row.length, 0)
}

export function transposed(block: readonly string[][]): string[][] {
  const width = block.reduce((most, row) => Math.max(most, row.length), 0)
  return Array.from({ length: width }, (_, column) => block.map((row) => row[column] ?? ''))
}

const ENDS: Record<string, [string, string]> = {
  ten_days: ['-01-T1', '-12-T3'],
  month: ['-01', '-12'],
  quarter: ['-Q1', '-Q4'],
  half_year: ['-H1', '-H2'],
  year: ['', ''],
}

/** The first and last period of a year, by the kind of period. */
export function yearSpan(kind: string, year: number): { first: string; last: string } {
  const [first, last] = ENDS[kind] ?? ENDS.month ?? ['', '']
  return { first: `${String(year)}${first}`, last: `${String(year)}${last}` }
}

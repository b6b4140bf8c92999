export { carryForward, evaluateForm, zeroReport } from './evaluate'
export { readValue } from './values'
export type * from './types'

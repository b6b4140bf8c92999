import { get, put } from './http'
import type { Id, SignChoice, SignSteps } from './types'

/** In which steps units sign a form inside, before it goes up. */
export const fetchSignChoices = (form: Id) => get<{ items: SignChoice[] }>(`forms/${form}/sign-off`)
export const chooseSignSteps = (form: Id, units: Id[], steps: SignSteps) =>
  put<{ items: SignChoice[] }>(`forms/${form}/sign-off`, { body: { unit_ids: units, steps } })

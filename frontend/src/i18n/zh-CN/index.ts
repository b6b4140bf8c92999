import attach from './attach'
import auth from './auth'
import behalf from './behalf'
import closing from './closing'
import common from './common'
import compare from './compare'
import county from './county'
import downloads from './downloads'
import fill from './fill'
import forms from './forms'
import handover from './handover'
import inbox from './inbox'
import layout from './layout'
import me from './me'
import offline from './offline'
import petition from './petition'
import printed from './printed'
import review from './review'
import rollup from './rollup'
import signing from './signing'
import tasks from './tasks'
import urgent from './urgent'
import workbook from './workbook'

/** What the pages say that a village opens first. */
export default {
  ...attach,
  ...auth,
  ...behalf,
  ...closing,
  ...common,
  ...compare,
  ...county,
  ...downloads,
  ...fill,
  ...forms,
  ...handover,
  ...inbox,
  ...layout,
  ...me,
  ...offline,
  ...petition,
  ...printed,
  ...review,
  ...rollup,
  ...signing,
  ...tasks,
  ...urgent,
  ...workbook,
}

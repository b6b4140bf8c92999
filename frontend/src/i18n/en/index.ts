import admin from './admin'
import attach from './attach'
import auth from './auth'
import behalf from './behalf'
import behalfBook from './behalfBook'
import closing from './closing'
import common from './common'
import compare from './compare'
import county from './county'
import fill from './fill'
import forms from './forms'
import glance from './glance'
import handover from './handover'
import inbox from './inbox'
import layout from './layout'
import me from './me'
import offline from './offline'
import past from './past'
import printed from './printed'
import reminders from './reminders'
import review from './review'
import rollup from './rollup'
import signing from './signing'
import workbook from './workbook'

export default {
  ...common, ...auth, ...attach, ...handover, ...layout, ...me, ...inbox, ...fill, ...review, ...rollup, ...county, ...forms, ...admin, ...glance,
  ...workbook, ...past, ...closing, ...behalf, ...behalfBook, ...compare, ...reminders, ...signing, ...printed, ...offline,
}

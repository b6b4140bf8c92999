import admin from './admin'
import audit from './audit'
import behalfBook from './behalfBook'
import city from './city'
import coordination from './coordination'
import glance from './glance'
import meetings from './meetings'
import notices from './notices'
import past from './past'
import plans from './plans'
import reminders from './reminders'
import station from './station'
import training from './training'

/** What only the other pages say: loaded behind the first ones, and before any of the others is shown. */
export default {
  ...admin,
  ...audit,
  ...behalfBook,
  ...city,
  ...coordination,
  ...glance,
  ...meetings,
  ...notices,
  ...past,
  ...plans,
  ...reminders,
  ...station,
  ...training,
}

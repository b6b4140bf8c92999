import auth from './auth'
import common from './common'
import layout from './layout'
import me from './me'

export default { ...common, ...auth, ...layout, ...me }

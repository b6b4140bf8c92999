export default {
  layout: {
    skip: 'Skip to content',
    actAs: 'Switch unit',
    period: 'Period',
    search: 'Search tasks, units and forms',
    searchHint: 'Type the name of a task, unit or form, Enter opens it',
    searchNone: 'No task, unit or form of that name',
    searchUnits: 'Units',
    searchTasks: 'Tasks',
    searchForms: 'Forms',
    bell: '{n} in your inbox',
    account: 'Account and settings',
    language: 'Language',
    signOut: 'Sign out',
    fold: 'Fold the navigation',
    unfold: 'Unfold the navigation',
  },
} as const

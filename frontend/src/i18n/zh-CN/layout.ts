export default {
  layout: {
    skip: '跳到正文',
    actAs: '切换单位',
    period: '报告期',
    search: '搜索任务、单位、报表',
    searchHint: '输入任务、单位或报表名称，回车打开',
    searchNone: '没有叫这个名字的任务、单位或报表',
    searchUnits: '单位',
    searchTasks: '任务',
    searchForms: '报表',
    bell: '待办 {n} 件',
    account: '账号与设置',
    language: '语言',
    signOut: '退出登录',
    fold: '收起导航',
    unfold: '展开导航',
  },
} as const

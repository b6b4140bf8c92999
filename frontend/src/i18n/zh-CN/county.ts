export default {
  county: {
    title: '{period}总览',
    none: '这一期还没有报表',
    noneWhy: '报表到开放时间后会出现在这里。',
    handed: '村（社区）已报 {n}/{total}',
    townships: '各镇街进度',
    townshipsWhy: '逾期的在前，其次按已报比例从低到高',
    keys: '关键指标',
    now: '本期',
    change: '比上期',
    year: '本年累计',
    yearOf: '含 {n} 期',
    trend: '近 12 期趋势',
    trendNone: '至少有两期数据后显示趋势。',
    tasks: { open: '在办', overdue: '逾期', supervised: '督办' },
    openRollup: '看汇总表',
  },
} as const

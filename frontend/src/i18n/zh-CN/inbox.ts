export default {
  inbox: {
    count: '{n} 件待办',
    none: '没有待办',
    noneWhy: '新的报表开放、上报的材料要审核、报表被退回时，会出现在这里。',
    noneNext: '查看本期报表',
    done: '已办结 {n} 件',
    zeroDone: '{title}：已按零报告上报。',
    zeroAsk: '确认“{title}”本期无此类情况，按零报告上报？',
    remindedBy: '{name}催报',
    topic: {
      fill: '填报',
      review: '审核',
      returned: '退回修改',
      reminder: '催报',
      export: '导出',
      other: '通知',
    },
    go: {
      fill: '填写',
      verify: '去核对',
      review: '去审核',
      returned: '去修改',
      reminder: '去填写',
      export: '下载',
      other: '查看',
    },
  },
} as const

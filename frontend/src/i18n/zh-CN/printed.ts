export default {
  printed: {
    title: '核验打印件',
    asking: '正在核对…',
    failed: '没有查到结果，请检查网络后重试。',
    current: '现行有效',
    currentWhy: '这份打印件与平台上现行的报表一致。',
    replaced: '不是现行版本',
    replacedWhy: '这份打印件之后已更正、撤回或退回，请以新版为准。',
    unknown: '无法核验',
    unknownWhy: '没有查到这份报表，请核对二维码是否完整。',
    at: '查询时间 {at}',
    revision: '第 {n} 次上报',
    scan: '扫码查是否现行有效',
  },
} as const

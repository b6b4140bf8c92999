export default {
  downloads: {
    title: '下载记录',
    why: '您在本单位导出的文件，只有您能看到和下载。文件保留 7 天，记录保留 30 天。',
    short: '7 天内可在此取回',
    empty: '还没有导出过文件',
    emptyWhy: '在汇总表或套表里导出的文件，会列在这里。',
    toRollup: '去汇总',
    state: { queued: '等待生成', running: '正在生成 {share}%', done: '保留到 {until}', failed: '没有生成', expired: '已过期' },
    expiredWhy: '文件已不再保留，可按现在的数重新生成。',
    fetch: '下载',
    retry: '重试',
    renew: '重新生成',
  },
} as const

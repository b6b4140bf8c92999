export default {
  county: {
    title: 'Overview of {period}',
    none: 'No forms in this period yet',
    noneWhy: 'Forms appear here when they open.',
    handed: 'Villages handed in {n}/{total}',
    townships: 'Progress by township',
    townshipsWhy: 'The late first, then the lowest share',
    keys: 'Key figures',
    now: 'This period',
    change: 'Since last',
    year: 'Year to date',
    yearOf: '{n} period | {n} periods',
    trend: 'Last 12 periods',
    trendNone: 'The trend appears once there are two periods.',
    tasks: { open: 'Under way', overdue: 'Overdue', supervised: 'Supervised' },
    openRollup: 'See the rollup',
  },
} as const

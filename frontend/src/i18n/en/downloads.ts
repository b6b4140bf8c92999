export default {
  downloads: {
    title: 'Downloads',
    why: 'Files you exported in this unit; only you see them. A file is kept for 7 days, its line for 30.',
    short: 'kept for 7 days',
    empty: 'Nothing exported yet',
    emptyWhy: 'Files you export from a rollup or fill for the city are listed here.',
    toRollup: 'Rollups',
    state: { queued: 'Waiting', running: 'Preparing {share}%', done: 'Kept until {until}', failed: 'Not prepared', expired: 'Expired' },
    expiredWhy: 'The file is no longer kept; it can be made again from the figures of now.',
    fetch: 'Download',
    retry: 'Try again',
    renew: 'Make again',
  },
} as const

export default {
  inbox: {
    count: '{n} to do',
    none: 'Nothing to do',
    noneWhy: 'Forms that open, reports that await your review and reports that came back appear here.',
    noneNext: 'See this period’s forms',
    done: '{n} done',
    zeroDone: '{title}: handed in as a zero report.',
    zeroAsk: 'Confirm that there was nothing for “{title}” in this period and hand in a zero report?',
    remindedBy: 'Reminded by {name}',
    topic: {
      fill: 'Fill in',
      review: 'Review',
      returned: 'Returned',
      reminder: 'Reminder',
      export: 'Export',
      other: 'Notice',
    },
    go: {
      fill: 'Fill in',
      verify: 'Check and hand in',
      review: 'Review',
      returned: 'Amend',
      reminder: 'Fill in',
      export: 'Download',
      other: 'View',
    },
  },
} as const

export default {
  printed: {
    title: 'Check a printed sheet',
    asking: 'Checking…',
    failed: 'No answer. Check the network and try again.',
    current: 'Current',
    currentWhy: 'This print is what the platform holds now.',
    replaced: 'Not current',
    replacedWhy: 'It was corrected, recalled or returned after this print. Use the newer one.',
    unknown: 'Unknown',
    unknownWhy: 'No such report was found. Check that the code is complete.',
    at: 'Asked at {at}',
    revision: 'Revision {n}',
    scan: 'Scan to see whether it is current',
  },
} as const

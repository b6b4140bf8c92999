export default {
  station: {
    section: { organisation: 'Organisation', leading_group: 'Leading group', grid: 'Grid workers', premises: 'Premises', funds: 'Funds', staff: 'Staff' },
    standing: { own: 'Has a station', person: 'No station; somebody answerable', none: 'No station' },
    headPost: { both: 'Secretary and director', secretary: 'Secretary', director: 'Director', other: 'Other' },
    role: { leader: 'Head', deputy: 'Deputy', member: 'Member' },
    fact: {
      standing: 'Station', veterans: 'Veterans', named_person: 'Answerable', head: 'Head', head_post: 'The head is also', posts: 'Approved posts', militia: 'Armed-forces officer', founded_on: 'Founded', document_no: 'Document',
      group_members: 'Members', group_document: 'Document', group_on: 'Founded', grid: 'Grid workers', gridName: 'Grid', premises: 'Items met', name: 'Name', post: 'Post', role: 'Role', households: 'Households', gridVeterans: 'Veterans', year: 'Year', budget: 'Budget', arrived: 'Arrived', spent: 'Spent', note: 'Note',
    },
    lacks: '{n} still lacking', complete: 'All that the standard asks for is there', fill: 'Fill in', unsaid: 'Not said', yes: 'Yes', no: 'No', saved: '{what} saved.', log: 'Changes', nothing: '(nothing)', changed: '{fact}: {before} → {after}',
    personWhy: 'With under 30 veterans a village needs no station of its own, but somebody answerable.', personOnly: 'Under 30 veterans and no station: somebody answerable is enough (village item 4).',
    namedHint: 'Who in the committees answers for veterans', people: '{n}', places: '{n}, filled {of}', toRoster: 'Roster', serving: '{n} serving (without volunteers)', share: '{n} of {of} veterans or preferential-treatment people', third: 'A third is reached', notThird: 'Under a third', unknown: 'not said of {n}',
    amount: '¥{n}', yuan: 'yuan', yuanHint: 'e.g. 12000.00', noAmount: 'An amount in yuan with at most two decimals.', warning: { over_budget: 'More arrived than was planned. Please check.', overspent: 'More was spent than arrived. Please check.' },
    household: 'homes', veteran: 'veterans', households: '{n} households', veteransOf: '{n} veterans', met: '{n} of {of} met', addMember: 'Add a member', addGrid: 'Add a grid worker',
    standard: { township: 'township item {n}', village: 'village item {n}' },
    have: { organisation: 'Station', posts: 'Posts', people: 'People', funds: 'Funds', premises: 'Premises' },
    lack: {
      unsaid: 'Say whether there is a station', no_group: 'A leading group', no_station: 'A station', no_posts: 'Approved posts', posts_open: 'All posts filled', nobody: 'Somebody who serves', below_third: 'A third veterans or preferential-treatment people', no_liaison: 'An information liaison', no_budget: 'A budget of this year', not_arrived: 'All of the budget arrived',
      no_grid: 'Grid workers', no_militia: 'The armed-forces officer takes part', no_head: 'The secretary or director heads it', no_person: 'Somebody answerable', no_count: 'How many veterans there are', no_full_time: 'Somebody full time', premises: '{what}',
    },
    items: {
      township: { i10: 'The standard sign', i11: 'Rooms for work and activities', i12: 'Equipment and furniture', i13: 'A window or desk with its sign', i14: 'Facilities, suggestion box, leaflets', i15: 'Duties, rules and telephone published', i16: 'The important statements on display' },
      village: { i8: 'The standard sign', i9: 'Rooms, or a window or desk', i10: 'Equipment and furniture', i11: 'Basic facilities', i12: 'Duties, rules and telephone published', i13: 'Political and cultural surroundings' },
    },
    sum: '{n} stations, {persons} with somebody answerable, {complete} lacking nothing', below: 'Villages', counts: '{n} stations, {persons} answerable, {unsaid} not said (of {of})', shareHead: 'Veterans and preferential', reached: 'reached', notReached: 'not reached', lackHead: 'Lacking', lackBelow: '{n} below', total: 'Total', stations: '{n} stations',
    sheetWord: { basics: 'Export stations', funds: 'Export funds', roster: 'Export the roster' }, sheet: { basics: 'Stations', funds: 'Station funds {year}', roster: 'Roster' }, moneyNote: 'Money in yuan; a township or county with what is below it. What is lacking is checked against the standards of 2021.',
    background: { veteran: 'Veteran', preferential: 'Preferential-treatment', neither: 'Neither' }, backgroundLabel: 'Background', established: 'Holds a post', duties: 'Duties', duty: { head: 'Head', deputy: 'Deputy', specialist: 'Specialist', liaison: 'Information liaison', window: 'Window', grid: 'Grid' }, certificates: 'Certificates', certificate: 'Certificate', addCertificate: 'Add a certificate',
  },
} as const

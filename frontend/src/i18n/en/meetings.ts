export default {
  meetings: {
    sub: 'Meetings from the call to the minutes; a decision becomes a task in one click.', ledger: 'Ledger', ledgerName: 'Meetings {year}', call: 'Call a meeting', record: 'Record a meeting',
    side: { ours: 'Ours', below: 'Called below' }, find: 'Search titles and agendas', none: 'No meetings yet', noneFound: 'Nothing found', noneWhy: 'Meetings that are called or recorded stand here by day.', today: 'today', coming: 'to come',
    title: 'Title', kindLabel: 'Kind', from: 'Begins', until: 'Ends', venue: 'Place', onLine: 'On line', room: 'Use a room of this platform', link: 'Link', linkHint: 'The link of a meeting on line', to: 'Units', guests: 'Others', guestsHint: 'Leaders, 12 representatives of veterans…', agenda: 'Agenda', send: 'Send', keep: 'Save',
    kind: { regular: 'Regular', joint: 'Joint', report: 'Report', forum: 'Forum', exchange: 'Exchange', other: 'Other' },
    state: { scheduled: 'To be held', held: 'Held', closed: 'Minutes issued', cancelled: 'Cancelled' }, reply: { invited: 'No reply', coming: 'Coming', on_leave: 'Excused' },
    counts: '{asked} asked, {coming} coming, {leave} excused', ours: 'Our reply', names: 'Names of those who come', come: 'Come', leave: 'Ask to be excused', leaveWhy: 'Say why.', cancelWhy: 'Say why. All units that were asked are told.', join: 'Enter on line',
    act: { cancel: 'Cancel it', remind: 'Ask again', hold: 'It was held', issue_minutes: 'Issue the minutes' },
    minutes: 'Minutes', decisions: 'Decisions', units: 'Units', due: 'Due', drop: 'Drop', addDecision: 'Add a decision', toTask: 'Make it a task', tasked: 'A task', accepted: '{n} of {of} done', mark: 'Save attendance', log: 'History',
    follow: { awaiting: 'Awaiting a leader', open: 'In hand', handed_in: 'Handed in', done: 'Done', dropped: 'Dropped' },
    did: { call: 'The meeting is called.', record: 'Recorded.', cancel: 'Cancelled; all are told.', remind: 'Asked again.', hold: 'Marked as held.', issue_minutes: 'The minutes are issued.', reply: 'Replied.', write: 'Saved.', mark: 'Attendance saved.', task: 'It is a task now.' },
  },
  visits: {
    sub: 'Visits are written down at once; findings become rectifications that are followed to the end.', ledger: 'Ledger', ledgerName: { guidance: 'Guidance visits {year}', leader: 'Leaders’ visits {year}' },
    tab: { guidance: 'Guidance', unvisited: 'Not visited', leader: 'Leaders' }, record: { guidance: 'Record a guidance visit', leader: 'Record a leader’s visit' }, find: 'Search units and texts',
    none: 'Nothing yet', noneWhy: { guidance: 'Guidance visits stand here once they are recorded.', leader: 'Leaders’ visits stand here once they are recorded.' }, never: 'Never visited', days: '{n} days ago', last: 'Last on {day}', year: 'This year {guided} guidance visits, {leaders} by leaders',
    void: 'Void', rectified: '{n} of {of} rectified', unit: 'Unit visited', day: 'Day', name: 'Who came', post: 'Post', text: 'What was seen', requirements: 'Requirements', finding: 'Findings', addFinding: 'Add a finding', keep: 'Save', toTask: 'Ask for rectification', notYet: 'No task yet', answer: 'The unit’s answer',
    act: { answer: 'Answer', note: 'Add', void: 'Void' }, asks: { answer: 'Say what was done. The visitors are told.', note: 'Add to the record.', void: 'Say why.' },
    did: { record: 'Recorded.', answer: 'Answered.', note: 'Added.', void: 'Void.', task: 'It is a rectification task now.' },
  },
}

export default {
  meetings: {
    sub: '例会、联席会、座谈会从通知到纪要都在这里，议定事项一键转为任务。', ledger: '会议台账', ledgerName: '{year}年度会议台账', call: '通知开会', record: '登记会议',
    side: { ours: '本单位', below: '下级召开的' }, find: '搜索名称和议程', none: '还没有会议', noneFound: '没有找到', noneWhy: '通知或登记的会议按日期列在这里。', today: '今天', coming: '即将召开',
    title: '会议名称', kindLabel: '类别', from: '开始时间', until: '结束时间', venue: '地点', onLine: '线上', room: '使用平台视频会议室', link: '会议链接', linkHint: '有线上会议的，粘贴会议链接', to: '参会单位', guests: '其他参会', guestsHint: '如：镇党委书记、退役军人代表 12 人', agenda: '议程', send: '发出通知', keep: '保存',
    kind: { regular: '工作例会', joint: '联席会议', report: '工作汇报会', forum: '代表座谈会', exchange: '经验交流会', other: '其他' },
    state: { scheduled: '待召开', held: '已召开', closed: '已印发纪要', cancelled: '已取消' }, reply: { invited: '未回复', coming: '参会', on_leave: '请假' },
    counts: '应到 {asked}，参会 {coming}，请假 {leave}', ours: '本单位回复', names: '参会人员姓名', come: '参会', leave: '请假', leaveWhy: '请写明请假原因。', cancelWhy: '请写明取消原因，所有参会单位都会收到。', join: '进入线上会议',
    act: { cancel: '取消会议', remind: '催复', hold: '会议已召开', issue_minutes: '印发纪要' },
    minutes: '会议纪要', decisions: '议定事项', units: '承办单位', due: '办结时限', drop: '删去', addDecision: '加一条议定事项', toTask: '转为任务', tasked: '已转任务', accepted: '已办结 {n}/{of}', mark: '保存签到', log: '办理过程',
    follow: { awaiting: '待领导确认', open: '办理中', handed_in: '待确认', done: '已办结', dropped: '已终止' },
    did: { call: '会议通知已发出。', record: '已登记。', cancel: '已取消并告知各单位。', remind: '已催复。', hold: '已标为召开。', issue_minutes: '纪要已印发。', reply: '已回复。', write: '已保存。', mark: '签到已保存。', task: '已转为任务。' },
  },
  visits: {
    sub: '领导到站调研、下站调研指导随手登记，发现问题转整改并跟到底。', ledger: '下载台账', ledgerName: { guidance: '{year}年度调研指导台账', leader: '{year}年度领导调研台账' },
    tab: { guidance: '调研指导', unvisited: '多久没去', leader: '领导调研' }, record: { guidance: '登记调研指导', leader: '登记领导调研' }, find: '搜索单位和内容',
    none: '还没有记录', noneWhy: { guidance: '上级到站调研指导后登记在这里。', leader: '领导到本站调研后登记在这里。' }, never: '从未走访', days: '{n} 天前', last: '上次 {day}', year: '今年调研指导 {guided} 次，领导调研 {leaders} 次',
    void: '已作废', rectified: '已整改 {n}/{of}', unit: '被调研单位', day: '日期', name: '调研人姓名', post: '职务', text: '调研情况', requirements: '工作要求', finding: '发现问题', addFinding: '加一条问题', keep: '保存', toTask: '转整改任务', notYet: '尚未转整改', answer: '单位回复',
    act: { answer: '回复', note: '补充', void: '作废' }, asks: { answer: '写明落实情况，调研单位会收到。', note: '补充调研记录。', void: '写明作废原因。' },
    did: { record: '已登记。', answer: '已回复。', note: '已补充。', void: '已作废。', task: '已转为整改任务。' },
  },
}

export default {
  station: {
    section: { organisation: '机构', leading_group: '领导小组', grid: '网格员', premises: '阵地建设', funds: '经费', staff: '工作人员' },
    standing: { own: '已建站', person: '不单独建站，专人负责', none: '未建站' },
    headPost: { both: '书记、主任“一肩挑”', secretary: '书记', director: '主任', other: '其他' },
    role: { leader: '组长', deputy: '副组长', member: '成员' },
    fact: {
      standing: '建站情况', veterans: '退役军人人数', named_person: '明确专人', head: '站长', head_post: '站长由谁兼任', posts: '核定编制', militia: '专武干部参与', founded_on: '成立日期', document_no: '成立文号',
      group_members: '成员名单', group_document: '成立文号', group_on: '成立日期', grid: '网格员', gridName: '网格名称', premises: '达标事项', name: '姓名', post: '职务', role: '组内职务', households: '户数', gridVeterans: '退役军人', year: '年度', budget: '年度预算', arrived: '已到位', spent: '已支出', note: '备注',
    },
    lacks: '还缺 {n} 项', complete: '标准要求的都有了', fill: '填写', unsaid: '未填', yes: '是', no: '否', saved: '{what}已保存。', log: '变更记录', nothing: '（空）', changed: '{fact}：{before} → {after}',
    personWhy: '退役军人少于 30 人的可不单独建站，但应当明确专人负责。', personOnly: '本村（社区）退役军人少于 30 人，不单独建站，明确专人负责即可（村标准第 4 项）。',
    namedHint: '“两委”中负责退役军人工作的人', people: '{n} 人', places: '{n} 名，在编 {of} 人', toRoster: '人员名册', serving: '在岗 {n} 人（不含志愿者）', share: '退役军人和优抚对象 {n}/{of} 人', third: '达到三分之一', notThird: '未达到三分之一', unknown: '{n} 人未填身份',
    amount: '{n} 元', yuan: '元', yuanHint: '如 12000.00', noAmount: '请填写不超过两位小数的金额，单位元。', warning: { over_budget: '到位数大于预算数，请核对。', overspent: '支出数大于到位数，请核对。' },
    household: '户', veteran: '名退役军人', households: '{n} 户', veteransOf: '退役军人 {n} 人', met: '达标 {n}/{of}', addMember: '增加成员', addGrid: '增加网格员',
    standard: { township: '镇街标准 {n}', village: '村标准 {n}' },
    have: { organisation: '机构', posts: '编制', people: '人员', funds: '经费', premises: '保障' },
    lack: {
      unsaid: '说明是否已建站', no_group: '成立领导小组', no_station: '建立服务站', no_posts: '核定编制', posts_open: '编制人员全部到位', nobody: '选配工作人员', below_third: '退役军人和优抚对象占比达到三分之一', no_liaison: '设立信息联络员', no_budget: '填报本年度预算', not_arrived: '经费足额到位',
      no_grid: '登记网格员', no_militia: '专武干部参与服务站工作', no_head: '站长由书记或主任兼任', no_person: '明确专人负责', no_count: '填写退役军人人数', no_full_time: '安排专职工作人员', premises: '{what}',
    },
    items: {
      township: { i10: '统一规范的牌匾标识', i11: '办公和活动场所', i12: '办公设备和家具', i13: '办事窗口或专席、岗位标牌', i14: '便民服务设施、意见箱、宣传材料', i15: '公开职责、制度、流程和咨询电话', i16: '悬挂关于退役军人工作的重要论述' },
      village: { i8: '统一规范的牌匾标识', i9: '办公和活动场所，或窗口、专柜', i10: '办公家具和设备', i11: '基础服务设施', i12: '公开职责、制度、流程和咨询电话', i13: '场所政治文化环境' },
    },
    sum: '已建站 {n} 个，专人负责 {persons} 个，各项齐全 {complete} 个', below: '辖区村（社区）', counts: '建站 {n}，专人 {persons}，未填 {unsaid}（共 {of}）', shareHead: '退役军人和优抚对象', reached: '达到', notReached: '未达到', lackHead: '还缺（项）', lackBelow: '辖区 {n}', total: '合计', stations: '建站 {n}',
    sheetWord: { basics: '导出基本情况表', funds: '导出经费表', roster: '导出花名册' }, sheet: { basics: '退役军人服务站基本情况表', funds: '{year}年度退役军人服务站经费使用情况表', roster: '退役军人服务站工作人员花名册' }, moneyNote: '经费单位：元；镇街和区县各行含其辖区。“还缺”按 2021 年建设管理指导标准逐项核对。',
    background: { veteran: '退役军人', preferential: '烈属军属等优抚对象', neither: '均不是' }, backgroundLabel: '身份', established: '在编', duties: '职责', duty: { head: '站长', deputy: '副站长', specialist: '专干', liaison: '信息联络员', window: '窗口接待', grid: '网格服务' }, certificates: '证书资格', certificate: '证书名称', addCertificate: '增加证书',
  },
} as const

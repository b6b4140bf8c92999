export default {
  me: {
    posts: '我的岗位',
    password: {
      title: '修改密码',
      submit: '修改密码',
    },
    totp: {
      title: '动态验证码登录',
      on: '已开启。登录时除密码外，还要输入手机验证器上的 6 位数字。',
      off: '未开启。开启后，别人知道密码也登录不了。',
      begin: '开启',
      scan: '用手机上的验证器（如微信小程序“身份验证器”）扫描二维码，再输入显示的 6 位数字。',
      secret: '不能扫码时，手工输入密钥：{secret}',
      code: '6 位数字',
      confirm: '确认开启',
      enabled: '动态验证码已开启。',
      disable: '关闭',
      disableAsk: '关闭需要输入登录密码',
      disabled: '动态验证码已关闭。',
      qr: '验证器二维码',
    },
    sessions: {
      title: '登录过的设备',
      why: '不认识的，或在公用电脑上忘了退出的，请点“退出该设备”。',
      current: '本机',
      seen: '最近使用 {time}',
      revoke: '退出该设备',
      revoked: '已退出该设备。',
    },
    language: '界面语言',
  },
} as const

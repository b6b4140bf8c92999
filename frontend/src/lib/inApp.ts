/** Browsers inside other apps: they open links from a chat, but most can't save a file. */
const APPS = /MicroMessenger|wxwork|DingTalk|Lark|Feishu|QQ\/|AlipayClient/i

export function isInApp(agent: string = navigator.userAgent): boolean {
  return APPS.test(agent)
}

const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger/i, '微信'], [/DingTalk/i, '钉钉'], [/QaxBrowser/i, '奇安信浏览器'], [/UOS/i, '统信浏览器'],
  [/360(SE|EE)|QihooBrowser/i, '360 浏览器'], [/Edg\//, 'Edge'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/i, '鸿蒙'], [/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'], [/Kylin/i, '麒麟'], [/Linux/, 'Linux'],
]

/** What a person would call the device: browser and system out of the user-agent line. */
export function deviceName(agent: string): string {
  const first = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(agent))?.[1]
  return [first(BROWSERS), first(SYSTEMS)].filter((one) => one !== undefined).join(' · ') || agent.slice(0, 40) || '—'
}

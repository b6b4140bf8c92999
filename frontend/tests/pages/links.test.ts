import { describe, expect, it } from 'vitest'
import { linkIn } from '@/lib/links'

describe('a link that somebody pasted', () => {
  it('is found alone, in a whole invitation, and without its https', () => {
    expect(linkIn(' https://meet.example.cn/mo?pwd=1 ')).toBe('https://meet.example.cn/mo?pwd=1')
    expect(linkIn('赵敏 邀请您参加会议，点击链接入会：https://meet.example.cn/dm/x1，会议号 123-456-789')).toBe('https://meet.example.cn/dm/x1')
    expect(linkIn('meet.example.cn/dm/x1')).toBe('https://meet.example.cn/dm/x1')
    expect(linkIn('  ')).toBe('')
  })

  it('is nothing that a browser would run, and no number of a meeting', () => {
    for (const text of ['javascript:alert(1)', 'data:text/html,x', '123-456-789', '会议号 123', 'http://', 'ftp://x.cn/a']) expect(linkIn(text), text).toBeNull()
  })
})

import { ElMessage, ElMessageBox } from 'element-plus'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/message-box/style/css'
import { h } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiProblem, CantSave, NetworkDown } from '@/api/problem'

type Translate = (key: string) => string

/** What happened, in words that say what to do. The server's own sentence is preferred where it has one. */
export function explainWith(t: Translate, error: unknown, loading = false): string {
  if (error instanceof NetworkDown) return t(loading ? 'error.offlineLoad' : 'error.offline')
  if (error instanceof CantSave) return t('app.inApp')
  if (!(error instanceof ApiProblem)) return t('error.server')
  if (error.status === 412) return t('error.stale')
  if (error.status === 503) return t('error.busy')
  if (error.status >= 500) return t('error.server')
  if (error.body.detail !== undefined && error.body.detail !== '') return error.body.detail
  if (error.status === 403) return t('error.forbidden')
  if (error.status === 404) return t('error.notFound')
  return t('error.server')
}

export function useFeedback() {
  const { t } = useI18n()
  const explain = (error: unknown, loading = false) => explainWith(t, error, loading)

  const done = (message: string) => ElMessage({ message, type: 'success', grouping: true })
  const warn = (message: string) => ElMessage({ message, type: 'warning', duration: 5000, grouping: true })
  const fail = (error: unknown) =>
    ElMessage({ message: typeof error === 'string' ? error : explain(error), type: 'error', duration: 6000, grouping: true })

  /** Says what was done and offers to take it back for some seconds, instead of asking beforehand. */
  function undoable(message: string, undo: () => void): void {
    const shown = ElMessage({
      type: 'success',
      duration: 8000,
      message: h('span', [
        `${message} `,
        h('a', { href: '#', role: 'button', style: 'font-weight:600', onClick: (event: Event) => {
          event.preventDefault()
          shown.close()
          undo()
        } }, t('act.undo')),
      ]),
    })
  }

  /** Asks before something that can't be undone; the sentence carries the consequence. */
  async function ask(sentence: string, title: string, confirm?: string): Promise<boolean> {
    try {
      await ElMessageBox.confirm(sentence, title, {
        confirmButtonText: confirm ?? t('act.ok'),
        cancelButtonText: t('act.cancel'),
        customStyle: { maxWidth: '440px' },
      })
      return true
    } catch {
      return false
    }
  }

  async function copy(text: string): Promise<void> {
    await copyText(text)
    done(t('act.copied'))
  }

  return { explain, done, warn, fail, undoable, ask, copy }
}

/** The clipboard interface needs HTTPS; on the plain addresses of a closed network the old way still works. */
async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text)
    return
  }
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

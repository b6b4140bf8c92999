import { del, get, post } from './http'
import type { Id, Me, Page, SessionInfo, Site } from './types'

export interface Credentials {
  county_code: string
  sign_name: string
  password: string
  totp_code?: string
}

export const fetchSite = () => get<Site>('public/site')
export const fetchMe = () => get<Me>('auth/me')
export const signIn = (body: Credentials) => post<{ me: Me }>('auth/sign-in', { body }).then((answer) => answer.me)
export const signOut = () => post<undefined>('auth/sign-out')
export const changePassword = (current: string, next: string) =>
  post<undefined>('auth/password', { body: { current, new: next } })
export const listSessions = () => get<Page<SessionInfo>>('auth/sessions')
export const revokeSession = (id: Id) => del<undefined>(`auth/sessions/${id}`)
export const beginTotp = () => post<{ secret: string; uri: string }>('auth/totp/begin')
export const confirmTotp = (code: string) => post<undefined>('auth/totp/confirm', { body: { code } })
export const disableTotp = (password: string) => post<undefined>('auth/totp/disable', { body: { password } })
/** Answers with the sign-in name: the code alone says whose it is. */
export const redeem = (body: { county_code: string; code: string; new_password: string }) =>
  post<{ sign_name: string }>('auth/redeem', { body })

import { del, get, post } from './http'
import type { DeviceHalf, DeviceInfo, Id, Me, Outside, Page, Remembered, Scan, ScanAsked, SessionInfo, Site } from './types'

export interface Credentials {
  county_code: string
  sign_name: string
  password: string
  totp_code?: string
  shared?: boolean
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

export const fetchRemembered = () => get<Remembered>('auth/device')
export const rememberDevice = (pin: string) => post<undefined>('auth/device', { body: { pin } })
/** The server's half of the key under which this device keeps what is personal. */
export const releaseHalf = (pin: string) => post<DeviceHalf>('auth/device/half', { body: { pin } })
export const enterByPin = (pin: string) => post<{ me: Me }>('auth/pin', { body: { pin } }).then((answer) => answer.me)
export const listDevices = () => get<Page<DeviceInfo>>('auth/devices')
export const forgetDevice = (id: Id) => del<undefined>(`auth/devices/${id}`)
export const beginScan = () => post<Scan>('auth/scan')
export const lookAtScan = (id: Id) => get<ScanAsked>(`auth/scan/${id}`)
export const confirmScan = (id: Id) => post<undefined>(`auth/scan/${id}/confirm`)
/** Who has been let in, once the telephone's owner has said yes; null while nobody has. */
export const collectScan = (id: Id, secret: string) =>
  post<{ state: string; entered: { me: Me } | null }>(`auth/scan/${id}/collect`, { body: { secret } }).then((answer) => answer.entered?.me ?? null)
export const fetchOutside = () => get<Outside>('auth/oidc')
export const unlinkOutside = () => del<undefined>('auth/oidc')

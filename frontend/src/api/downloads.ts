import { get, post } from './http'
import type { components } from './schema'
import type { Id } from './types'

/** 下载记录: files that the person had made. */
export type Download = components['schemas']['DownloadOut']

export const listDownloads = () => get<{ items: Download[] }>('downloads')
export const makeAgain = (id: Id) => post<{ job_id: Id }>(`downloads/${id}/again`)

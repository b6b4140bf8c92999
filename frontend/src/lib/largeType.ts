import { keep, recall } from './storage'

/** 大字模式: everything a quarter larger, on this device. */
const KEPT = 'jiceng.large'
const FACTOR = 1.25

export function isLarge(): boolean {
  return recall<boolean>(KEPT) ?? false
}

export function setLarge(large: boolean): void {
  keep(KEPT, large)
  show(large)
}

export function restoreLarge(): void {
  show(isLarge())
}

function show(large: boolean): void {
  // Heights that are given in parts of the window divide by the factor (see tokens.css).
  document.documentElement.style.setProperty('--jc-zoom', large ? String(FACTOR) : '1')
  document.documentElement.style.setProperty('zoom', large ? String(FACTOR) : '')
}

/** The server's time. A phone's or an old PC's clock is never trusted; each answer's Date header corrects it. */
let offset = 0

export function noteServerDate(header: string | null): void {
  const server = header === null ? NaN : Date.parse(header)
  if (!Number.isNaN(server)) offset = server - Date.now()
}

export function now(): Date {
  return new Date(Date.now() + offset)
}

/** The size of a file for people: at least 1 KB, megabytes with one decimal. */
export function weight(bytes: number): string {
  return bytes < 1048576 ? `${String(Math.max(1, Math.round(bytes / 1024)))} KB` : `${(bytes / 1048576).toFixed(1)} MB`
}

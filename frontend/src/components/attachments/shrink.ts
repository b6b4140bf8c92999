/** The longest side that a photo of a sheet needs to stay legible. Pixels. */
const LONGEST = 2560
/** Photos that are smaller than this go as they are. Bytes. */
const SMALL = 600_000

/** A photo made smaller for a weak network; anything else, or what this browser can't read, as it is. */
export async function shrunk(file: File): Promise<{ content: Blob; name: string }> {
  const as_is = { content: file, name: file.name }
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < SMALL) return as_is
  let picture: ImageBitmap
  try {
    // Turned as the camera was held.
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return as_is
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(picture.width * scale)
  canvas.height = Math.round(picture.height * scale)
  const paper = canvas.getContext('2d')
  if (paper === null) return as_is
  paper.fillStyle = '#fff'
  paper.fillRect(0, 0, canvas.width, canvas.height)
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  const made = await new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, 'image/jpeg', 0.82) })
  if (made === null || made.size >= file.size) return as_is
  return { content: made, name: file.name.replace(/\.\w+$/, '') + '.jpg' }
}

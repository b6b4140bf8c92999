/** A tone made on the spot, so that there is no file to be missing. */
let context: AudioContext | null = null

/** Browsers sound nothing before somebody has touched the page; asked earlier, they leave the promise open. */
const PATIENCE = 300

function beep(on: AudioContext): void {
  const begin = on.currentTime
  for (const [at, pitch] of [[0, 880], [0.25, 660], [0.5, 880], [0.75, 660]] as const) {
    const tone = on.createOscillator()
    const level = on.createGain()
    tone.frequency.value = pitch
    level.gain.setValueAtTime(0.0001, begin + at)
    level.gain.exponentialRampToValueAtTime(0.3, begin + at + 0.02)
    level.gain.exponentialRampToValueAtTime(0.0001, begin + at + 0.22)
    tone.connect(level).connect(on.destination)
    tone.start(begin + at)
    tone.stop(begin + at + 0.24)
  }
}

/** Sounds the alarm; false where this browser does not allow it yet (or has no sound), and it has to be seen instead. */
export async function alarm(): Promise<boolean> {
  if (typeof AudioContext === 'undefined') return false
  try {
    context ??= new AudioContext()
    if (context.state !== 'running') await Promise.race([context.resume(), new Promise((after) => setTimeout(after, PATIENCE))])
    // It changes behind the compiler's back.
    if ((context.state as string) !== 'running') return false
    beep(context)
    return true
  } catch {
    // A machine without a sound card.
    return false
  }
}

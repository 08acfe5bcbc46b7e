import { SAMPLES_PER_SECOND } from './rtp.js';

/** A quarter of what 16 bits hold, as loud as a voice at the phone. */
export const LOUDNESS = 8_000;

export function tone(hertz: number, ms: number): Int16Array {
  const step = (2 * Math.PI * hertz) / SAMPLES_PER_SECOND;
  return Int16Array.from({ length: samplesIn(ms) }, (_, n) => LOUDNESS * Math.sin(step * n));
}

export function silence(ms: number): Int16Array {
  return new Int16Array(samplesIn(ms));
}

export function oneAfterAnother(...sounds: readonly Int16Array[]): Int16Array {
  return Int16Array.from(sounds.flatMap((sound) => [...sound]));
}

export function samplesIn(ms: number): number {
  return Math.round((ms * SAMPLES_PER_SECOND) / 1_000);
}

/** How loud this tone is in a sound (its amplitude): one term of the Fourier series, to be asked of a whole number of periods. */
export function loudnessOf(hertz: number, sound: Int16Array): number {
  const step = (2 * Math.PI * hertz) / SAMPLES_PER_SECOND;
  const sum = (wave: (phase: number) => number): number =>
    sound.reduce((total, sample, n) => total + sample * wave(step * n), 0);
  return (2 * Math.hypot(sum(Math.cos), sum(Math.sin))) / Math.max(1, sound.length);
}

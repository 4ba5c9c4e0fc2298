// SPDX-License-Identifier: LGPL-2.1-or-later
// tone.mjs: how loud single frequencies are in PCM, outside browsers.

// Long enough that tones 200 Hz apart are 60 bins apart.
export const TONE_SAMPLES = 16384;

// samples: Int16Array. Gives {hertz: dB}, 0 for a full-scale sine; null when there are too few.
export function toneLevels(samples, rateHz, frequencies) {
  if (samples.length < TONE_SAMPLES) return null;
  const tail = samples.subarray(samples.length - TONE_SAMPLES);
  return Object.fromEntries(frequencies.map((hertz) => [hertz, level(tail, rateHz, hertz)]));
}

// One bin of a Fourier transform under a Blackman window (its leakage is below -58 dB beside the tone
// and falls from there).
function level(samples, rateHz, hertz) {
  const turn = (2 * Math.PI) / samples.length;
  let real = 0;
  let imaginary = 0;
  let weight = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const window = 0.42 - 0.5 * Math.cos(turn * i) + 0.08 * Math.cos(2 * turn * i);
    const angle = (2 * Math.PI * hertz * i) / rateHz;
    real += samples[i] * window * Math.cos(angle);
    imaginary += samples[i] * window * Math.sin(angle);
    weight += window;
  }
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / weight / 32768 + 1e-9);
}

// A file of a sine: WAVE (RFC 2361's registry: PCM is 1), 48 kHz, one channel, 16 bits.
export function makeWave(hertz, seconds, volume) {
  const RATE_HZ = 48000;
  const samples = Int16Array.from({ length: seconds * RATE_HZ }, (_, i) => volume * 32767 * Math.sin((2 * Math.PI * hertz * i) / RATE_HZ));
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE_HZ, 24);
  head.writeUInt32LE(2 * RATE_HZ, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

// Keeps the newest samples.
export class ToneMeter {
  #samples = new Int16Array(TONE_SAMPLES);
  #filled = 0;
  #rateHz;

  constructor(rateHz = 48000) {
    this.#rateHz = rateHz;
  }

  push(samples) {
    const fresh = samples.subarray(Math.max(0, samples.length - TONE_SAMPLES));
    this.#samples.copyWithin(0, fresh.length);
    this.#samples.set(fresh, TONE_SAMPLES - fresh.length);
    this.#filled += fresh.length;
  }

  levels(frequencies) {
    return this.#filled < TONE_SAMPLES ? null : toneLevels(this.#samples, this.#rateHz, frequencies);
  }
}

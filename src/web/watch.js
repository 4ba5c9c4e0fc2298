// SPDX-License-Identifier: LGPL-2.1-or-later
// watch.js: notices that nothing comes in any more, seconds before ICE does. While there is anybody to be
// heard, sound or its comfort packets come each 400 ms at least; else only reports, each 1.5 s at most.

const PERIOD_MS = 300;
// Two comfort packets may be lost in a row without meaning anything.
export const SILENCE_MS = 1000;
const SILENCE_ALONE_MS = 2500;
// Nobody is heard when no sound came for so long.
const ALONE_MS = 3000;

// Whatever the browser counts: not all of them have all of these.
export function countBytes(report) {
  const sums = { transport: 0, 'candidate-pair': 0, 'inbound-rtp': 0 };
  for (const entry of report.values()) {
    if (entry.type in sums) sums[entry.type] += entry.bytesReceived ?? 0;
  }
  return sums.transport || sums['candidate-pair'] + sums['inbound-rtp'];
}

// Milliseconds there and back, of the pair in use; 0: not known.
function findRoundTrip(report) {
  const pairs = [...report.values()].filter(({ type, currentRoundTripTime }) => type === 'candidate-pair' && currentRoundTripTime);
  const pair = pairs.find(({ nominated }) => nominated) ?? pairs[0];
  return 1000 * (pair?.currentRoundTripTime ?? 0);
}

export function countSound(report) {
  const sounds = [...report.values()].filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
  return sounds.reduce((sum, { packetsReceived }) => sum + (packetsReceived ?? 0), 0);
}

// Whether it is too long that nothing came. Times in ms; soundAt: when there last was sound.
export function isSilent(now, heardAt, soundAt) {
  return now - heardAt >= (heardAt - soundAt < ALONE_MS ? SILENCE_MS : SILENCE_ALONE_MS);
}

export class Watch {
  // As last measured.
  roundTripMs = 0;
  #pc;
  #handlers;
  #timer = 0;
  #bytes = 0;
  #heardAt = 0;
  #sound = 0;
  #soundAt = -ALONE_MS;
  #silent = false;

  // handlers: onreport(report, now) with each look; onsilent(), again and again while it lasts; onheard() when it is over. Begins with the
  // first packet.
  constructor(pc, handlers) {
    this.#pc = pc;
    this.#handlers = handlers;
    this.#timer = setInterval(() => this.#look(), PERIOD_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  get silent() {
    return this.#silent;
  }

  async #look() {
    if (this.#pc.connectionState === 'closed') return;
    const report = await this.#pc.getStats();
    const bytes = countBytes(report);
    const now = performance.now();
    this.#handlers.onreport(report, now);
    this.roundTripMs = findRoundTrip(report) || this.roundTripMs;
    if (countSound(report) !== this.#sound) {
      this.#sound = countSound(report);
      this.#soundAt = now;
    }
    if (bytes !== this.#bytes) this.#hear(bytes, now);
    else if (bytes > 0 && isSilent(now, this.#heardAt, this.#soundAt)) this.#tellSilent();
  }

  #hear(bytes, now) {
    this.#bytes = bytes;
    this.#heardAt = now;
    if (!this.#silent) return;
    this.#silent = false;
    this.#handlers.onheard();
  }

  #tellSilent() {
    this.#silent = true;
    this.#handlers.onsilent();
  }
}

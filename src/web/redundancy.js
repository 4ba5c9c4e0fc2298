// SPDX-License-Identifier: LGPL-2.1-or-later
// redundancy.js: whether this side's voice goes with redundancy (RED, RFC 2198), by what the server reports
// as lost. Chromium follows the order of codecs in the answer, and the server's answer follows the offer's.

// One old packet in each mends nearly all of it; below, nobody hears what is lost.
const LOSS = 0.02;
const CALM_LOSS = 0.01;
// Three reports, of one and a half seconds each at most.
const LOSSY_MS = 4000;
const CALM_MS = 20000;

// Share of this side's sound that is lost, by the server's last report; null: none yet.
export function findLoss(report) {
  const heard = [...report.values()].find(({ type, kind }) => type === 'remote-inbound-rtp' && kind === 'audio');
  return heard?.fractionLost ?? null;
}

// Codecs as setCodecPreferences() wants them; null where the browser has no RED.
export function orderCodecs(codecs, redundant) {
  const isRed = ({ mimeType }) => mimeType.toLowerCase() === 'audio/red';
  const red = codecs.filter(isRed);
  if (red.length === 0) return null;
  const others = codecs.filter((codec) => !isRed(codec));
  return redundant ? [...red, ...others] : [...others.slice(0, 1), ...red, ...others.slice(1)];
}

export class Redundancy {
  wanted = false;
  #since = null;

  // now in ms. True when `wanted` changed.
  take(loss, now) {
    const opposed = loss !== null && (this.wanted ? loss < CALM_LOSS : loss >= LOSS);
    if (!opposed) {
      this.#since = null;
      return false;
    }
    this.#since ??= now;
    if (now - this.#since < (this.wanted ? CALM_MS : LOSSY_MS)) return false;
    this.wanted = !this.wanted;
    this.#since = null;
    return true;
  }
}

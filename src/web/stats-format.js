// SPDX-License-Identifier: LGPL-2.1-or-later
// stats-format.js: figures as people read them; a dash where one isn't known.

// Growth of a count a second between two readings; undefined: not known.
export function rateOf(now, before, key, seconds) {
  if (!before || seconds <= 0 || now[key] === undefined) return undefined;
  return Math.max(0, (now[key] - (before[key] ?? 0)) / seconds);
}

// Share of what was sent in the last period that did not come.
export function lossOf(now, before, lostKey, cameKey) {
  if (!before) return '–';
  const lost = Math.max(0, (now[lostKey] ?? 0) - (before[lostKey] ?? 0));
  const came = (now[cameKey] ?? 0) - (before[cameKey] ?? 0);
  return lost + came > 0 ? percent((100 * lost) / (lost + came)) : '–';
}

export function kbps(bytesPerSecond) {
  return bytesPerSecond === undefined ? '–' : `${Math.round((bytesPerSecond * 8) / 1000)} kbit/s`;
}

export function percent(value) {
  return value === undefined ? '–' : `${value.toFixed(1)} %`;
}

export function milliseconds(seconds) {
  return seconds === undefined ? '–' : `${Math.round(seconds * 1000)} ms`;
}

// stream: {frameWidth, frameHeight, framesPerSecond?}
export function size(stream) {
  const fps = stream.framesPerSecond === undefined ? '' : ` at ${Math.round(stream.framesPerSecond)}/s`;
  return stream.frameWidth ? `${stream.frameWidth}×${stream.frameHeight}${fps}` : '–';
}

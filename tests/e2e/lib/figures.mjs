// SPDX-License-Identifier: LGPL-2.1-or-later
// figures.mjs: what a page received over a while, as its user would notice it.

import { median } from './wait.mjs';

// A window of a tone is intact if its level is that near to the tone's usual one.
const INTACT_DB = 6;
// Tones are sent at -10 dB and may be mixed at less; below this nothing is heard.
const HEARD_DB = -45;

// In the page: the whole report, and the decoder's own counts.
export async function readStats() {
  const report = [...(await window.tutti.call.pc.getStats()).values()];
  const find = (type, kind) => ({ ...report.find((entry) => entry.type === type && entry.kind === kind) });
  const transport = report.find((entry) => entry.type === 'transport');
  const pair = report.find((entry) => entry.id === transport?.selectedCandidatePairId);
  return { at: Date.now(), audio: find('inbound-rtp', 'audio'), video: find('inbound-rtp', 'video'),
    sentVideo: find('outbound-rtp', 'video'), sentAudio: find('outbound-rtp', 'audio'),
    roundTripMs: 1000 * (pair?.currentRoundTripTime ?? 0), protocol: report.find((entry) => entry.id === pair?.localCandidateId)?.protocol };
}

// Share of windows of a tone that are intact. total: how many there were. Compared with its usual
// level: what is loud now is what it is most of the time.
export function intactShare(levels) {
  if (!levels.length) return 0;
  const usual = median(levels);
  if (usual < HEARD_DB) return 0;
  return levels.filter((level) => Math.abs(level - usual) <= INTACT_DB).length / levels.length;
}

// before, after: readStats(); heard: takeHearing() of the same while.
export function summarise(before, after, heard) {
  const seconds = (after.video.timestamp - before.video.timestamp) / 1000;
  const of = (kind, key) => (after[kind][key] ?? 0) - (before[kind][key] ?? 0);
  const samples = of('audio', 'totalSamplesReceived');
  const tones = Object.fromEntries(Object.entries(heard.levels).map(([hertz, levels]) => [hertz, intactShare(levels)]));
  return {
    seconds,
    fps: of('video', 'framesDecoded') / seconds,
    freezes: of('video', 'freezeCount'),
    frozen: of('video', 'totalFreezesDuration') / seconds,
    concealed: samples > 0 ? (of('audio', 'concealedSamples') - of('audio', 'silentConcealedSamples')) / samples : 1,
    silent: samples > 0 ? of('audio', 'silentConcealedSamples') / samples : 1,
    accelerated: samples > 0 ? of('audio', 'removedSamplesForAcceleration') / samples : 0,
    audioBufferMs: (1000 * of('audio', 'jitterBufferDelay')) / Math.max(1, of('audio', 'jitterBufferEmittedCount')),
    videoKbits: (8 * of('video', 'bytesReceived')) / 1000 / seconds,
    audioKbits: (8 * of('audio', 'bytesReceived')) / 1000 / seconds,
    sentVideoKbits: (8 * of('sentVideo', 'bytesSent')) / 1000 / seconds,
    sentFps: of('sentVideo', 'framesEncoded') / seconds,
    size: `${after.video.frameWidth}x${after.video.frameHeight}`,
    plis: of('video', 'pliCount'),
    nacks: of('video', 'nackCount'),
    keyFrames: of('video', 'keyFramesDecoded'),
    lostAudio: of('audio', 'packetsLost'),
    lostVideo: of('video', 'packetsLost'),
    roundTripMs: after.roundTripMs,
    windows: heard.times.length,
    tones,
  };
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// stats.js: the figures of the call, from RTCPeerConnection.getStats() and from the server, once a second
// while shown.

import { on } from './bus.js';
import { $, el } from './dom.js';
import { kbps, lossOf, milliseconds, percent, rateOf, size } from './stats-format.js';
import { summariseServer } from './stats-server.js';

const PERIOD_MS = 1000;
// The server answers twice a second at most; a panel may be opened and closed faster.
const SERVER_PERIOD_MS = 900;

function jitterBuffer(now, before) {
  const emitted = (now.jitterBufferEmittedCount ?? 0) - (before?.jitterBufferEmittedCount ?? 0);
  const delay = (now.jitterBufferDelay ?? 0) - (before?.jitterBufferDelay ?? 0);
  return emitted > 0 ? `${Math.round((1000 * delay) / emitted)} ms` : '–';
}

function codecName(report, stream) {
  return report.get(stream.codecId)?.mimeType?.split('/')[1] ?? '–';
}

function inbound(report, now, before, seconds) {
  const rows = [['Bit rate', kbps(rateOf(now, before, 'bytesReceived', seconds))], ['Loss', lossOf(now, before, 'packetsLost', 'packetsReceived')],
    ['Jitter buffer', jitterBuffer(now, before)], ['Codec', codecName(report, now)]];
  if (now.kind === 'video') {
    rows.unshift(['Resolution', size(now)]);
    rows.push(['Freezes', String(now.freezeCount ?? 0)]);
  } else {
    const heard = now.totalSamplesReceived ?? 0;
    const concealed = heard ? (100 * (now.concealedSamples ?? 0)) / heard : 0;
    rows.push(['Concealed', percent(concealed)]);
  }
  return { title: now.kind === 'video' ? 'Picture received' : 'Sound received', rows };
}

function outbound(report, now, before, seconds) {
  const remote = report.get(now.remoteId);
  const rows = [['Bit rate', kbps(rateOf(now, before, 'bytesSent', seconds))],
    ['Loss', remote?.fractionLost === undefined ? '–' : `${(100 * remote.fractionLost).toFixed(1)} %`],
    ['Codec', codecName(report, now)]];
  if (now.kind === 'video') {
    rows.unshift(['Resolution', now.active === false ? 'not needed' : size(now)]);
    rows.push(['Limited by', now.qualityLimitationReason ?? '–']);
  }
  return { title: now.kind === 'video' ? 'Picture sent' : 'Sound sent', rows };
}

function connection(report) {
  const transport = [...report.values()].find((entry) => entry.type === 'transport');
  const pairs = [...report.values()].filter((entry) => entry.type === 'candidate-pair');
  const pair = report.get(transport?.selectedCandidatePairId) ?? pairs.find((entry) => entry.nominated && entry.state === 'succeeded');
  const local = report.get(pair?.localCandidateId);
  const available = pair?.availableOutgoingBitrate;
  return { title: 'Connection', rows: [
    ['Round trip', milliseconds(pair?.currentRoundTripTime)],
    ['Path', local ? `${local.candidateType}, ${local.protocol}` : '–'],
    ['Room to send', available === undefined ? '–' : kbps(available / 8)],
    ['Encryption', transport?.srtpCipher ?? '–']] };
}

// report, before: RTCStatsReport of now and of the last time (null at first). Gives the sections to
// show: [{title, rows: [[name, value]]}].
export function summarise(report, before) {
  const sections = [connection(report)];
  for (const entry of report.values()) {
    const last = before?.get(entry.id);
    const seconds = last ? (entry.timestamp - last.timestamp) / 1000 : 0;
    if (entry.type === 'inbound-rtp') sections.push(inbound(report, entry, last, seconds));
    else if (entry.type === 'outbound-rtp') sections.push(outbound(report, entry, last, seconds));
  }
  return sections;
}

export class Stats {
  #session;
  #timer = 0;
  #before = null;
  #server = { now: null, before: null };
  #askedAt = -Infinity;

  constructor(session) {
    this.#session = session;
    on('server-stats', (message) => { this.#server = { now: message, before: this.#server.now }; });
    on('panel', (name) => this.#watch(name === 'stats'));
  }

  #watch(shown) {
    clearInterval(this.#timer);
    this.#before = null;
    this.#server = { now: null, before: null };
    if (!shown) return;
    this.#timer = setInterval(() => this.#update(), PERIOD_MS);
    this.#update();
  }

  async #update() {
    const pc = this.#session.call?.pc;
    if (!pc || pc.connectionState === 'closed') return;
    this.#askServer();
    const report = await pc.getStats();
    const sections = [...summarise(report, this.#before), ...summariseServer(this.#server.now, this.#server.before)];
    $('#stats-body').replaceChildren(...sections.map((section) => this.#table(section)));
    this.#before = report;
  }

  #askServer() {
    const now = performance.now();
    if (now - this.#askedAt < SERVER_PERIOD_MS) return;
    this.#askedAt = now;
    this.#session.askStats();
  }

  #table({ title, rows }) {
    return el('table', {}, el('caption', {}, title), el('tbody', {}, ...rows.map(([name, value]) =>
      el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value)))));
  }
}

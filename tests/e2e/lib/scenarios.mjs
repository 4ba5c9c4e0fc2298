// SPDX-License-Identifier: LGPL-2.1-or-later
// scenarios.mjs: what a bad network does to a call, one function a scenario: each changes the network
// of a BadCall, and gives checks: [{what, required, least|most, value}]. seconds: how long is measured.
// Limits are those of real networks' users; who runs scenarios on a busy machine adds slack.

import { startLips, takeLips } from './lips.js';
import { nameOf } from './colours.mjs';
import { readStats } from './figures.mjs';
import { takeHearing } from './hearing.js';
import { sampleTiles } from './probe.js';
import { median, sleep, until } from './wait.mjs';

const CLEAN = 'both loss=0 burst=0 delay=0 jitter=0 reorder=0 dup=0 rate=0 queue=1000';
// Between two states: jitter buffers and estimates settle.
const SETTLE_MS = 3000;
const WATCH_MS = 500;

const percent = (share) => 100 * share;
const least = (what, limit, value, unit = '') => ({ what, least: limit, value, unit });
const most = (what, limit, value, unit = '') => ({ what, most: limit, value, unit });

function worst(figures, pick) {
  return Math.min(...figures.map(pick));
}

// The near one's tone as the clean ones hear it, and theirs as it hears them.
function tonesUp(call, measured) {
  return percent(worst(measured.clean, ({ tones }) => tones[call.near.hertz]));
}

function tonesDown(call, measured) {
  return percent(worst(call.clean, ({ hertz }) => measured.near.tones[hertz]));
}

function undisturbed(measured, before) {
  const drop = Math.max(...measured.clean.map(({ fps }, index) => before.clean[index].fps - fps));
  return [most('others: pictures a second less', 1, drop), most('others: freezes', 0, Math.max(...measured.clean.map(({ freezes }) => freezes)))];
}

async function settle(call, ...commands) {
  await call.network.set(CLEAN, ...commands);
  await sleep(SETTLE_MS);
}

// With nothing wrong with the network, is all well? If not, the machine is too busy to measure.
export async function calm(call) {
  await settle(call);
  const { near, clean } = await call.measure(SETTLE_MS);
  return [near, ...clean].every(({ name, fps, freezes, tones }) => fps >= 26 && freezes === 0
    && call.everyone.every((other) => other.name === name || tones[other.hertz] >= 0.97));
}

// Colours of the near one's tile, as a clean one sees it, all along.
async function watchTile(call, ms, during) {
  const page = call.clean[0].page;
  const seen = [];
  let watching = true;
  const watcher = (async () => {
    while (watching) {
      const tile = (await page.evaluate(sampleTiles)).find(({ participant }) => participant === call.near.id);
      seen.push(tile ? nameOf(tile.colour) : 'none');
      await sleep(WATCH_MS);
    }
  })();
  const measured = await call.measure(ms, during);
  watching = false;
  await watcher;
  return { measured, alive: seen.filter((name) => name === call.near.colour).length / seen.length };
}

export async function loss5(call, seconds = 60) {
  await settle(call, 'both loss=5 delay=50 jitter=20');
  const measured = await call.measure(seconds * 1000);
  const { near } = measured;
  return { measured, checks: [least('pictures a second', 27, near.fps), most('frozen', 1, percent(near.frozen), '%'),
    most('sound concealed', 1.5, percent(near.concealed), '%'), least('its tone with the others, intact', 98, tonesUp(call, measured), '%'),
    least('their tones with it, intact', 98, tonesDown(call, measured), '%')] };
}

export async function loss20(call, seconds = 60) {
  await settle(call);
  const before = await call.measure(Math.min(15, seconds) * 1000);
  await settle(call, 'both loss=20 delay=25');
  const { measured, alive } = await watchTile(call, seconds * 1000);
  return { measured, checks: [least('its tone with the others, intact', 92, tonesUp(call, measured), '%'),
    least('their tones with it, intact', 92, tonesDown(call, measured), '%'), least('pictures a second', 15, measured.near.fps),
    least('its tile alive', 100, percent(alive), '%'), ...undisturbed(measured, before)] };
}

// Delays spread evenly over 120 ms: the 95 % quantile of the jitter is 114 ms.
export async function jitter60(call, seconds = 60) {
  const QUANTILE_MS = 114;
  await settle(call, 'both delay=60 jitter=60 reorder=1');
  // Adaptive buffers have seen the distribution.
  await sleep(2 * SETTLE_MS);
  const before = (await call.serverStats(call.near.id)).uplink.audio;
  const first = await call.near.page.evaluate(readStats);
  const measured = await call.measure(seconds * 1000);
  const { near } = measured;
  // What was still on its way is no loss.
  const server = (await call.serverStats(call.near.id)).uplink.audio;
  await settle(call);
  const last = await call.near.page.evaluate(readStats);
  server.packets_lost = (await call.serverStats(call.near.id)).uplink.audio.packets_lost;
  return { measured, checks: [most('sound counted lost', 0, last.audio.packetsLost - first.audio.packetsLost), most('counted lost by the server', 0, server.packets_lost - before.packets_lost),
    most('sound concealed', 1, percent(near.concealed), '%'), least('its tone with the others, intact', 99, tonesUp(call, measured), '%'),
    most("browser's jitter buffer", 1.5 * QUANTILE_MS, near.audioBufferMs, 'ms'),
    most("server's jitter buffer", 1.5 * QUANTILE_MS, server.delay_us / 1000, 'ms')] };
}

// The first moment from which on the queue stays below the limit for a second; ms since `start`.
function timeToCalm(link, start, limitMs) {
  const CALM_MS = 1000;
  let since = null;
  for (const { at, down } of link.filter((sample) => sample.at >= start)) {
    if (down.queue_max_ms > limitMs) since = null;
    else since ??= at;
    if (since !== null && at - since >= CALM_MS) return since - start;
  }
  return NaN;
}

// Each second: what the near one's picture is.
async function series(call, ms) {
  const rows = [];
  const end = Date.now() + ms;
  let last = await call.near.page.evaluate(readStats);
  while (Date.now() < end) {
    await sleep(1000);
    const now = await call.near.page.evaluate(readStats);
    const passed = (now.video.timestamp - last.video.timestamp) / 1000;
    rows.push({ at: now.at, width: now.video.frameWidth, fps: (now.video.framesDecoded - last.video.framesDecoded) / passed,
      kbits: (8 * (now.video.bytesReceived - last.video.bytesReceived)) / 1000 / passed });
    last = now;
  }
  return rows;
}

// Half a second of queue, as home routers have. Needs cameras that fill more than 400 kbit/s (detail).
export async function step400(call, seconds = 30) {
  const LIFTED_MS = 15000;
  const QUEUE_MS = 100;
  await settle(call, 'both delay=20');
  const before = await call.measure(10000);
  const limitedAt = Date.now();
  let rows = [];
  const limited = await call.measure(seconds * 1000, async () => {
    await call.network.set('down rate=400 queue=500');
    rows = await series(call, seconds * 1000 - 1500);
  });
  await call.network.set('down rate=0');
  const liftedAt = Date.now();
  let back = [];
  const lifted = await call.measure(LIFTED_MS + 2000, async () => {
    back = await series(call, LIFTED_MS);
  });
  const full = before.near.size.split('x')[0];
  // Two seconds of it in a row: a burst after a stall is no full quality.
  const isFull = ({ width, fps }) => width === Number(full) && fps >= 27;
  const restored = back.find((row, index) => isFull(row) && (index + 1 === back.length || isFull(back[index + 1])));
  const settled = rows.slice(5);
  const lower = settled.filter(({ width, fps, kbits }) => width < full || fps < 20 || kbits < 320).length / Math.max(1, settled.length);
  return { measured: { before, limited, lifted, rows, back }, checks: [
    least('kbit/s of picture before', 400, before.near.videoKbits),
    most('queue under 100 ms after', 3, timeToCalm(limited.link, limitedAt, QUEUE_MS) / 1000, 's'),
    most('sound concealed', 2, percent(limited.near.concealed), '%'), least('their tones with it, intact', 98, tonesDown(call, limited), '%'),
    least('lower rendition or layer', 80, percent(lower), '% of seconds'),
    most('full quality after', 15, restored ? (restored.at - liftedAt) / 1000 : NaN, 's'),
    ...undisturbed(limited, before), least("others' sizes as before", 1, limited.clean.every(({ size }, index) => size === before.clean[index].size) ? 1 : 0)] };
}

export async function uplink150(call, seconds = 40) {
  await settle(call, 'both delay=20', 'up rate=150 queue=1000');
  await sleep(SETTLE_MS);
  const { measured, alive } = await watchTile(call, seconds * 1000);
  const queue = median(measured.link.map(({ up }) => up.queue_max_ms));
  return { measured, checks: [least('its tile alive', 100, percent(alive), '%'), least('its tone with the others, intact', 98, tonesUp(call, measured), '%'),
    least('pictures it sends a second', 5, measured.near.sentFps), most('kbit/s of picture sent', 150, measured.near.sentVideoKbits),
    most('queue, median', 300, queue, 'ms')] };
}

// Milliseconds from the old address's end to the first sound and picture at both ends.
export async function newAddress(call) {
  await settle(call, 'both delay=20');
  const before = await call.near.page.evaluate(readStats);
  const changedAt = Date.now();
  call.network.changeAddress();
  // What was on its way is over.
  await sleep(300);
  const decoded = async () => (await call.near.page.evaluate(readStats)).video.framesDecoded;
  const stale = await decoded();
  await until('pictures come again', async () => (await decoded()) > stale + 3, { ms: 30000, everyMs: 50 });
  const seenAt = Date.now();
  const hears = async () => {
    const { levels } = await call.clean[0].page.evaluate(takeHearing, [Date.now() - 200, Date.now()]);
    return levels[call.near.hertz].length > 5 && levels[call.near.hertz].every((level) => level > -40);
  };
  await until('it is heard again', hears, { ms: 30000, everyMs: 50 });
  const heardAt = Date.now();
  await sleep(SETTLE_MS);
  const state = await call.clean[0].page.evaluate(() => ({ people: [...window.tutti.state.people.keys()], tiles: window.tutti.state.layout.tiles.map(({ participant }) => participant) }));
  const id = await call.near.page.evaluate(() => window.tutti.state.self.id);
  const after = await call.near.page.evaluate(readStats);
  return { measured: { before, after, state, id }, checks: [most('picture back after', 3, (seenAt - changedAt) / 1000, 's'), most('voice back after', 3, (heardAt - changedAt) / 1000, 's'),
    least('same participant', 1, id === call.near.id ? 1 : 0), most('people', 3, state.people.length), most('tiles', 3, state.tiles.length)] };
}

// A call whose near one flashes and clicks. Positive: the picture comes after the sound.
async function lipsOffset(call, seconds) {
  const tile = (await call.clean[0].page.evaluate(sampleTiles)).find(({ participant }) => participant === call.near.id);
  await call.near.page.evaluate(startLips);
  await call.clean[0].page.evaluate(startLips, { x: tile.x, y: tile.y });
  await sleep(seconds * 1000);
  const [sent, shown] = [await call.near.page.evaluate(takeLips), await call.clean[0].page.evaluate(takeLips)];
  const PAIR_MS = 700;
  const gaps = ({ flashes, clicks }) => flashes.map((at) => {
    const click = clicks.find((other) => Math.abs(other - at) < PAIR_MS);
    return click === undefined ? null : at - click;
  }).filter((gap) => gap !== null);
  const [own, others] = [gaps(sent), gaps(shown)];
  return { offset: median(others) - median(own), own: own.map(Math.round), others: others.map(Math.round) };
}

export async function lips(call, seconds = 40) {
  await settle(call);
  const clean = await lipsOffset(call, seconds);
  await settle(call, 'both loss=5 delay=50 jitter=20');
  const lossy = await lipsOffset(call, seconds);
  return { measured: { clean, lossy }, checks: [most('picture after sound, clean', 40, Math.abs(clean.offset), 'ms'),
    most('picture after sound, 5 % loss', 40, Math.abs(lossy.offset), 'ms')] };
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// crowd.mjs: a large room: who only listens there gets two rounds of sound in a packet, hears all of it, and
// is like everybody else from the moment that the microphone is on.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

import { enterRoom, launchChromium, ownId, waitForMedia } from '../lib/browser.mjs';
import { COLOURS, css } from '../lib/colours.mjs';
import { readStats, summarise } from '../lib/figures.mjs';
import { startHearing, takeHearing } from '../lib/hearing.js';
import { Machine } from '../lib/machine.mjs';
import { Server } from '../lib/server.mjs';
import { note, test } from '../lib/tap.mjs';
import { sleep, until, within } from '../lib/wait.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const TUTTID = process.env.TUTTID ?? path.resolve(HERE, '../../../build/src/tuttid');
const LOAD = path.resolve(path.dirname(TUTTID), '../tests/tutti-load');
const ROOM = 'crowd';
const LISTENERS = 60;
const TONES = [523, 743];
const SMALL = { viewport: { width: 640, height: 440 } };
const CANVAS = { 'room.canvas': '640x360', 'room.frame-rate': '15', 'room.personal-views': '0' };
const MEASURE_MS = 4000;
const READY_MS = 30000;

// Sixty who send nothing, besides somebody who is silent.
async function bringCrowd(server) {
  const words = ['--url', `${server.url.replace('http', 'ws')}/ws`, '--room', ROOM, '--people', '1', '--talk', 'none', '--dtx',
    '--no-canvas', '--no-probe', '--whole', '1', '--listeners', String(LISTENERS)];
  const child = spawn(LOAD, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout });
  const ready = new Promise((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (status) => reject(new Error(`tutti-load ended with ${status}`)));
    child.once('error', reject);
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  const leave = async () => {
    child.stdin.end();
    await within('the crowd leaves', exit, READY_MS);
  };
  process.once('exit', () => child.kill('SIGKILL'));
  await within('the crowd is in', ready, READY_MS);
  return leave;
}

async function measure(page, during = async () => {}) {
  const before = await page.evaluate(readStats);
  await Promise.all([sleep(MEASURE_MS), during()]);
  const after = await page.evaluate(readStats);
  const packets = after.audio.packetsReceived - before.audio.packetsReceived;
  const seconds = (after.audio.timestamp - before.audio.timestamp) / 1000;
  const heard = await page.evaluate(takeHearing, [before.at, after.at]);
  return { ...summarise(before, after, heard), packets: packets / seconds };
}

function tell(who, { packets, tones, concealed, lostAudio }) {
  note(`${who}: ${packets.toFixed(1)} packets of sound a second, ${(100 * concealed).toFixed(1)} % made up, ${lostAudio} lost, tones intact ${JSON.stringify(tones)}`);
}

// Whether the other page sees it.
async function switchMicrophone(page, other, muted) {
  const id = await ownId(page);
  await page.keyboard.press('m');
  await until(`muted: ${muted}`, async () => await other.evaluate((key) => window.tutti.state.people.get(key)?.audio_muted, id) === muted);
}

function checkWhole(machine, { tones, concealed }, hertz) {
  machine.judge(tones[hertz] >= 0.97, `hears ${hertz} Hz in ${tones[hertz]} of all windows`);
  machine.judge(concealed <= 0.02, `${concealed} of the sound is made up`);
}

async function checkListener(page) {
  const machine = new Machine();
  const figures = await measure(page);
  tell('muted', figures);
  assert.ok(figures.packets > 22 && figures.packets < 29, `${figures.packets} packets a second`);
  checkWhole(machine, figures, TONES[0]);
}

async function checkChange(page, other) {
  const machine = new Machine();
  const figures = await measure(page, async () => {
    for (const muted of [false, true, false]) {
      await sleep(MEASURE_MS / 5);
      await switchMicrophone(page, other, muted);
    }
  });
  tell('on, off and on again', figures);
  assert.equal(figures.lostAudio, 0);
  checkWhole(machine, figures, TONES[0]);
}

async function checkTalker(talker, other) {
  await until('is heard', async () => {
    const { levels } = await other.evaluate(takeHearing, [Date.now() - 1000, Date.now()]);
    return levels[TONES[1]].slice(-10).every((level) => level > -40);
  });
  const machine = new Machine();
  const figures = await measure(talker);
  tell('with the microphone on', figures);
  assert.ok(figures.packets > 42, `${figures.packets} packets a second`);
  checkWhole(machine, figures, TONES[0]);
}

async function testAll(browser, server) {
  const [ada, grace] = [await enterRoom(browser, server.url, ROOM, 'Ada', { ...SMALL, synthetic: { hertz: TONES[0], colour: css(COLOURS.red), frameRate: 15 } }),
    await enterRoom(browser, server.url, ROOM, 'Grace', { ...SMALL, synthetic: { hertz: TONES[1], colour: css(COLOURS.green), frameRate: 15 } })];
  for (const page of [ada, grace]) {
    await waitForMedia(page);
    await page.evaluate(startHearing, TONES);
  }
  await switchMicrophone(grace, ada, true);
  const leave = await bringCrowd(server);
  await sleep(MEASURE_MS / 4);
  await test('who is muted in a crowd gets half as many packets, and all of the sound', () => checkListener(grace));
  await test('a microphone switched on and off costs no sound', () => checkChange(grace, ada));
  await test('with the microphone on: each round at once, and heard', () => checkTalker(grace, ada));
  await leave();
}

export async function run() {
  const server = await Server.start({ 'auth.mode': 'open', 'auth.join-rate': '0', 'http.tls': 'off', ...CANVAS });
  const browser = await launchChromium();
  try {
    await testAll(browser, server);
  } finally {
    await browser.close();
    await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
  }
}

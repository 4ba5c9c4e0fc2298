// SPDX-License-Identifier: LGPL-2.1-or-later
// first-media.mjs: how long after the answer the first picture and the first sound are there.

import assert from 'node:assert/strict';

import { enterRoom, launchChromium, openRoom, pressJoin } from '../lib/browser.mjs';
import { Machine } from '../lib/machine.mjs';
import { firstMedia } from '../lib/probe.js';
import { Server } from '../lib/server.mjs';
import { note, test } from '../lib/tap.mjs';
import { median } from '../lib/wait.mjs';

const VIDEO_MS_MAX = 700;
const AUDIO_MS_MAX = 500;
// One join may meet a hiccup of the machine: the median counts.
const JOINS = 5;

async function joinOnce(browser, url, number) {
  const page = await openRoom(browser, url, 'first', { synthetic: { hertz: 743, colour: '#00a000' } });
  const [times] = await Promise.all([page.evaluate(firstMedia), pressJoin(page, `Visitor ${number}`)]);
  note(`join ${number}: first picture ${times.video.toFixed(0)} ms, first sound ${times.audio.toFixed(0)} ms after the answer`);
  await page.close();
  return times;
}

export async function run() {
  const server = await Server.start();
  const browser = await launchChromium();
  try {
    await test('first picture and sound come soon after the answer', async () => {
      await enterRoom(browser, server.url, 'first', 'Host');
      const machine = new Machine();
      const times = [];
      for (let number = 1; number <= JOINS; number += 1) times.push(await joinOnce(browser, server.url, number));
      const video = median(times.map((time) => time.video));
      const audio = median(times.map((time) => time.audio));
      note(`median: first picture ${video.toFixed(0)} ms (at most ${VIDEO_MS_MAX}), first sound ${audio.toFixed(0)} ms (at most ${AUDIO_MS_MAX})`);
      note(`others took ${machine}`);
      assert.ok(video > 0 && audio > 0, 'both come');
      machine.judge(video <= VIDEO_MS_MAX, 'first picture');
      machine.judge(audio <= AUDIO_MS_MAX, 'first sound');
    });
  } finally {
    await browser.close();
    await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// network.mjs: a call over bad networks, in short: loss, a link that becomes thin and wide again, a new
// address. bench-network has all scenarios at full length, with users' limits; here there are margins, and where it
// can be the clean participants are the measure.

import assert from 'node:assert/strict';

import { BadCall } from '../lib/bad-call.mjs';
import { Machine } from '../lib/machine.mjs';
import { whyNoNetwork } from '../lib/netns.mjs';
import { calm, loss5, newAddress, step400 } from '../lib/scenarios.mjs';
import { note, Skip, test } from '../lib/tap.mjs';

const LOSS_SECONDS = 30;
const STEP_SECONDS = 20;
// Noise at the pictures' sides: the canvas then takes more than 400 kbit/s.
const DETAIL = { detail: 0.1 };
// Where no figure is judged.
const BUSY_SECONDS = 5;
// Estimates begin low and look for the link's width: now and then one is without the highest layer for some seconds.
const COME_UP_MS = 3000;
const COME_UP_MOMENTS = 8;
const FULL_FPS = 26;

function tell({ checks }) {
  for (const { what, least, most, value, unit } of checks) {
    note(`${what}: ${value?.toFixed?.(1)} ${unit} (${least === undefined ? `at most ${most}` : `at least ${least}`})`);
  }
}

// judgeAll(measured, judge); judge(isRight, what): a figure counts if the machine was quiet. It must have room to spare for a
// call that stutters before its network was made worse to be our fault; else the scenario is too short for figures.
async function judgeCalm(call, scenario, seconds, judgeAll) {
  const before = new Machine();
  const isCalm = await calm(call);
  before.stop();
  const machine = new Machine();
  const result = await scenario(call, isCalm ? seconds : BUSY_SECONDS);
  tell(result);
  note(`others took ${before}, then ${machine}; ${isCalm ? 'all was well' : 'stuttered'} before`);
  if (before.hasRoom) before.judge(isCalm, 'the call stuttered before its network was made worse');
  judgeAll(result.measured, (isRight, what) => {
    if (isCalm) machine.judge(isRight, what);
    else if (!isRight) note(`not judged: ${what}`);
  });
}

async function testComesUp(call) {
  const machine = new Machine();
  const rates = [];
  const isUp = () => rates.length >= 2 && rates.slice(-2).every((rate) => rate >= FULL_FPS);
  while (!isUp() && rates.length < COME_UP_MOMENTS) {
    const { near, clean } = await call.measure(COME_UP_MS);
    rates.push(Math.min(...[near, ...clean].map(({ fps }) => fps)));
  }
  note(`least pictures a second, by moments: ${rates.map((rate) => rate.toFixed(1)).join(', ')}; others took ${machine}`);
  machine.judge(isUp(), `${rates.at(-1)} pictures a second on a good network`);
}

function testLoss(call) {
  return judgeCalm(call, loss5, LOSS_SECONDS, ({ near, clean }, judge) => {
    judge(near.fps >= 15, `${near.fps} pictures a second`);
    judge(near.concealed <= 0.04, `${near.concealed} of its sound concealed`);
    for (const { hertz } of call.clean) judge(near.tones[hertz] >= 0.95, `hears ${hertz} Hz in ${near.tones[hertz]}`);
    for (const { tones } of clean) judge(tones[call.near.hertz] >= 0.95, `is heard in ${tones[call.near.hertz]}`);
    assert.ok(near.fps > 0, 'the picture goes on');
  });
}

function testThinLink(call) {
  return judgeCalm(call, step400, STEP_SECONDS, ({ before, limited, back }, judge) => {
    // By then it has adapted: of its last seconds only few find more than a moment's queue.
    const queues = limited.link.slice(-limited.link.length / 2).map(({ down }) => down.queue_max_ms);
    judge(queues.filter((ms) => ms > 300).length <= queues.length / 4, `queues of ${queues} ms`);
    judge(limited.near.concealed <= 0.15, `${limited.near.concealed} of its sound concealed`);
    judge(limited.near.fps > 3, `${limited.near.fps} pictures a second`);
    const best = Math.max(...back.map(({ kbits }) => kbits));
    judge(best > 450, `never more than ${best} kbit/s of picture once the link is wide again`);
    for (const { freezes, size } of limited.clean) judge(freezes <= 1 && size === before.clean[0].size, `others: ${freezes} freezes, ${size}`);
  });
}

async function testAddress(call) {
  const machine = new Machine();
  const { checks } = await newAddress(call);
  tell({ checks });
  const value = Object.fromEntries(checks.map((check) => [check.what, check.value]));
  note(`others took ${machine}`);
  machine.judge(value['picture back after'] <= 8 && value['voice back after'] <= 8, 'back within 8 s');
  assert.equal(value['same participant'], 1);
  assert.ok(value.people === 3 && value.tiles === 3, 'nobody twice');
}

async function testAll(call) {
  await test('a good network: everybody comes to the full rate within 24 s', () => testComesUp(call));
  await test('5 % loss and jitter: sound and picture go on', () => testLoss(call));
  await test('a downlink of 400 kbit/s, for a while: adapts, alone', () => testThinLink(call));
  await test('a new address: media come back to the same participant', () => testAddress(call));
  await test('tuttid ends with status 0', async () => assert.equal(await call.server.stop(), 0));
}

export async function run() {
  const reason = whyNoNetwork();
  if (reason) {
    await test('a call over bad networks', () => {
      throw new Skip(reason);
    });
    return;
  }
  const call = await BadCall.start({ near: DETAIL, others: DETAIL });
  try {
    await testAll(call);
  } finally {
    await call.stop();
  }
}

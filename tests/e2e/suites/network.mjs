// SPDX-License-Identifier: LGPL-2.1-or-later
// network.mjs: a call over bad networks, in short: loss, a link that becomes thin and wide again, a new
// address. bench-network has all scenarios at full length, with users' limits; here the margins are such
// that a busy machine doesn't cross them, and where it can be the clean participants are the measure.

import assert from 'node:assert/strict';

import { BadCall } from '../lib/bad-call.mjs';
import { whyNoNetwork } from '../lib/netns.mjs';
import { loss5, newAddress, step400 } from '../lib/scenarios.mjs';
import { note, skip, test } from '../lib/tap.mjs';

const LOSS_SECONDS = 15;
const STEP_SECONDS = 20;
// Noise at the pictures' sides: the canvas then takes more than 400 kbit/s.
const DETAIL = { detail: 0.1 };

const slowest = ({ clean }) => Math.min(...clean.map(({ fps }) => fps));

function tell({ checks }) {
  for (const { what, least, most, value, unit } of checks) {
    note(`${what}: ${value?.toFixed?.(1)} ${unit} (${least === undefined ? `at most ${most}` : `at least ${least}`})`);
  }
}

async function testLoss(call) {
  const { measured, checks } = await loss5(call, LOSS_SECONDS);
  const { near } = measured;
  tell({ checks });
  assert.ok(near.fps >= 0.8 * slowest(measured), `${near.fps} pictures a second, ${slowest(measured)} without loss`);
  assert.ok(near.concealed <= 0.04, `${near.concealed} of its sound concealed`);
  for (const { hertz } of call.clean) assert.ok(near.tones[hertz] >= 0.95, `hears ${hertz} Hz`);
  for (const { tones } of measured.clean) assert.ok(tones[call.near.hertz] >= 0.95, 'is heard');
}

async function testThinLink(call) {
  const { measured, checks } = await step400(call, STEP_SECONDS);
  const { limited, lifted } = measured;
  tell({ checks });
  // By then it has adapted: of its last seconds only few find more than a moment's queue.
  const queues = limited.link.slice(-limited.link.length / 2).map(({ down }) => down.queue_max_ms);
  assert.ok(queues.filter((ms) => ms > 300).length <= queues.length / 4, `queues of ${queues} ms`);
  assert.ok(limited.near.concealed <= 0.05, `${limited.near.concealed} of its sound concealed`);
  assert.ok(limited.near.fps > 3, 'its picture goes on');
  for (const { freezes, size } of limited.clean) assert.deepEqual({ freezes, size }, { freezes: 0, size: measured.before.clean[0].size });
  assert.equal(lifted.near.size, measured.before.near.size, 'the full picture again');
}

async function testAddress(call) {
  const { checks } = await newAddress(call);
  tell({ checks });
  const value = Object.fromEntries(checks.map((check) => [check.what, check.value]));
  assert.ok(value['picture back after'] <= 8 && value['voice back after'] <= 8, 'back within 8 s');
  assert.equal(value['same participant'], 1);
  assert.ok(value.people === 3 && value.tiles === 3, 'nobody twice');
}

export async function run() {
  const reason = whyNoNetwork();
  if (reason) {
    skip('a call over bad networks', reason);
    return;
  }
  const call = await BadCall.start({ near: DETAIL, others: DETAIL });
  try {
    await test('5 % loss and jitter: sound and picture as without', () => testLoss(call));
    await test('a downlink of 400 kbit/s, for a while: adapts, alone', () => testThinLink(call));
    await test('a new address: media come back to the same participant', () => testAddress(call));
    await test('tuttid ends with status 0', async () => assert.equal(await call.server.stop(), 0));
  } finally {
    await call.stop();
  }
}

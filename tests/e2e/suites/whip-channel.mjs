// SPDX-License-Identifier: LGPL-2.1-or-later
// whip-channel.mjs: part of the suite whip: clients of four makers, with media by WHIP and no WebSocket: by the data channel
// `tutti` they are told what others are told, and say what others say.

import assert from 'node:assert/strict';

import { tuttiJson } from '../lib/admin.mjs';
import { PageChannel, PionChannel, WrtcChannel } from '../lib/channel.mjs';
import { Socket } from '../lib/socket.mjs';
import { test } from '../lib/tap.mjs';
import { until } from '../lib/wait.mjs';

async function checkEvents(client, socket, room) {
  const joined = await client.take('room_joined');
  assert.equal(joined.room, room);
  assert.equal(joined.ice_servers, undefined);
  assert.deepEqual(joined.participants.map(({ id, name }) => [id, name]), [[joined.participant, 'Ada']]);
  assert.ok((await client.take('layout')).canvas.width > 0);
  await until('a channel of another label is closed', async () => (await client.states()).other === 'closed');
  await socket.join({ room, name: 'Grace', role: 'moderator' });
  assert.equal((await client.take('participant_joined')).name, 'Grace');
  socket.send({ type: 'chat', text: 'hello, Ada' });
  assert.equal((await client.take('chat')).text, 'hello, Ada');
  await socket.take('chat');
  return joined.participant;
}

async function checkSaying(client, socket) {
  await client.say({ type: 'chat', text: 'grüß Gott' });
  assert.equal((await socket.take('chat')).text, 'grüß Gott');
  await client.say({ type: 'set_state', hand_raised: true });
  await until('Ada raises her hand', async () => (await socket.take('participant_updated')).hand_raised);
  await client.say({ type: 'set_view', layout: 'speaker' });
  await client.take('layout');
  await client.say({ type: 'leave' });
  assert.equal((await client.take('error')).code, 'unsupported');
  await client.say('no JSON');
  assert.equal((await client.take('error')).code, 'bad_json');
}

async function checkFigures(server, room, id) {
  const { rooms: [{ people: [{ channel }] }] } = await tuttiJson(server, 'stats', room, id);
  assert.equal(channel.open, true);
  assert.equal(channel.texts_received, 5);
  assert.ok(channel.texts_sent >= 7, `${channel.texts_sent} sent`);
}

async function checkMaker(server, maker, client) {
  const room = `aside-${maker}`;
  const socket = await Socket.open(server.url);
  let id;
  try {
    await test(`data channel of ${maker}: who is there, where, and what is said`, async () => {
      await client.enter(server.url, room, 'Ada');
      id = await checkEvents(client, socket, room);
    });
    if (!id) return;
    await test(`data channel of ${maker}: chat, state, view, and faults`, () => checkSaying(client, socket));
    await test(`data channel of ${maker}: counted in the statistics`, () => checkFigures(server, room, id));
    await test(`data channel of ${maker}: the last word is heard`, async () => {
      socket.send({ type: 'moderate', action: 'kick', participant: id });
      await client.take('kicked');
      await until('the channel is closed', async () => (await client.states()).tutti === 'closed');
    });
  } finally {
    await client.close();
    socket.close();
  }
}

export async function checkChannel(server, chromium) {
  await checkMaker(server, 'wrtc', new WrtcChannel());
  await checkMaker(server, 'chromium', new PageChannel(chromium));
  await checkMaker(server, 'firefox', await PageChannel.firefox());
  await checkMaker(server, 'pion', new PionChannel());
}

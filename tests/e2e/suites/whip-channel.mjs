// SPDX-License-Identifier: LGPL-2.1-or-later
// whip-channel.mjs: a client of libwebrtc with media by WHIP and no WebSocket: by its data channel `tutti` it is told
// what others are told, and says what others say.

import assert from 'node:assert/strict';

import wrtc from '@roamhq/wrtc';

import { request } from '../lib/by-whip.mjs';
import { Socket } from '../lib/socket.mjs';
import { test } from '../lib/tap.mjs';
import { until } from '../lib/wait.mjs';

const ROOM = 'aside';

class Client {
  pc = new wrtc.RTCPeerConnection();
  side = this.pc.createDataChannel('tutti');
  other = this.pc.createDataChannel('other');
  #told = [];

  async enter(url) {
    this.side.onmessage = ({ data }) => this.#told.push(JSON.parse(data));
    this.pc.addTrack(new wrtc.nonstandard.RTCAudioSource().createTrack());
    await this.pc.setLocalDescription(await this.pc.createOffer());
    await until('candidates are gathered', () => this.pc.iceGatheringState === 'complete');
    const answer = await request(`${url}/whip/${ROOM}?participant=Ada`, 'POST', { body: this.pc.localDescription.sdp, 'Content-Type': 'application/sdp' });
    assert.equal(answer.status, 201);
    await this.pc.setRemoteDescription({ type: 'answer', sdp: answer.text });
  }

  say(message) {
    this.side.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  // The first of that type that was not taken before.
  take(type) {
    return until(`${type} on the data channel`, () => {
      const at = this.#told.findIndex((message) => message.type === type);
      return at >= 0 && this.#told.splice(at, 1)[0];
    }, { everyMs: 10 });
  }
}

async function checkEvents(client, socket) {
  const joined = await client.take('room_joined');
  assert.equal(joined.room, ROOM);
  assert.equal(joined.ice_servers, undefined);
  assert.deepEqual(joined.participants.map(({ id, name }) => [id, name]), [[joined.participant, 'Ada']]);
  assert.ok((await client.take('layout')).canvas.width > 0);
  await until('a channel of another label is closed', () => client.other.readyState === 'closed');
  await socket.join({ room: ROOM, name: 'Grace', role: 'moderator' });
  assert.equal((await client.take('participant_joined')).name, 'Grace');
  socket.send({ type: 'chat', text: 'hello, Ada' });
  assert.equal((await client.take('chat')).text, 'hello, Ada');
  await socket.take('chat');
  return joined.participant;
}

async function checkSaying(client, socket) {
  client.say({ type: 'chat', text: 'grüß Gott' });
  assert.equal((await socket.take('chat')).text, 'grüß Gott');
  client.say({ type: 'set_state', hand_raised: true });
  await until('Ada raises her hand', async () => (await socket.take('participant_updated')).hand_raised);
  client.say({ type: 'leave' });
  assert.equal((await client.take('error')).code, 'unsupported');
  client.say('no JSON');
  assert.equal((await client.take('error')).code, 'bad_json');
}

export async function checkChannel({ url }) {
  const client = new Client();
  const socket = await Socket.open(url);
  let id;
  try {
    await client.enter(url);
    await test('data channel: who is there, where, and what is said', async () => {
      id = await checkEvents(client, socket);
    });
    await test('data channel: chat, state, and faults', () => checkSaying(client, socket));
    await test('data channel: the last word is heard', async () => {
      socket.send({ type: 'moderate', action: 'kick', participant: id });
      await client.take('kicked');
      await until('the channel is closed', () => client.side.readyState === 'closed');
    });
  } finally {
    client.pc.close();
    socket.close();
  }
}

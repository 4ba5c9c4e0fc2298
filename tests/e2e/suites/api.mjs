// SPDX-License-Identifier: LGPL-2.1-or-later
// api.mjs: the admin API's bodies, events, webhooks and what `tutti --json` prints, each against its schema in
// the description that the server serves; and the description against all that the server answers.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { tuttiJson } from '../lib/admin.mjs';
import { ask, badBodies, Contract, openSchemas } from '../lib/contract.mjs';
import { freePort, Server } from '../lib/server.mjs';
import { Socket } from '../lib/socket.mjs';
import { note, test } from '../lib/tap.mjs';
import { makeWave } from '../lib/tone.mjs';
import { until } from '../lib/wait.mjs';
import { WrtcClient } from '../lib/wrtc-client.mjs';

const ROOM = 'blue';
const AT = `/v1/rooms/${ROOM}`;
const WAVE = 'tone.wav';
const TOKEN = 'an-administrator-known-by-thirty-two-bytes';

// What is told of: an HTTP server that keeps bodies of webhooks.
class Ear {
  bodies = [];
  url;
  #server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (part) => {
      text += part;
    });
    request.on('end', () => {
      this.bodies.push(JSON.parse(text));
      response.writeHead(204).end();
    });
  });

  static async open() {
    const ear = new Ear();
    await new Promise((resolve) => {
      ear.#server.listen(0, '127.0.0.1', resolve);
    });
    ear.url = `http://127.0.0.1:${ear.#server.address().port}/`;
    return ear;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

// A reader of /v1/events: {event, id, data}.
class Stream {
  events = [];
  type;
  #request;

  constructor(socketPath) {
    this.#request = http.get({ socketPath, path: '/v1/events' }, (answer) => {
      let rest = '';
      this.type = answer.headers['content-type'];
      answer.on('data', (part) => {
        const blocks = (rest + part).split('\n\n');
        rest = blocks.pop();
        for (const block of blocks) this.#read(block);
      });
      answer.on('error', () => {});
    });
    this.#request.on('error', () => {});
  }

  #read(block) {
    const fields = Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    if (fields.data) this.events.push({ ...fields, data: JSON.parse(fields.data) });
  }

  close() {
    this.#request.destroy();
  }
}

class House {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tutti-api-'));
  server;
  contract;
  stream;
  ear;
  network;
  // Who waits until the end.
  late;
  ada = new WrtcClient({ hertz: 523, rgb: [200, 0, 0] });
  #sockets = [];

  static async open() {
    const house = new House();
    const place = (name, text) => fs.writeFileSync(path.join(house.directory, name), text, { mode: 0o600 });
    for (const name of ['films', 'recordings']) fs.mkdirSync(path.join(house.directory, name));
    place(`films/${WAVE}`, makeWave(743, 1, 0.1));
    place('secret', 'a secret of more than thirty-two bytes\n');
    place('tokens', `${TOKEN}\n`);
    house.ear = await Ear.open();
    house.network = new URL(`http://127.0.0.1:${await freePort()}`);
    const file = (name) => path.join(house.directory, name);
    house.server = await Server.start({ 'auth.mode': 'open', 'auth.secret-file': file('secret'), 'room.canvas': '320x180',
      'play.directory': file('films'), 'record.directory': file('recordings'), 'record.announce': 'off', 'record.minimum-free-space': 0,
      'hooks.url': house.ear.url, 'hooks.secret': 'a-secret-of-webhooks-as-long', 'admin.listen': house.network.host, 'admin.token-file': file('tokens') });
    house.contract = await Contract.read(house.server.adminSocket);
    house.stream = new Stream(house.server.adminSocket);
    await until('events flow', () => house.stream.type);
    return house;
  }

  call(method, where, body, headers) {
    return this.contract.call(method, where, { body, headers });
  }

  // Asks for what must be answered so.
  async expect(status, method, where, body, headers) {
    const answer = await this.call(method, where, body, headers);
    assert.equal(answer.status, status, `${method} ${where}: ${answer.text}`);
    return answer;
  }

  // Somebody without media, at the door at least.
  async arrive(name) {
    const socket = await Socket.open(this.server.url);
    this.#sockets.push(socket);
    socket.send({ type: 'join_room', room: ROOM, name });
    await until('answered', () => socket.messages.find(({ type }) => /^(room_joined|waiting)$/.test(type)), { everyMs: 10 });
    return socket;
  }

  async close() {
    this.stream.close();
    this.#sockets.forEach((socket) => socket.close());
    if (this.server.running) await this.server.stop();
    this.ear.close();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

async function testDocument({ contract }) {
  await test('description: its schemas are closed, so that what is not in them is noticed', () => {
    assert.deepEqual(openSchemas(contract.document), []);
    const event = { type: 'room_closed', time: '2026-01-01T00:00:00Z', room: ROOM, reason: 'over' };
    contract.check('Event', event);
    for (const bad of [{ ...event, more: 1 }, { ...event, reason: undefined }, { ...event, type: 'chat' }]) assert.throws(() => contract.check('Event', bad));
    const ids = contract.operations.map(([, , { operationId }]) => operationId);
    assert.equal(new Set(ids).size, ids.length);
  });
}

async function testRooms(house) {
  await test('rooms: made, replaced, changed, with their tags', async () => {
    await house.expect(200, 'GET', '/v1/openapi.json');
    const { headers } = await house.expect(201, 'PUT', AT, { layout: 'grid', moderators: ['Boss'], max_duration: 3600, canvas: '320x180', frame_rate: 15 });
    assert.equal(headers.location, AT);
    const { etag } = (await house.expect(200, 'PUT', AT, {})).headers;
    await house.expect(412, 'PUT', AT, {}, { 'If-None-Match': '*' });
    await house.expect(409, 'PUT', AT, { canvas: '640x360' });
    await house.expect(304, 'GET', AT, undefined, { 'If-None-Match': etag });
    await house.expect(200, 'PATCH', AT, { limit: 20, pin: '7391', closes_at: '2999-01-01T00:00:00Z' }, { 'If-Match': etag });
    await house.expect(412, 'PATCH', AT, { limit: 30 }, { 'If-Match': etag });
    await house.expect(412, 'DELETE', AT, undefined, { 'If-Match': etag });
    await house.expect(200, 'PATCH', AT, { pin: '', closes_at: '' });
    await house.expect(200, 'GET', AT);
    await house.expect(200, 'GET', '/v1/rooms');
  });
}

async function testPeople(house) {
  await test('people: who waits, who is in, who was kicked', async () => {
    await house.ada.start(house.server.url, ROOM);
    await house.expect(200, 'PATCH', AT, { waiting_room: true, spotlight: house.ada.id });
    for (const name of ['Bob', 'Cy', 'Di', 'Ed']) await house.arrive(name);
    const [bob, cy] = (await house.expect(200, 'GET', `${AT}/waiting`)).body.waiting;
    await house.expect(204, 'PATCH', `${AT}/waiting/${bob.id}`, { admitted: true });
    await house.expect(204, 'DELETE', `${AT}/waiting/${cy.id}`);
    await house.expect(204, 'PATCH', `${AT}/waiting`, { admitted: true });
    await until('her media flows', async () => (await house.call('GET', `${AT}/participants/${house.ada.id}`)).body.bytes_received > 0);
    const { participants } = (await house.expect(200, 'GET', `${AT}/participants`)).body;
    assert.deepEqual(participants.map(({ name }) => name), ['Node.js', 'Bob', 'Di', 'Ed']);
    await house.arrive('Late');
    [house.late] = (await house.call('GET', `${AT}/waiting`)).body.waiting;
    await house.expect(204, 'PATCH', `${AT}/participants/Bob`, { audio_muted: true, gain_db: -6.5 });
    await house.expect(204, 'PATCH', `${AT}/participants`, { audio_muted: true });
    await house.expect(204, 'PATCH', `${AT}/participants/${house.ada.id}`, { audio_muted: false });
    for (const name of ['Di', 'Ed']) await house.expect(204, 'DELETE', `${AT}/participants/${name}`);
    const { bans } = (await house.expect(200, 'GET', `${AT}/bans`)).body;
    await house.expect(204, 'DELETE', `${AT}/bans/${bans[0].id}`);
    assert.equal((await tuttiJson(house.server, 'bans', ROOM)).bans.length, 1);
    await house.expect(204, 'DELETE', `${AT}/bans`);
  });
  await test('figures, of all, of a room, of one', async () => {
    const all = (await house.expect(200, 'GET', '/v1/stats')).body;
    assert.equal(all.rooms[0].people, undefined);
    assert.equal((await house.expect(200, 'GET', `/v1/stats?room=${ROOM}`)).body.rooms[0].people.length, 2);
    assert.equal((await house.expect(200, 'GET', `/v1/stats?room=${ROOM}&participant=Bob`)).body.rooms[0].people.length, 1);
    await house.expect(200, 'GET', '/v1/status');
    await house.expect(200, 'GET', '/metrics');
  });
}

async function testMedia(house) {
  const recording = `${AT}/recording`;
  await test('a recording, from its start until it is deleted', async () => {
    await house.expect(200, 'PUT', recording, { container: 'webm', tracks: true });
    await house.expect(204, 'PATCH', recording, { state: 'paused' });
    await house.expect(409, 'PATCH', recording, { state: 'paused' });
    await house.expect(204, 'PATCH', recording, { state: 'on' });
    await until('it grows', async () => (await house.call('GET', recording)).body.length_us > 500000);
    house.contract.check('Recording', await tuttiJson(house.server, 'record', 'show', ROOM));
    house.contract.check('Recordings', await tuttiJson(house.server, 'recordings'));
    await house.expect(204, 'DELETE', recording);
    const take = await until('finished', async () => (await house.call('GET', '/v1/recordings')).body.recordings.find(({ state }) => state === 'done'));
    assert.ok((await house.expect(200, 'GET', `/v1/recordings/${take.name}`)).body.files.includes(take.file));
    await house.expect(204, 'DELETE', `/v1/recordings/${take.name}`);
  });
  await test('an output and a film', async () => {
    const { headers, body } = await house.expect(201, 'POST', `${AT}/outputs`, { url: `udp://127.0.0.1:${await freePort()}` });
    assert.equal(headers.location, `${AT}/outputs/${body.id}`);
    await house.expect(200, 'GET', headers.location);
    await house.expect(200, 'GET', `${AT}/outputs`);
    await house.expect(200, 'PUT', `${AT}/playback`, { file: WAVE, title: 'Tone', loop: true, gain_db: -3 });
    await until('it plays', async () => (await house.call('GET', `${AT}/playback`)).body.state === 'playing');
    await house.expect(204, 'PATCH', `${AT}/playback`, { paused: true, gain_db: 0 });
    await house.expect(204, 'POST', `${AT}/chat`, { text: 'Ten minutes' });
    house.contract.check('Outputs', await tuttiJson(house.server, 'streams', ROOM));
    house.contract.check('Playback', await tuttiJson(house.server, 'play', 'show', ROOM));
    await house.expect(204, 'DELETE', headers.location);
    await house.expect(204, 'DELETE', `${AT}/playback`);
    await house.ada.stop();
  });
}

async function testServer(house) {
  await test('the server: tokens, log, webhooks, reload', async () => {
    await house.expect(200, 'POST', '/v1/tokens', { room: ROOM, name: 'Zoe', role: 'moderator', ttl_s: 60 });
    await house.expect(204, 'PUT', '/v1/log', { level: 'message', domains: '' });
    await house.expect(200, 'GET', '/v1/hooks');
    await house.expect(204, 'POST', '/v1/reload');
    await house.expect(200, 'GET', '/v1/recordings');
  });
  await test('tutti --json: what the API answers', async () => {
    const printed = { Status: ['status'], Rooms: ['rooms'], Room: ['room', 'show', ROOM], Waiting: ['room', 'lobby', ROOM], Participants: ['participants', ROOM],
      Bans: ['bans', ROOM], Stats: ['stats', ROOM, 'Bob'], Token: ['token', ROOM], Recordings: ['recordings'] };
    for (const [name, words] of Object.entries(printed)) house.contract.check(name, await tuttiJson(house.server, ...words));
    house.contract.check('Room', await tuttiJson(house.server, 'room', 'create', 'annex', '--limit', '5'));
    house.contract.check('Room', await tuttiJson(house.server, 'room', 'set', 'annex', '--limit', '6'));
    for (const hook of (await tuttiJson(house.server, 'hooks')).hooks) house.contract.check('Hook', hook);
  });
}

// --- What is refused. ---

const GOOD = { makeToken: { room: ROOM }, setLog: { level: 'message' }, admitAll: { admitted: true }, admit: { admitted: true }, say: { text: 'x' },
  muteAll: { audio_muted: true }, startPlayback: { file: WAVE }, startOutput: { url: 'hls:' }, changeRecording: { state: 'on' } };

async function testRefusals(house) {
  const { contract } = house;
  const at = (template, room) => template.replace('{room}', room).replace('participants/{id}', 'participants/Bob')
    .replace('waiting/{id}', `waiting/${house.late.id}`).replace(/\{\w+\}/, 'none');
  await test('bodies that the description forbids are refused, and the field is named', async () => {
    const faults = [];
    let count = 0;
    for (const [method, template, operation] of contract.operations) {
      const schema = contract.bodySchema(operation);
      for (const [what, body, field] of schema ? badBodies(contract, schema, GOOD[operation.operationId] ?? {}) : []) {
        const { status, text, body: { field: named } = {} } = await contract.call(method.toUpperCase(), at(template, ROOM), { body });
        if (status !== 400 || named !== field) faults.push(`${operation.operationId}: ${what}: ${status} ${text}`);
        count += 1;
      }
    }
    note(`${count} bodies`);
    assert.deepEqual(faults, []);
  });
  await test('no room, no such thing: problems', async () => {
    for (const [method, template, operation] of contract.operations) {
      if (!template.includes('{') || operation.operationId === 'putRoom') continue;
      const answer = await contract.call(method.toUpperCase(), at(template, 'nowhere'), { body: GOOD[operation.operationId] });
      assert.equal(answer.status, 404, `${operation.operationId}: ${answer.text}`);
    }
    for (const [method, where] of [['GET', '/v1/nothing'], ['DELETE', '/v1/status'], ['PUT', '/v1/rooms']]) {
      contract.check('Problem', JSON.parse((await ask({ socketPath: house.server.adminSocket }, method, where)).text));
    }
    await house.expect(400, 'PUT', '/v1/rooms/a%20b', {});
    await house.expect(400, 'POST', `${AT}/chat`, 'no JSON');
    await house.expect(413, 'POST', `${AT}/chat`, { text: 'x'.repeat(40000) });
  });
  await test('nobody without a token is answered anything over the network', async () => {
    const with_token = await contract.call('GET', '/v1/rooms', { headers: { Authorization: `Bearer ${TOKEN}` } }, house.network);
    assert.equal(with_token.status, 200);
    const statuses = new Set();
    for (const [method, template] of contract.operations) {
      statuses.add((await contract.call(method.toUpperCase(), at(template, ROOM), {}, house.network)).status);
    }
    assert.deepEqual([...statuses], [401, 429]);
  });
}

// --- What is told. ---

async function testNews(house) {
  const { contract, stream, ear } = house;
  const { Event } = contract.document.components.schemas;
  await test('each event is as described, and each that is described was told', async () => {
    await house.expect(204, 'DELETE', AT);
    assert.equal(stream.type, 'text/event-stream');
    await until('all types', () => {
      const types = new Set(stream.events.map(({ data }) => data.type));
      const missing = Event.properties.type.enum.filter((type) => !types.has(type));
      if (missing.length === 0) return true;
      throw new Error(`no ${missing}`);
    });
    for (const { event, id, data } of stream.events) {
      contract.check('Event', data);
      assert.ok(event === data.type && id);
    }
  });
  await test('webhooks are told the same, but for what was said and who speaks', async () => {
    const told = stream.events.filter(({ event }) => event !== 'chat' && event !== 'active_speaker');
    await until('all came', () => ear.bodies.length >= told.length || Promise.reject(new Error(`${ear.bodies.length} of ${told.length}`)));
    for (const [index, body] of ear.bodies.entries()) {
      contract.check('Delivery', body);
      const { type, time, ...data } = told[index].data;
      assert.deepEqual([body.type, body.time, body.data], [data.state ? `${type}.${data.state}` : type.replace('_', '.'), time, data]);
    }
  });
}

async function testEnd(house) {
  await test('drain, shutdown; and each answer that is described was had', async () => {
    await house.expect(204, 'POST', '/v1/drain', { deadline_s: 600 });
    await house.expect(204, 'POST', '/v1/shutdown');
    const described = house.contract.operations.flatMap(([method, template, { responses }]) => Object.keys(responses).map((key) => `${method} ${template} ${key}`));
    // It is read as a stream; what is in it is checked apart.
    house.contract.seen.add('get /v1/events 200');
    assert.deepEqual(described.filter((key) => !house.contract.seen.has(key)), []);
    assert.equal(await house.server.stop(), 0);
  });
}

export async function run() {
  const house = await House.open();
  try {
    for (const step of [testDocument, testRooms, testPeople, testMedia, testServer, testRefusals, testNews, testEnd]) await step(house);
  } finally {
    await house.close();
  }
}

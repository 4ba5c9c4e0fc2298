// SPDX-License-Identifier: LGPL-2.1-or-later
// admin.mjs: each command of tutti(1) against a call of three, and what the people in it notice of it.

import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import fs from 'node:fs';
import path from 'node:path';

import { Events, showTop, tuttiFails, tuttiJson } from '../lib/admin.mjs';
import { openRoom, pressJoin, waitForMedia } from '../lib/browser.mjs';
import { Machine } from '../lib/machine.mjs';
import { boxes, LATE, loudness, Office, PEOPLE, ROOM, sees, WAVE } from '../lib/office.mjs';
import { Socket } from '../lib/socket.mjs';
import { note, test } from '../lib/tap.mjs';
import { sleep, until } from '../lib/wait.mjs';

// From the command's return to the last of the tone at the others.
const MUTE_MS_MAX = 300;
const PLAYOUT_MS_USUAL = 100;
const GAIN_DB = -12;
const GAIN_OFF_DB_MAX = 1.5;
// A transport packet of MPEG-2 (ISO/IEC 13818-1, section 2.4.3.2).
const TS_BYTES = 188;
const TS_SYNC = 0x47;

// Rates are there at the second reading, when only what has changed is drawn.
const TOP_RATES = /office\s+3\s+0[^]*\s[1-9]\d*\s+[1-9]\d*\s+\d+\.\d\s+\d+\.\d\s+\d+\.\d/;

const text = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted).textContent, selector);
const isMuted = (page) => page.evaluate(() => window.tutti.state.people.get(window.tutti.state.self.id).audio_muted);
const micLabel = (page) => page.getAttribute('#mic', 'aria-label');
const peopleSeen = (page) => page.evaluate(() => window.tutti.state.people.size);

// Inside the page: a toast goes by itself, and a look at it may come too late.
function keepToasts() {
  const node = document.querySelector('#toasts');
  window.toasts = '';
  new MutationObserver(() => { window.toasts += node.textContent; }).observe(node, { childList: true, subtree: true, characterData: true });
}

// How long what comes waits to be played, over the page's whole visit.
async function playoutMs({ page }) {
  return page.evaluate(async () => {
    const report = [...(await window.tutti.call.pc.getStats()).values()];
    const { jitterBufferDelay, jitterBufferEmittedCount } = report.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
    return Math.round((1000 * jitterBufferDelay) / jitterBufferEmittedCount);
  });
}

// --- Coming in. ---

async function testTokens(office) {
  await test('token: its bearer comes in by the name in it, nobody else', async () => {
    await office.enterAll();
    for (const { page, name, id } of office.people) assert.equal(await page.evaluate((own) => window.tutti.state.people.get(own).name, id), name);
    const page = await openRoom(office.browser, office.server.url, ROOM);
    await pressJoin(page, 'Stranger');
    await until('refused', async () => (await text(page, '#ending-title')) === 'You need an invitation');
    await page.context().close();
  });
}

// --- Looking. ---

async function testLists(office) {
  const { server } = office;
  await test('status, rooms, room show, participants: what is there', async () => {
    const status = await tuttiJson(server, 'status');
    assert.deepEqual([status.rooms, status.participants, status.draining], [1, 3, false]);
    assert.ok(status.packets_received > 0 && status.packets_sent > 0 && status.cpu_us.encode > 0);
    assert.match(await office.tutti('status'), /^participants +3$/m);
    assert.match(await office.tutti('rooms'), /^office +3 +0 .* grid +640x360@30 .* open$/m);
    assert.match(await office.tutti('room', 'show', ROOM), /^canvas +640x360/m);
    const { participants } = await tuttiJson(server, 'participants', ROOM);
    assert.deepEqual(participants.map(({ id, name }) => [id, name]).sort(), office.people.map(({ id, name }) => [id, name]).sort());
    for (const { name, id } of office.people) assert.match(await office.tutti('participants', ROOM), new RegExp(`^${id} +${name} +participant +connected`, 'm'));
  });
  await test('stats: rates, delays and sizes of what really flows', async () => {
    const room = await until('all are connected', async () => {
      const [found] = (await tuttiJson(server, 'stats', ROOM)).rooms;
      return found.people.every(({ state }) => state === 'connected') && found;
    });
    assert.equal(room.people.length, 3);
    for (const { uplink, downlink } of room.people) {
      assert.ok(uplink.audio.packets > 0 && uplink.camera.decoded_frames > 0 && uplink.camera.width > 0);
      assert.ok(downlink.audio.packets > 0 && downlink.video.encoded_frames > 0);
    }
    await until('rates of all', async () => {
      const table = await office.tutti('stats', ROOM);
      const rates = office.people.flatMap(({ id }) => table.split('\n').find((line) => line.startsWith(id)).split(/\s+/).slice(3, 5));
      if (rates.every((kbits) => Number(kbits) > 20)) return true;
      throw new Error(table);
    });
    assert.match(await office.tutti('stats', ROOM, 'Ada'), /opus|VP8|H264/i);
  });
  await test('top: the room and its people on a terminal', async () => {
    const { status, text: shown } = await showTop(server, [{ key: '\r', when: TOP_RATES }, { key: 'q', when: /Grace/ }]);
    assert.equal(status, 0, shown);
  });
}

// --- Voices. ---

async function testMute(office) {
  const [ada] = office.people;
  await test(`mute: the tone has gone at the others within ${MUTE_MS_MAX} ms, and its owner sees it`, async () => {
    const machine = new Machine();
    await ada.page.evaluate(keepToasts);
    const { from, to } = await office.time('mute', ada.name);
    const gone = await office.gone(ada, from - 1000);
    note(`others took ${machine}`);
    const others = office.othersThan(ada);
    for (const [index, { at }] of gone.entries()) {
      const playout = await playoutMs(others[index]);
      note(`${others[index].name}: last of the tone ${at - to} ms after the command's return, ${at - from} ms after its start, `
        + `in windows of 20 ms; a playout delay of ${playout} ms is in it`);
      // A page's own buffer, which grew when it stuttered, is no part of muting.
      machine.judge(at - to - Math.max(0, playout - PLAYOUT_MS_USUAL) <= MUTE_MS_MAX, `${at - to} ms`);
    }
    await until('the page shows it', async () => (await isMuted(ada.page)) && (await micLabel(ada.page)) === 'Unmute microphone (M)');
    await until('it is said', () => ada.page.evaluate(() => window.toasts.includes('muted you')));
    for (const { page } of others) await until('others are told', () => page.evaluate((id) => window.tutti.state.people.get(id).audio_muted, ada.id));
  });
  await test('unmute: it is heard again, and its owner sees it', async () => {
    const { from, to } = await office.time('unmute', ada.name);
    for (const { at } of await office.heard(ada, from)) note(`heard ${at - to} ms after the command's return`);
    await until('the page shows it', async () => !(await isMuted(ada.page)) && (await micLabel(ada.page)) === 'Mute microphone (M)');
  });
  await test('unmute opens no microphone that its owner has closed', async () => {
    await ada.page.keyboard.press('m');
    await until('muted by its owner', () => isMuted(ada.page));
    await office.tutti('unmute', ROOM, ada.id);
    await until('told, and closed as before', async () => (await ada.page.evaluate(() => window.synthetic.log.filter(({ message }) =>
      message.type === 'participant_updated' && message.audio_muted === false).length)) > 0 && isMuted(ada.page));
    assert.equal(await micLabel(ada.page), 'Unmute microphone (M)');
    await ada.page.keyboard.press('m');
    await office.heard(ada, Date.now());
  });
}

async function testGain(office) {
  const [ada, grace] = office.people;
  await test(`gain: ${GAIN_DB} dB is ${GAIN_DB} dB at the others`, async () => {
    const before = await loudness(grace, ada.hertz);
    await office.tutti('gain', ROOM, ada.name, String(GAIN_DB));
    await until('softer by so much', async () => {
      const change = (await loudness(grace, ada.hertz)) - before;
      note(`${change.toFixed(1)} dB`);
      return Math.abs(change - GAIN_DB) <= GAIN_OFF_DB_MAX;
    });
    await office.tutti('gain', ROOM, ada.name, '0');
    await until('as loud as before', async () => Math.abs((await loudness(grace, ada.hertz)) - before) <= GAIN_OFF_DB_MAX);
  });
}

// --- Pictures. ---

const width = ({ left, right }) => right - left + 1;

async function testLayout(office) {
  const [, grace] = office.people;
  const two = (place) => (found) => found.has('red') && found.has('blue') && found.size === 2 && place(found.get('red'), found.get('blue'));
  const small = (one, other) => (width(one) < width(other) ? [one, other] : [other, one]);
  await test('layout: tiles stand as each layout says', async () => {
    await office.tutti('layout', ROOM, 'speaker');
    await sees(grace, 'one large, one below it', two((red, blue) => {
      const [little, large] = small(red, blue);
      return width(large) > 2 * width(little) && little.top > large.bottom;
    }));
    await office.tutti('layout', ROOM, 'presenter');
    await sees(grace, 'one large, one at its right', two((red, blue) => {
      const [little, large] = small(red, blue);
      return width(large) > 2 * width(little) && little.left > large.right;
    }));
    await office.tutti('layout', ROOM, 'grid');
    await sees(grace, 'two alike', two((red, blue) => Math.abs(width(red) - width(blue)) <= 2 && Math.abs(red.top - blue.top) <= 1));
    assert.deepEqual(await tuttiFails(office.server, 'layout', ROOM, 'spiral').then(({ code }) => code), 1);
  });
  await test('spotlight: whoever is chosen is large, whoever talks', async () => {
    const larger = (one, other) => (found) => found.has(one) && found.has(other) && width(found.get(one)) > 2 * width(found.get(other));
    await office.tutti('spotlight', ROOM, 'Нина');
    await office.tutti('layout', ROOM, 'speaker');
    await sees(grace, 'blue large', larger('blue', 'red'));
    await office.tutti('spotlight', ROOM, 'Ada');
    await sees(grace, 'red large', larger('red', 'blue'));
    await office.tutti('spotlight', ROOM);
    await office.tutti('layout', ROOM, 'grid');
    await sees(grace, 'two alike', two((red, blue) => Math.abs(width(red) - width(blue)) <= 2));
  });
}

// --- The door. ---

async function testDoor(office) {
  const [ada] = office.people;
  let late;
  await test('room lock: who comes reads that it is locked; room unlock: comes in', async () => {
    await office.tutti('room', 'lock', ROOM);
    assert.match(await office.tutti('rooms'), /^office .* locked$/m);
    const page = await openRoom(office.browser, office.server.url, ROOM, await office.arrival(LATE));
    await pressJoin(page, LATE.name);
    await until('it reads so', async () => (await text(page, '#ending-title')) === 'This room is locked');
    await office.tutti('room', 'unlock', ROOM);
    await page.click('#rejoin');
    await pressJoin(page, LATE.name);
    await waitForMedia(page);
    late = { ...LATE, page };
    await office.heard(late);
    for (const other of office.people) await sees(other, 'yellow too', (found) => found.has('yellow'));
  });
  await test('kick: the page says so; tile and voice vanish for the others', async () => {
    const { from, to } = await office.time('kick', LATE.name);
    await until('the page says so', async () => (await text(late.page, '#ending-title')) === 'You were removed from the room');
    for (const { at } of await office.gone(late, from)) note(`last of its voice ${at - to} ms after the command's return`);
    for (const other of office.people) await sees(other, 'no yellow', (found) => !found.has('yellow') && found.size === 2);
    for (const { page } of office.people) await until('not listed', async () => (await peopleSeen(page)) === 3);
    assert.doesNotMatch(await office.tutti('participants', ROOM), /Late/);
    await late.page.context().close();
  });
  await test('chat: it is on the pages', async () => {
    await office.tutti('chat', ROOM, 'Ten', 'minutes.', '<b>Вот</b>');
    for (const { page } of office.people) await until('said', async () => (await text(page, '#messages')).includes('Ten minutes. <b>Вот</b>'));
    await until('and counted as unread', async () => (await text(ada.page, '#chat-badge')) === '1');
  });
}

// --- Recordings, outputs, films. ---

async function testRecord(office) {
  const { server, people } = office;
  const state = (wanted) => Promise.all(people.map(({ page }) => until(`recording is ${wanted}`, async () => (await page.evaluate(() =>
    window.tutti.state.recording)) === wanted)));
  const dot = (page) => page.evaluate(() => [document.querySelector('#recording').checkVisibility(), document.querySelector('#recording').className]);
  await test('record start, pause, resume, stop: all pages show it, and a file is listed', async () => {
    assert.deepEqual((await dot(people[0].page))[0], false);
    await office.tutti('record', 'start', ROOM);
    await state('on');
    for (const { page } of people) assert.equal((await dot(page))[0], true);
    await office.tutti('record', 'pause', ROOM);
    await state('paused');
    assert.match((await dot(people[0].page))[1], /paused/);
    assert.match(await office.tutti('record', 'show', ROOM), /paused/);
    await office.tutti('record', 'resume', ROOM);
    await state('on');
    // A film of nothing is thrown away: some pictures are in it.
    await until('it grows', async () => (await tuttiJson(server, 'record', 'show', ROOM)).length_us > 500000);
    await office.tutti('record', 'stop', ROOM);
    await state('off');
    assert.equal((await dot(people[0].page))[0], false);
    const { file } = await until('listed', async () => (await tuttiJson(server, 'recordings')).recordings.find((entry) => entry.state === 'done'));
    assert.ok(fs.statSync(path.join(office.directory, 'recordings', file)).size > 1000);
    const name = (await tuttiJson(server, 'recordings')).recordings[0].name;
    assert.match(await office.tutti('recordings'), new RegExp(`^${name} `, 'm'));
    await office.tutti('recordings', 'delete', name);
    assert.deepEqual(fs.readdirSync(path.join(office.directory, 'recordings')), []);
  });
}

async function testStream(office) {
  const { server } = office;
  await test('stream start, stop: transport packets arrive, a playlist is served, and both end', async () => {
    const sink = dgram.createSocket('udp4');
    const packets = [];
    sink.on('message', (packet) => packets.push(packet));
    await new Promise((resolve) => {
      sink.bind(0, '127.0.0.1', resolve);
    });
    const url = `udp://127.0.0.1:${sink.address().port}`;
    const ticket = await office.ticket('Viewer');
    const { request } = office.people[0].page;
    const playlistHas = (tag) => until(`the playlist has ${tag}`, async () => {
      const answer = await (await request.get(`${server.url}/live/${ROOM}/media.m3u8?token=${ticket}`, { ignoreHTTPSErrors: true })).text();
      if (answer.includes(tag)) return true;
      throw new Error(answer);
    }, { everyMs: 300 });
    await office.tutti('stream', 'start', ROOM, url);
    await office.tutti('stream', 'start', ROOM, 'hls:');
    await until('packets', () => packets.length > 50);
    assert.ok(packets.every((packet) => packet.length % TS_BYTES === 0 && packet[0] === TS_SYNC), 'MPEG-TS');
    await playlistHas('#EXTM3U');
    assert.match(await office.tutti('streams', ROOM), new RegExp(`${url} .*\n.*hls:`));
    await office.tutti('stream', 'stop', ROOM, url);
    await office.tutti('stream', 'stop', ROOM, 'hls:');
    assert.deepEqual((await tuttiJson(server, 'streams', ROOM)).outputs, []);
    await playlistHas('#EXT-X-ENDLIST');
    await until('and packets have ended', async () => {
      const count = packets.length;
      await sleep(200);
      return packets.length === count;
    });
    sink.close();
  });
}

async function testPlay(office) {
  const tone = { ...WAVE, name: 'film' };
  await test('play: a tone is heard by all; pause, resume, gain and stop', async () => {
    const { from } = await office.time('play', WAVE.file);
    await office.heard(tone, from);
    assert.match(await office.tutti('play', 'show', ROOM), /playing/);
    const [ada] = office.people;
    const before = await loudness(ada, WAVE.hertz);
    await office.tutti('play', 'gain', ROOM, String(GAIN_DB));
    await until('softer', async () => Math.abs((await loudness(ada, WAVE.hertz)) - before - GAIN_DB) <= GAIN_OFF_DB_MAX);
    await office.gone(tone, (await office.time('play pause')).from);
    await office.heard(tone, (await office.time('play resume')).from);
    await office.gone(tone, (await office.time('play stop')).from);
  });
}

// --- The server. ---

async function testServer(office) {
  const { server, people } = office;
  await test('log: the server says more, then less', async () => {
    const isDebug = (line) => /debug/i.test(line);
    const before = server.output.filter(isDebug).length;
    await office.tutti('log', 'debug');
    await office.tutti('chat', ROOM, 'anything');
    await until('debug messages', () => server.output.filter(isDebug).length > before);
    await office.tutti('log', 'message');
    assert.equal((await tuttiFails(server, 'log', 'loud')).code, 1);
  });
  await test('reload: the call goes on, and the secret is the new one', async () => {
    const old = await office.ticket('Old');
    const decoded = ({ page }) => page.evaluate(async () => [...(await window.tutti.call.pc.getStats()).values()].find(({ type, kind }) =>
      type === 'inbound-rtp' && kind === 'video').framesDecoded);
    office.setSecret('the second secret of thirty-two bytes');
    await office.tutti('reload');
    const first = await decoded(people[0]);
    await until('pictures come', async () => (await decoded(people[0])) > first + 10);
    for (const { page } of people) {
      assert.equal(await peopleSeen(page), 3);
      assert.equal(await page.evaluate(() => window.tutti.call.pc.connectionState), 'connected');
      assert.equal(await page.evaluate(() => window.synthetic.sockets.length), 1, 'by the same connection');
    }
    const socket = await Socket.open(server.url);
    socket.send({ type: 'join_room', room: ROOM, token: old });
    assert.equal((await socket.take('error')).code, 'unauthorized');
    await socket.join({ room: 'annex', token: await office.ticket('New', 'annex') });
    await office.tutti('room', 'close', 'annex');
    assert.ok(await socket.take('room_closed'), 'and `room close` is told');
    socket.close();
  });
  await test('drain: not ready, no new room, and the call goes on', async () => {
    const ready = async () => (await people[0].page.request.get(`${server.url}/readyz`, { ignoreHTTPSErrors: true })).status();
    assert.equal(await ready(), 200);
    await office.tutti('drain');
    assert.equal(await ready(), 503);
    assert.equal((await tuttiJson(server, 'status')).draining, true);
    const socket = await Socket.open(server.url);
    socket.send({ type: 'join_room', room: 'new', token: await office.ticket('New', 'new') });
    assert.equal((await socket.take('error')).code, 'overloaded');
    socket.close();
    for (const ear of people) assert.equal((await boxes(ear)).size, 2);
  });
}

async function testEvents(office, events) {
  await test('events: what happened, one JSON object a line', async () => {
    const expected = ['room_created', 'participant_joined', 'participant_updated', 'participant_left', 'recording', 'output', 'playback', 'chat'];
    await until('events of all kinds', () => {
      const types = new Set(events.objects.map(({ type }) => type));
      if (expected.every((type) => types.has(type))) return true;
      throw new Error([...types].join(' '));
    });
    const left = events.objects.find(({ type }) => type === 'participant_left');
    assert.deepEqual([left.room, left.name, left.reason], [ROOM, 'Late', 'kicked']);
    for (const { time } of events.objects) assert.ok(!Number.isNaN(Date.parse(time)));
    assert.deepEqual(PEOPLE.map(({ name }) => events.objects.some((entry) => entry.type === 'participant_joined' && entry.name === name)), [true, true, true]);
  });
}

async function testShutdown(office) {
  await test('shutdown: every page reads that the room was closed, and tuttid ends with status 0', async () => {
    await office.tutti('shutdown');
    for (const { page } of office.people) await until('closed', async () => (await text(page, '#ending-title')) === 'The room was closed');
    assert.equal(await office.server.stop(), 0);
    const { code, stderr } = await tuttiFails(office.server, 'status');
    assert.deepEqual([code, /is tuttid running/.test(stderr)], [3, true]);
  });
}

export async function run() {
  const office = await Office.open();
  const events = new Events(office.server);
  try {
    await testTokens(office);
    for (const step of [testLists, testMute, testGain, testLayout, testDoor, testRecord, testStream, testPlay, testServer]) await step(office);
    await testEvents(office, events);
    await testShutdown(office);
  } finally {
    events.stop();
    await office.close();
  }
}

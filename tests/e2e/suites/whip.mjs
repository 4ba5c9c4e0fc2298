// SPDX-License-Identifier: LGPL-2.1-or-later
// whip.mjs: the standard doors: who sends by WHIP is seen and heard like anyone; WHEP gives the room's mix, and without
// oneself under the same name; and what clients of other makers expect of the answers.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

import { enterRoom, launchChromium, newPage, waitForMedia } from '../lib/browser.mjs';
import { request } from '../lib/by-whip.mjs';
import { COLOURS, css, nameOf } from '../lib/colours.mjs';
import { cleanBuild, startBuild } from '../lib/pion-client.mjs';
import { inboundStats, measureTones, sampleTiles } from '../lib/probe.js';
import { Server } from '../lib/server.mjs';
import { installSynthetic } from '../lib/synthetic.js';
import { note, test } from '../lib/tap.mjs';
import { until } from '../lib/wait.mjs';
import { doorState, openDoor, restartDoor } from '../lib/whip-client.js';
import { checkChannel } from './whip-channel.mjs';
import { checkMakers } from './whip-makers.mjs';

const ROOM = 'doors';
const ADA = { hertz: 523, colour: css(COLOURS.red) };
const GRACE = { hertz: 743, colour: css(COLOURS.green) };
const HEARD_DB = -45;
const SECRET = 'a secret of at least thirty-two bytes';

// A page of the server's own with a camera of ours; none of its scripts joins anything.
async function openBlank(browser, url, person) {
  const page = await newPage(browser);
  await page.addInitScript(installSynthetic, { width: 320, height: 180, frameRate: 30, screenColour: '#dcd200', ...person });
  await page.goto(`${url}/`, { waitUntil: 'domcontentloaded' });
  return page;
}

async function checkHeard(page, hertz, silent) {
  await until(`${hertz} Hz is heard, ${silent} Hz is not`, async () => {
    const tones = await page.evaluate(measureTones, [hertz, silent]);
    note(JSON.stringify(tones));
    return tones[hertz] > HEARD_DB && tones[silent] < tones[hertz] - 40;
  });
}

async function waitConnected(page, kind) {
  await until(`${kind} is connected`, async () => await page.evaluate(doorState, kind) === 'connected');
}

async function checkFrames(page) {
  await until('pictures are decoded', async () => (await page.evaluate(inboundStats)).video[0]?.framesDecoded > 30);
}

async function checkAnswer({ status, answer, location, etag, type, expose }) {
  assert.equal(status, 201);
  assert.ok(answer.startsWith('v=0'), 'the body is SDP from its first byte');
  assert.match(location, /^\/whip\/doors\/[0-9a-f]{32}$/);
  assert.match(etag, /^"[^"]+"$/);
  assert.equal(type, 'application/sdp');
  assert.match(answer, /a=candidate:/);
  assert.match(answer, /a=end-of-candidates/);
  assert.match(answer, /a=recvonly/);
  assert.ok(!/a=sendrecv|a=sendonly/.test(answer), 'nothing is sent to who only sends');
  note(`exposed: ${expose}`);
}

// What a client finds who asks wrongly, or early, or twice.
async function checkManners(url, session, etag) {
  const endpoint = `${url}/whip/${ROOM}`;
  const cases = [
    ['OPTIONS', endpoint, {}, 204], ['GET', endpoint, {}, 204], ['PUT', endpoint, { body: 'x' }, 405],
    ['POST', endpoint, { body: 'v=0', 'Content-Type': 'text/plain' }, 415],
    ['POST', endpoint, { body: 'no sdp', 'Content-Type': 'application/sdp' }, 400],
    ['POST', `${url}/whip/bad%20room`, { body: 'v=0', 'Content-Type': 'application/sdp' }, 400],
    ['POST', endpoint, { body: `v=0\r\n${'a=x\r\n'.repeat(20000)}`, 'Content-Type': 'application/sdp' }, 413],
    ['GET', session, {}, 204], ['OPTIONS', session, {}, 204], ['POST', session, { body: 'x' }, 405],
    ['PATCH', session, { body: 'x', 'Content-Type': 'application/json' }, 415],
    ['PATCH', session, { body: 'a=ice-options:trickle\r\n', 'Content-Type': 'application/trickle-ice-sdpfrag' }, 400],
    ['PATCH', session, { body: 'a=end-of-candidates\r\n', 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '"stale"' }, 412],
    ['PATCH', session, { body: 'a=end-of-candidates\r\n', 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': etag }, 204],
    ['PATCH', session, { body: 'a=end-of-candidates\r\n', 'Content-Type': 'application/trickle-ice-sdpfrag' }, 204],
    ['DELETE', `${endpoint}/00000000000000000000000000000000`, {}, 404],
  ];
  for (const [method, target, options, status] of cases) {
    const response = await request(target, method, options);
    assert.equal(response.status, status, `${method} ${target} ${JSON.stringify(options).slice(0, 80)}`);
  }
  const options = await request(endpoint, 'OPTIONS', { Origin: url });
  assert.equal(options.headers.get('Accept-Post'), 'application/sdp');
  assert.equal(options.headers.get('Access-Control-Allow-Origin'), url);
  assert.match(options.headers.get('Access-Control-Expose-Headers'), /Location, Link, ETag/);
  assert.equal((await request(endpoint, 'OPTIONS', { Origin: 'https://elsewhere.example' })).status, 403);
}

async function checkSending(browser, server) {
  const grace = await enterRoom(browser, server.url, ROOM, 'Grace', { synthetic: GRACE });
  const ada = await openBlank(browser, server.url, ADA);
  let sent;
  await test('WHIP: an answer as the standard wants it', async () => {
    sent = await ada.evaluate(openDoor, { url: `/whip/${ROOM}?participant=Ada`, kind: 'whip' });
    await checkAnswer(sent);
    await waitConnected(ada, 'whip');
  });
  await test('who sends by WHIP is seen and heard', async () => {
    await waitForMedia(grace);
    await until('Ada has a tile of her colour', async () =>
      (await grace.evaluate(sampleTiles)).some(({ colour }) => nameOf(colour) === 'red'));
    await checkHeard(grace, ADA.hertz, GRACE.hertz);
  });
  await test('WHEP under the same name: the mix without oneself', async () => {
    const seen = await ada.evaluate(openDoor, { url: `/whep/${ROOM}?participant=Ada`, kind: 'whep' });
    assert.equal(seen.status, 201);
    await waitConnected(ada, 'whep');
    await checkFrames(ada);
    await checkHeard(ada, GRACE.hertz, ADA.hertz);
  });
  return { ada, grace, sent };
}

async function checkEnd({ url }, { ada, grace, sent }) {
  const session = `${url}${sent.location}`;
  await test('clients that ask wrongly are told so', () => checkManners(url, session, sent.etag));
  await test('a restart of ICE keeps the call', async () => {
    const restarted = await ada.evaluate(restartDoor, { url: sent.location, kind: 'whip', etag: sent.etag });
    assert.deepEqual([restarted.status, restarted.changed], [200, true]);
    await waitConnected(ada, 'whip');
    await checkHeard(grace, ADA.hertz, GRACE.hertz);
  });
  await test('DELETE: 200, and the tile goes', async () => {
    assert.equal((await request(session, 'DELETE')).status, 200);
    assert.equal((await request(session, 'DELETE')).status, 404);
    await until('Ada is gone', () => grace.evaluate(() => ![...window.tutti.state.people.values()].some(({ name, role }) => name === 'Ada' && role !== 'listener')));
  });
}

async function checkBare(browser, server) {
  const page = await openBlank(browser, server.url, ADA);
  await test('an offer without candidates, and none after it, connects', async () => {
    const { status } = await page.evaluate(openDoor, { url: '/whip/bare', kind: 'whip', bare: true });
    assert.equal(status, 201);
    await waitConnected(page, 'whip');
  });
}

function makeToken(claims, alg = 'HS256', secret = SECRET) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg, typ: 'JWT' })}.${encode({ exp: Math.floor(Date.now() / 1000) + 600, ...claims })}`;
  const signature = alg === 'none' ? '' : createHmac('sha256', secret).update(text).digest('base64url');
  return `${text}.${signature}`;
}

async function checkTokens(browser) {
  const server = await Server.start({ 'auth.mode': 'token', 'auth.secret': SECRET });
  try {
    const page = await openBlank(browser, server.url, ADA);
    const post = (kind, token) => page.evaluate(openDoor, { url: `/${kind}/${ROOM}`, kind, headers: token ? { Authorization: `Bearer ${token}` } : {} });
    const good = { room: ROOM, sub: 'Ada', role: 'participant' };
    const refused = [[undefined, 401], ['nonsense', 401], [makeToken({ ...good, room: 'other' }), 401], [makeToken(good, 'none'), 401],
      [makeToken({ ...good, exp: 1000 }), 401], [makeToken(good, 'HS256', 'another secret of thirty-two bytes!'), 401],
      [makeToken({ ...good, role: 'listener' }), 403]];
    await test('without a good token no door opens', async () => {
      for (const [token, status] of refused) assert.equal((await post('whip', token)).status, status, token);
      assert.equal((await post('whep')).status, 401);
    });
    await test('with one they do', async () => {
      assert.equal((await post('whip', makeToken(good))).status, 201);
      await waitConnected(page, 'whip');
      assert.equal((await post('whep', makeToken({ ...good, role: 'listener' }))).status, 201);
      await waitConnected(page, 'whep');
    });
  } finally {
    await server.stop();
  }
}

export async function run() {
  startBuild();
  const server = await Server.start({ 'room.limit': 20 });
  const browser = await launchChromium();
  try {
    await checkChannel(server, browser);
    await checkEnd(server, await checkSending(browser, server));
    await checkBare(browser, server);
    await checkTokens(browser);
    await checkMakers(browser, server);
  } finally {
    await browser.close();
    await cleanBuild();
    await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
  }
}

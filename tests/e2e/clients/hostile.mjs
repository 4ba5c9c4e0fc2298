// SPDX-License-Identifier: LGPL-2.1-or-later
// hostile.mjs: so many hostile joins in so many seconds, from many addresses of loopback so that the limits by address
// don't hide the work behind them. A process of its own: node hostile.mjs URL JOINS SECONDS; prints what became of each
// kind as JSON: {kind: {outcome: count}}.

import crypto from 'node:crypto';
import net from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';

const [url, joinsWord, secondsWord] = process.argv.slice(2);
const JOINS = Number(joinsWord);
const SECONDS = Number(secondsWord);
const { port } = new URL(url);
const ADDRESSES = 250;
const ROOMS = 200;
const CONNECT_MS = 8000;
// How long one goes on: hundreds are at it at any moment.
const HOLD_MS = 3000;
const DRIP_MS = 100;
// A machine that can't keep up gets no more at once, and is given half as long again.
const AT_ONCE = 900;
const END = Date.now() + SECONDS * 1500;

const ICE = 'a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=fingerprint:sha-256 '
  + `${Array.from({ length: 32 }, (_, i) => (i + 16).toString(16)).join(':')}\r\n`;
const OFFER = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n'
  + `m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-mux\r\na=setup:actpass\r\n${ICE}`
  + `m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\na=rtcp-mux\r\na=setup:actpass\r\n${ICE}`;
const HEAD = OFFER.slice(0, OFFER.indexOf('a=group'));
const BAD_SDP = ['v=0', '\0'.repeat(1000), HEAD, `${HEAD}${'m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'.repeat(1500)}`,
  OFFER.replaceAll('111', '99999999999999999999'), OFFER.replaceAll('sha-256', 'md5'), OFFER.replaceAll('actpass', '%n%s'),
  `${OFFER}${'a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n'.repeat(1200)}`, OFFER.replaceAll('a=mid:1', 'a=mid:0')];
const BAD_JSON = ['', '{', `${'['.repeat(60000)}`, `{"type":"join_room","room":${'{"a":'.repeat(10000)}`, '{"type":"join_room","room":5}',
  `{"type":"join_room","room":"x","name":"${'n'.repeat(200000)}"}`, '\u0000\u0000', '{"type":"join_room","type":"leave"}'];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const addressOf = (n) => `127.0.0.${2 + (n % ADDRESSES)}`;
const room = (n) => `hostile-${n % ROOMS}`;
const json = (message) => JSON.stringify(message);
const join = (n, extra = {}) => json({ type: 'join_room', room: room(n), name: `H${n}`, ...extra });

// The bytes that a client says first.
function firstWords() {
  return new Promise((resolve) => {
    const way = new Duplex({ read() {}, write(chunk, _encoding, done) {
      resolve(chunk);
      done();
    } });
    tls.connect({ socket: way, rejectUnauthorized: false }).on('error', () => {});
  });
}

function connect(connecting, event) {
  return new Promise((resolve, reject) => {
    const socket = connecting();
    const timer = setTimeout(() => socket.destroy(new Error('slow')), CONNECT_MS);
    socket.heard = '';
    socket.on('data', (data) => {
      socket.heard = (socket.heard + data.toString('latin1')).slice(-4000);
    });
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once(event, () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

const openTcp = (n) => connect(() => net.connect({ port, host: '127.0.0.1', localAddress: addressOf(n) }), 'connect');
const openTls = (n) => connect(() => tls.connect({ port, host: '127.0.0.1', localAddress: addressOf(n), rejectUnauthorized: false }), 'secureConnect');

async function hold(socket, ms = HOLD_MS) {
  await Promise.race([sleep(ms), new Promise((resolve) => {
    socket.once('close', resolve);
  })]);
  const outcome = socket.destroyed ? 'cut' : 'held';
  socket.destroy();
  return outcome;
}

async function drip(socket, bytes, step = 1) {
  for (let at = 0; at < bytes.length && !socket.destroyed && at * (DRIP_MS / step) < HOLD_MS; at += step) {
    socket.write(bytes.subarray(at, at + step));
    await sleep(DRIP_MS);
  }
  return hold(socket, 10);
}

// RFC 6455 section 5.2: masked by nothing.
function frame(text) {
  const bytes = Buffer.from(text);
  const long = bytes.length > 65535;
  const head = Buffer.alloc(bytes.length < 126 ? 6 : long ? 14 : 8);
  head[0] = 0x81;
  head[1] = 0x80 | (bytes.length < 126 ? bytes.length : long ? 127 : 126);
  if (long) head.writeBigUInt64BE(BigInt(bytes.length), 2);
  else if (bytes.length >= 126) head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

async function heard(socket, pattern, ms = HOLD_MS) {
  for (const end = Date.now() + ms; Date.now() < end && !socket.destroyed; await sleep(20)) {
    const found = pattern.exec(socket.heard);
    if (found) return found[1] ?? found[0];
  }
  return socket.destroyed ? 'cut' : 'silence';
}

async function openWebSocket(n) {
  const socket = await openTls(n);
  socket.write(`GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
    + `Sec-WebSocket-Key: ${crypto.randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`);
  const status = await heard(socket, /HTTP\/1.1 (\d+)/, CONNECT_MS);
  if (status !== '101') throw new Error(`upgrade ${status}`);
  return socket;
}

async function converse(n, texts, pattern) {
  const socket = await openWebSocket(n);
  for (const text of texts) socket.write(frame(text));
  const outcome = await heard(socket, pattern);
  await hold(socket);
  return outcome;
}

const ANSWER = /"type":"(room_created|room_joined|full_room)"|"code":"\w+"/;

async function post(n, path, body, { type = 'application/sdp', length = Buffer.byteLength(body), ms = HOLD_MS } = {}) {
  const socket = await openTls(n);
  socket.write(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`);
  socket.write(body);
  const outcome = await heard(socket, /HTTP\/1.1 (\d+)/, ms);
  socket.destroy();
  return outcome;
}

const hello = await firstWords();

const KINDS = {
  'half-open TCP': async (n) => hold(await openTcp(n)),
  'dripped ClientHello': async (n) => drip(await openTcp(n), hello),
  'stalled ClientHello': async (n) => {
    const socket = await openTcp(n);
    socket.write(hello);
    return hold(socket);
  },
  'slow headers': async (n) => drip(await openTls(n), Buffer.from(`GET /r/${room(n)} HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(100)}`), 4),
  'endless headers': async (n) => {
    const socket = await openTls(n);
    socket.write(`GET / HTTP/1.1\r\n${'X-A: b\r\n'.repeat(40000)}`);
    return hold(socket);
  },
  'slow body': async (n) => {
    const socket = await openTls(n);
    socket.write(`POST /whip/${room(n)} HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\nContent-Length: 60000\r\n\r\n`);
    return drip(socket, Buffer.from(OFFER));
  },
  'silent WebSocket': async (n) => hold(await openWebSocket(n)),
  'join, no offer': (n) => converse(n, [join(n)], ANSWER),
  'join, offer, no ICE': (n) => converse(n, [join(n), json({ type: 'webrtc_offer', sdp: OFFER })], /webrtc_answer|"code":"\w+"/),
  'bad JSON': (n) => converse(n, [BAD_JSON[n % BAD_JSON.length]], ANSWER),
  'bad SDP': (n) => converse(n, [join(n), json({ type: 'webrtc_offer', sdp: BAD_SDP[n % BAD_SDP.length] })], /"code":"\w+"/),
  'bad token': (n) => converse(n, [join(n, { token: `eyJhbGciOiJub25lIn0.${'e30'.repeat(n % 900)}.`, role: 'moderator' })], ANSWER),
  'flood': (n) => converse(n, [join(n), ...Array.from({ length: 400 }, () => json({ type: 'chat', text: 'x'.repeat(100) }))], /rate_limited/),
  'join and leave': async (n) => {
    const socket = await openWebSocket(n);
    for (let i = 0; i < 3; i += 1) socket.write(frame(json({ type: 'join_room', room: `${room(n)}-${i}`, name: 'storm' })));
    socket.write(frame(json({ type: 'leave' })));
    const outcome = await heard(socket, ANSWER);
    socket.destroy();
    return outcome;
  },
  'WHIP, bad body': (n) => post(n, `/whip/${room(n)}`, BAD_SDP[n % BAD_SDP.length]),
  'WHIP, abandoned': (n) => post(n, `/whip/${room(n)}`, OFFER),
  'WHIP, gone at once': (n) => post(n, `/whip/${room(n)}`, OFFER, { ms: 0 }),
};

const outcomes = {};
const kinds = Object.entries(KINDS);

async function attempt(n) {
  const [name, act] = kinds[n % kinds.length];
  let outcome;
  try {
    outcome = await act(n);
  } catch (error) {
    outcome = error.code ?? error.message;
  }
  const counts = outcomes[name] ??= {};
  counts[outcome] = (counts[outcome] ?? 0) + 1;
}

const started = Date.now();
const attempts = new Set();
for (let n = 0; n < JOINS && Date.now() < END; n += 1) {
  const due = started + (n * SECONDS * 1000) / JOINS;
  if (due > Date.now()) await sleep(due - Date.now());
  if (attempts.size >= AT_ONCE) await Promise.race(attempts);
  const one = attempt(n).then(() => attempts.delete(one));
  attempts.add(one);
}
const begun = Date.now();
await Promise.all(attempts);
console.log(JSON.stringify({ seconds: (begun - started) / 1000, outcomes }));
process.exit(0);

// SPDX-License-Identifier: LGPL-2.1-or-later
// units.mjs: the page's pure functions, without a browser.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { test } from '../lib/tap.mjs';

const WEB = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../src/web');

// Node.js takes a .js file for a module only where a package.json says so: the page's folder has none.
function copyScripts() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tutti-web-'));
  fs.writeFileSync(path.join(directory, 'package.json'), '{"type":"module"}');
  for (const name of fs.readdirSync(WEB)) {
    if (name.endsWith('.js')) fs.copyFileSync(path.join(WEB, name), path.join(directory, name));
  }
  return directory;
}

export async function run() {
  const directory = copyScripts();
  try {
    await testFunctions((name) => import(pathToFileURL(path.join(directory, name))));
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

async function testFunctions(load) {
  const { backoffMs } = await load('signal.js');
  const { contentRect, placeTile } = await load('view.js');
  const { applyWish, scaleFor } = await load('uplink.js');
  const { summarise } = await load('stats.js');
  const { summariseServer } = await load('stats-server.js');
  const { countBytes, isSilent } = await load('watch.js');
  const { Redundancy, findLoss, orderCodecs } = await load('redundancy.js');
  const { readPlaylist, readType } = await load('hls-playlist.js');
  const { address, lengthText, sizeText } = await load('recording-item.js');

  await test('playlists of live outputs are read', () => {
    assert.deepEqual(readPlaylist('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.42c01e,mp4a.40.2"\nmedia.m3u8\n'), { variant: 'media.m3u8' });
    const media = '#EXTM3U\r\n#EXT-X-TARGETDURATION:2\r\n#EXT-X-MEDIA-SEQUENCE:41\r\n#EXT-X-MAP:URI="init.mp4"\r\n#EXTINF:2.0,\r\n41.m4s\r\n#EXTINF:1.9,\r\n42.m4s\r\n';
    assert.deepEqual(readPlaylist(media), { ended: false, targetMs: 2000, init: 'init.mp4', segments: [{ sequence: 41, uri: '41.m4s' }, { sequence: 42, uri: '42.m4s' }] });
    assert.equal(readPlaylist(`${media}#EXT-X-ENDLIST\n`).ended, true);
    assert.deepEqual(readPlaylist('<html>').segments, [{ sequence: 0, uri: '<html>' }]);
  });

  await test('codecs are known by the header', () => {
    const bytes = (text, ...more) => new Uint8Array([...new TextEncoder().encode(text), ...more]);
    assert.equal(readType(bytes('....avc1....avcC', 1, 0x42, 0xc0, 0x1e)), 'video/mp4; codecs="avc1.42c01e"');
    assert.equal(readType(new Uint8Array([...bytes('avcC', 1, 0x64, 0, 0x1f), ...bytes('mp4a')])), 'video/mp4; codecs="avc1.64001f,mp4a.40.2"');
    assert.equal(readType(bytes('moov')), null);
  });

  await test('recordings: lengths, sizes and addresses', () => {
    assert.deepEqual([0, 59499, 61000, 3600000, 36061000].map(lengthText), ['0:00', '0:59', '1:01', '1:00:00', '10:01:01']);
    assert.deepEqual([0, 999, 1500, 123456, 7234567890].map(sizeText), ['0 bytes', '999 bytes', '1.5 kB', '123 kB', '7.2 GB']);
    assert.equal(address('blue-1.tracks/a b#.webm'), '/recordings/blue-1.tracks/a%20b%23.webm');
  });
  const { endingText, errorText, ruleChanges } = await load('texts.js');

  await test('back-off doubles, has jitter and a ceiling', () => {
    assert.equal(backoffMs(0, 0), 125);
    assert.equal(backoffMs(0, 1), 250);
    assert.equal(backoffMs(3, 1), 2000);
    assert.equal(backoffMs(50, 1), 5000);
    assert.equal(backoffMs(50, 0), 2500);
  });
  await test('a voice goes with redundancy while its way is lossy, and for a while after', () => {
    const redundancy = new Redundancy();
    const take = (loss, from, to) => {
      let turns = 0;
      for (let now = from; now < to; now += 300) turns += redundancy.take(loss, now) ? 1 : 0;
      return turns;
    };
    assert.equal(take(null, 0, 10000), 0);
    assert.equal(take(0.1, 10000, 13000), 0);
    assert.equal(take(0, 13000, 14000), 0);
    assert.equal(take(0.05, 14000, 30000), 1);
    assert.equal(redundancy.wanted, true);
    assert.equal(take(0.015, 30000, 90000), 0);
    assert.equal(take(0, 90000, 109000), 0);
    assert.equal(take(0, 109000, 120000), 1);
    assert.equal(redundancy.wanted, false);
    const codecs = ['audio/opus', 'audio/red', 'audio/PCMU'].map((mimeType) => ({ mimeType }));
    const names = (list) => list.map(({ mimeType }) => mimeType).join(' ');
    assert.equal(names(orderCodecs(codecs, true)), 'audio/red audio/opus audio/PCMU');
    assert.equal(names(orderCodecs(codecs, false)), 'audio/opus audio/red audio/PCMU');
    assert.equal(orderCodecs([{ mimeType: 'audio/opus' }], true), null);
    const report = new Map([['a', { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.25 }]]);
    assert.equal(findLoss(report), 0.25);
    assert.equal(findLoss(new Map()), null);
  });
  await test('a picture is fitted into windows of other shapes', () => {
    assert.deepEqual(contentRect({ width: 1000, height: 1000 }, { width: 1280, height: 720 }), { x: 0, y: 218.75, width: 1000, height: 562.5 });
    assert.deepEqual(contentRect({ width: 1280, height: 360 }, { width: 1280, height: 720 }), { x: 320, y: 0, width: 640, height: 360 });
  });
  await test('a tile is placed by canvas pixels whatever size is decoded', () => {
    const tile = { x: 640, y: 360, width: 640, height: 360 };
    const box = { width: 640, height: 400 };
    const expected = { x: 320, y: 200, width: 320, height: 180 };
    for (const width of [1280, 640, 320]) {
      assert.deepEqual(placeTile(tile, { width: 1280, height: 720 }, box, { width, height: (width * 9) / 16 }), expected);
    }
  });
  await test('an uplink wish becomes a scale that fits, turned for upright cameras', () => {
    const wish = { max_width: 320, max_height: 180 };
    assert.equal(scaleFor(wish, { width: 1280, height: 720 }), 4);
    assert.equal(scaleFor(wish, { width: 720, height: 1280 }), 4);
    assert.equal(scaleFor(wish, { width: 160, height: 90 }), 1);
    assert.equal(scaleFor(wish, {}), 1);
  });
  await test('width 0 stops the camera, and the next wish starts it again', () => {
    const encoding = { active: true };
    applyWish(encoding, { max_width: 0, max_height: 0 }, { width: 1280, height: 720 });
    assert.equal(encoding.active, false);
    applyWish(encoding, { max_width: 640, max_height: 360, max_frame_rate: 15, max_bitrate_bps: 300000 }, { width: 1280, height: 720 });
    assert.deepEqual(encoding, { active: true, scaleResolutionDownBy: 2, maxFramerate: 15, maxBitrate: 300000 });
  });
  await test('silence is noticed after a second, and later when nobody is there to be heard', () => {
    assert.equal(isSilent(10999, 10000, 9900), false);
    assert.equal(isSilent(11000, 10000, 9900), true);
    assert.equal(isSilent(12499, 10000, 6000), false);
    assert.equal(isSilent(12500, 10000, 6000), true);
  });
  await test('bytes are counted however a browser counts them', () => {
    const report = (...entries) => new Map(entries.map((entry, index) => [index, entry]));
    assert.equal(countBytes(report({ type: 'transport', bytesReceived: 7 }, { type: 'inbound-rtp', bytesReceived: 5 })), 7);
    assert.equal(countBytes(report({ type: 'candidate-pair', bytesReceived: 2 }, { type: 'inbound-rtp', bytesReceived: 5 })), 7);
    assert.equal(countBytes(report({ type: 'codec' })), 0);
  });
  await test('statistics are rates between two looks', () => {
    const stream = { id: 'a', type: 'inbound-rtp', kind: 'audio', timestamp: 1000, bytesReceived: 0, packetsReceived: 0, packetsLost: 0 };
    const later = { ...stream, timestamp: 3000, bytesReceived: 8000, packetsReceived: 99, packetsLost: 1 };
    const rows = Object.fromEntries(summarise(new Map([['a', later]]), new Map([['a', stream]]))[1].rows);
    assert.equal(rows['Bit rate'], '32 kbit/s');
    assert.equal(rows.Loss, '1.0 %');
  });
  await test("the server's figures are told with what became of them", () => {
    const flow = { packets: 100, bytes: 4000, packets_lost: 0, loss_percent: 0, jitter_us: 3000 };
    const voice = { ...flow, delay_us: 42000, target_delay_us: 40000, concealed_samples: 0, shortened_samples: 480,
      stretched_samples: 0, recovered_by_red: 3, recovered_by_fec: 1 };
    const silent = { ...flow, packets: 0 };
    const video = { ...flow, codec: 'VP8', audio_only: false, width: 640, height: 360, frame_rate: 30, bitrate_bps: 500000, layers_left_out: 1 };
    const message = { time_us: 1e6, uplink: { audio: voice, camera: silent, screen: silent },
      downlink: { video, estimate_bps: 412000, send_rate_bps: 300000, pacer_queue_us: 1000, link_queue_us: 20000 } };
    const later = { ...message, time_us: 2e6,
      uplink: { ...message.uplink, audio: { ...voice, packets: 149, packets_lost: 1, bytes: 8000, concealed_samples: 960 } } };
    const sections = summariseServer(later, message);
    assert.equal(sections.length, 2);
    const [down, up] = sections.map(({ rows }) => Object.fromEntries(rows));
    assert.equal(down['Picture chosen'], '640×360 at 30/s');
    assert.equal(down['Pictures of it sent'], 'half');
    assert.equal(down['Way to you carries'], '412 kbit/s');
    assert.equal(up['Bit rate'], '32 kbit/s');
    assert.equal(up.Loss, '2.0 %');
    assert.equal(up.Concealed, '2.0 %');
    assert.equal(up['Jitter buffer'], '42 ms, aims at 40 ms');
    assert.deepEqual(summariseServer(null, null), []);
    video.audio_only = true;
    assert.match(Object.fromEntries(summariseServer(message, null)[0].rows)['Picture chosen'], /sound only/);
  });
  await test('every refusal of a join has words of its own', () => {
    const codes = ['full_room', 'locked', 'kicked', 'room_closed', 'unauthorized', 'bad_room', 'forbidden', 'overloaded', 'rate_limited'];
    const titles = codes.map((code) => endingText(code).title);
    assert.equal(new Set(titles).size, codes.length);
    assert.match(endingText('kicked', 'too loud').text, /too loud/);
    const reasons = [['kicked', 'rejected'], ['forbidden', 'banned'], ['forbidden', 'time'], ['room_closed', 'time']];
    for (const [code, reason] of reasons) titles.push(endingText(code, reason).title);
    assert.equal(new Set(titles).size, codes.length + reasons.length);
    assert.match(errorText('unknown_code', 'odd'), /odd/);
  });
  await test('changed rules are told to those whom they concern', () => {
    const before = { waiting_room: false, share: 'anyone', pin: false };
    const after = { waiting_room: true, share: 'moderator', pin: true };
    assert.deepEqual(['moderator', 'participant', 'listener'].map((role) => ruleChanges(before, after, role).length), [3, 1, 0]);
    assert.deepEqual(ruleChanges(after, after, 'moderator'), []);
  });
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// whip-makers.mjs: part of the suite whip: clients of other makers, each by the habits of a program that is common and
// can't be run here, all in one room with Chromium. What is tested of which:
//
//   Pion as OBS          an offer without candidates, none sent later; 201 and v=0 within 8 s; Location a path; wishes
//                        for key frames unheard; DELETE is answered by 200
//   Pion as FFmpeg       only the first host candidate by UDP; an answer of at most 8 KiB; SRTP by AES-128-CM alone
//   GStreamer's webrtcbin, as whipsink: gathers first, never PATCHes
//   libwebrtc in Node.js, as whip-whep-js: PATCHes candidates without If-Match
//   Pion by WHEP         hears and sees the room

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { enterRoom } from '../lib/browser.mjs';
import { byWhip } from '../lib/by-whip.mjs';
import { COLOURS, css, nameOf } from '../lib/colours.mjs';
import { GstClient } from '../lib/gst-client.mjs';
import { PionClient } from '../lib/pion-client.mjs';
import { measureTones, sampleTiles } from '../lib/probe.js';
import { note, test } from '../lib/tap.mjs';
import { toneLevels } from '../lib/tone.mjs';
import { until } from '../lib/wait.mjs';
import { WrtcClient } from '../lib/wrtc-client.mjs';

const ROOM = 'makers';
const WATCHER = { hertz: 523, colour: 'red' };
const OBS = { hertz: 743, colour: 'green' };
const FFMPEG = { hertz: 1187, colour: 'green' };
const GSTREAMER = { hertz: 941, colour: 'blue' };
const WRTC = { hertz: 1429, colour: 'yellow' };
const HEARD_DB = -60;
const SILENT = 2003;

function convert(args, input) {
  const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { input, maxBuffer: 1 << 26 });
  assert.equal(status, 0, String(stderr));
  return stdout;
}

// Two seconds of a tone, a packet a page, and of a colour, a key frame a second.
function makeMedia(folder, name, { hertz, colour }) {
  const sound = path.join(folder, `${name}.ogg`);
  const pictures = path.join(folder, `${name}.ivf`);
  const hex = COLOURS[colour].map((value) => value.toString(16).padStart(2, '0')).join('');
  convert(['-f', 'lavfi', '-i', `sine=frequency=${hertz}:sample_rate=48000:duration=2,volume=8dB`, '-c:a', 'libopus', '-b:a', '48k',
    '-frame_duration', '20', '-page_duration', '20000', sound]);
  convert(['-f', 'lavfi', '-i', `color=c=0x${hex}:size=320x180:rate=15:duration=2`, '-c:v', 'libvpx', '-b:v', '200k', '-g', '15',
    '-deadline', 'realtime', '-cpu-used', '8', pictures]);
  return { sound, pictures };
}

// The page has a tile of the colour and hears the tone, and another that nobody makes it doesn't.
async function checkPage(page, { hertz, colour }) {
  await until(`sees ${colour}`, async () => (await page.evaluate(sampleTiles)).some((tile) => nameOf(tile.colour) === colour), { ms: 40000 });
  await until(`hears ${hertz} Hz`, async () => {
    const levels = await page.evaluate(measureTones, [hertz, SILENT]);
    note(JSON.stringify(levels));
    return levels[hertz] > HEARD_DB && levels[SILENT] < levels[hertz] - 20;
  }, { ms: 40000 });
}

async function checkPion(page, url, habits, media, { sound, pictures }) {
  const client = await PionClient.start('whip', habits, `${url}/whip/${ROOM}?participant=${habits}`, sound, pictures);
  try {
    await until('Pion is connected', () => client.isConnected(), { ms: 10000 });
    assert.equal(client.find('status'), 201);
    assert.ok(client.find('answer').startsWith('v=0'));
    assert.ok(client.find('fits'), 'the answer is no longer than 8 KiB');
    assert.match(client.find('location'), /^\/whip\//);
    await checkPage(page, media);
    assert.equal(await client.end(), 200, 'DELETE');
  } finally {
    client.kill();
  }
}

async function checkProgram(page, url, client, media, { patched }) {
  try {
    await client.start(url, ROOM);
    // A program takes its time to load.
    await until('it is answered', () => client.answers.offer === 201, { ms: 30000 });
    await checkPage(page, media);
    note(JSON.stringify(client.answers));
    assert.equal(client.answers.patches.length > 0, patched, 'candidates are sent later, or not');
    assert.ok(client.answers.patches.every((status) => status === 204));
  } finally {
    await client.end();
  }
  assert.equal(client.answers.end, 200, 'DELETE');
}

// What is in the files that Pion wrote.
function readTones(sound, frequencies) {
  const bytes = convert(['-i', sound, '-ac', '1', '-ar', '48000', '-f', 's16le', '-']);
  return toneLevels(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1), 48000, frequencies);
}

function readColours(pictures) {
  const bytes = convert(['-i', pictures, '-vf', 'scale=64:36', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-']);
  const newest = bytes.subarray(bytes.length - 64 * 36 * 3);
  const found = new Set();
  for (let at = 0; at < newest.length; at += 3) found.add(nameOf(newest.subarray(at, at + 3)));
  return found;
}

async function checkViewer(url, folder) {
  const [sound, pictures] = ['seen.ogg', 'seen.ivf'].map((name) => path.join(folder, name));
  const client = await PionClient.start('whep', '-', `${url}/whep/${ROOM}?participant=Viewer`, sound, pictures);
  try {
    // A second of sound, and of pictures.
    await until('Pion gets sound and pictures', () => client.packets.audio > 75 && client.packets.video > 30, { ms: 15000 });
    assert.equal(await client.end(), 200);
  } finally {
    client.kill();
  }
  const tones = readTones(sound, [WATCHER.hertz, SILENT]);
  note(`Pion hears ${JSON.stringify(tones)}, sees ${[...readColours(pictures)].join(' ')}`);
  assert.ok(tones[WATCHER.hertz] > HEARD_DB && tones[SILENT] < tones[WATCHER.hertz] - 20, 'hears Chromium');
  assert.ok(readColours(pictures).has(WATCHER.colour), 'sees Chromium');
}

export async function checkMakers(browser, { url }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tutti-whip-'));
  const page = await enterRoom(browser, url, ROOM, 'Chromium', { synthetic: { hertz: WATCHER.hertz, colour: css(COLOURS[WATCHER.colour]) } });
  const setup = ({ hertz, colour }) => ({ hertz, rgb: COLOURS[colour], gathers: true });
  try {
    const obs = makeMedia(folder, 'obs', OBS);
    const ffmpeg = makeMedia(folder, 'ffmpeg', FFMPEG);
    await test('Pion sends by WHIP as OBS does', () => checkPion(page, url, 'obs', OBS, obs));
    await test('Pion sends by WHIP as FFmpeg does', () => checkPion(page, url, 'ffmpeg', FFMPEG, ffmpeg));
    await test('Pion hears and sees the room by WHEP', () => checkViewer(url, folder));
    await test('GStreamer sends by WHIP as whipsink does', () =>
      checkProgram(page, url, new (byWhip(GstClient))(setup(GSTREAMER)), GSTREAMER, { patched: false }));
    await test('libwebrtc in Node.js sends by WHIP as whip-whep-js does', () =>
      checkProgram(page, url, new (byWhip(WrtcClient))(setup(WRTC)), WRTC, { patched: true }));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
    await page.context().close();
  }
}

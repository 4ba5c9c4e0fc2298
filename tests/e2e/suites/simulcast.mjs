// SPDX-License-Identifier: LGPL-2.1-or-later
// simulcast.mjs: a Chromium that sends its camera in three sizes: the one that fits its tile is decoded, and
// it is another one when the tile grows or shrinks.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { enterRoom, launchChromium, newPage, ownId, waitForMedia } from '../lib/browser.mjs';
import { COLOURS, css, nameOf } from '../lib/colours.mjs';
import { sampleTiles } from '../lib/probe.js';
import { Server } from '../lib/server.mjs';
import { note, test } from '../lib/tap.mjs';
import { until } from '../lib/wait.mjs';

// The smallest camera of which Chromium makes three layers: 240x135, 480x270 and 960x540.
const CAMERA = { width: 960, height: 540, frameRate: 15 };
// One view for all: in the grid a tile is 478 pixels across, beside a spotlight less than 240, in it more than 480.
const CANVAS = { 'room.canvas': '960x540', 'room.frame-rate': '15', 'room.personal-views': '0' };
const SMALL = { viewport: { width: 640, height: 440 } };
const ROOM = 'layers';
const TUTTI = process.env.TUTTI ?? new URL('../../../build/src/cli/tutti', import.meta.url).pathname;
// Chromium finds the room for its largest size by and by.
const CHANGE_MS = 45000;

// Inside the page, before its scripts: what the page sends of a camera is sent in three sizes, whatever the
// page thinks; it knows nothing of layers.
function installSimulcast() {
  const encodings = [{ rid: 'q', scaleResolutionDownBy: 4 }, { rid: 'h', scaleResolutionDownBy: 2 }, { rid: 'f' }];
  const { addTransceiver } = RTCPeerConnection.prototype;
  let done = false;
  RTCPeerConnection.prototype.addTransceiver = function add(what, options) {
    const isVideo = (what.kind ?? what) === 'video' && !done;
    if (isVideo) done = true;
    return addTransceiver.call(this, what, isVideo ? { ...options, sendEncodings: encodings } : options);
  };
  RTCRtpSender.prototype.setParameters = async () => {};
}

async function enterAll(browser, url) {
  const page = await newPage(browser, SMALL);
  await page.addInitScript(installSimulcast);
  await enterRoom(browser, url, ROOM, 'Ada', { page, query: '?role=moderator', synthetic: { hertz: 523, colour: css(COLOURS.red), ...CAMERA } });
  const other = await enterRoom(browser, url, ROOM, 'Grace', { ...SMALL, synthetic: { hertz: 743, colour: css(COLOURS.green), frameRate: 15 } });
  const third = await enterRoom(browser, url, ROOM, 'Mary', { ...SMALL, synthetic: { hertz: 1117, colour: css(COLOURS.blue), frameRate: 15 } });
  for (const tab of [page, other, third]) await waitForMedia(tab);
  return { ada: page, grace: other, id: await ownId(page), graceId: await ownId(other) };
}

function spotlight(page, participant) {
  return page.evaluate((wanted) => window.tutti.session.moderate('spotlight', wanted), participant);
}

// The server's own figures, as tutti(1) gives them.
async function readCamera(server, id) {
  const { stdout } = await promisify(execFile)(TUTTI, ['--socket', server.adminSocket, '--json', 'stats', ROOM, id]);
  return JSON.parse(stdout).rooms[0].people[0].uplink.camera;
}

function waitForWidth(server, id, width) {
  return until(`${width} pixels across are decoded`, async () => {
    const camera = await readCamera(server, id);
    note(`${camera.width}x${camera.height} of ${camera.simulcast_layers} layers`);
    return camera.width === width && camera;
  }, { ms: CHANGE_MS, everyMs: 1000 });
}

async function checkPlace({ grace, id }) {
  await until('it is seen in its tile', async () => {
    const tiles = await grace.evaluate(sampleTiles);
    return nameOf(tiles.find(({ participant }) => participant === id)?.colour ?? [0, 0, 0]) === 'red';
  });
}

export async function run() {
  const server = await Server.start(CANVAS);
  const browser = await launchChromium();
  try {
    const tabs = await enterAll(browser, server.url);
    const { ada, id, graceId } = tabs;
    await test('a camera in three sizes is seen in its tile', () => checkPlace(tabs));
    await test('in a grid the middle one is decoded', () => waitForWidth(server, id, 480));
    await test('beside somebody in the spotlight the small one is', async () => {
      await spotlight(ada, graceId);
      await waitForWidth(server, id, 240);
      await checkPlace(tabs);
    });
    await test('in the spotlight the large one is', async () => {
      await spotlight(ada, id);
      const camera = await waitForWidth(server, id, 960);
      assert.equal(camera.decode_errors, 0);
      await checkPlace(tabs);
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}

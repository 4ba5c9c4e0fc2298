// SPDX-License-Identifier: LGPL-2.1-or-later
// clients.mjs: other WebRTC stacks in one room with Chromium: Firefox, GStreamer's webrtcbin, and
// libwebrtc in Node.js. Each sends a tone and a colour; both ends must hear and see the other.

import assert from 'node:assert/strict';

import { enterRoom, launchChromium, launchFirefox, ownId, waitForMedia } from '../lib/browser.mjs';
import { COLOURS, css, nameOf } from '../lib/colours.mjs';
import { GstClient } from '../lib/gst-client.mjs';
import { measureTones, recordSound, sampleTiles } from '../lib/probe.js';
import { Server } from '../lib/server.mjs';
import { note, test } from '../lib/tap.mjs';
import { toneLevels } from '../lib/tone.mjs';
import { until } from '../lib/wait.mjs';
import { WrtcClient } from '../lib/wrtc-client.mjs';

const CHROMIUM = { hertz: 523, colour: 'red' };
const OTHER = { hertz: 743, colour: 'green' };
const OWN_BELOW_DB = 40;

const synthetic = ({ hertz, colour }) => ({ synthetic: { hertz, colour: css(COLOURS[colour]) } });

// The page sees the other's colour in its tile, hears its tone, and not its own.
async function checkPage(page, own, other, otherId, measure = measureByAnalyser) {
  await waitForMedia(page);
  await until(`sees ${other.colour}`, async () => {
    const tile = (await page.evaluate(sampleTiles)).find(({ participant }) => participant === otherId);
    return tile && nameOf(tile.colour) === other.colour;
  }, { ms: 20000 });
  // A client that has just come may still be starting its sound.
  await until(`hears ${other.hertz} Hz, not itself`, async () => {
    const heard = await measure(page, [own.hertz, other.hertz]);
    note(`hears ${JSON.stringify(heard)}, own tone ${own.hertz}`);
    return heard[other.hertz] > -60 && heard[own.hertz] <= heard[other.hertz] - OWN_BELOW_DB;
  }, { ms: 12000 });
}

function measureByAnalyser(page, frequencies) {
  return page.evaluate(measureTones, frequencies);
}

async function measureByRecording(page, frequencies) {
  const bytes = Buffer.from(await page.evaluate(recordSound, 2500), 'base64');
  const samples = new Int16Array(bytes.length / 2).map((_, i) => bytes.readInt16LE(i * 2));
  return toneLevels(samples, 48000, frequencies);
}

async function testFirefox(chromium, server) {
  let firefox;
  await test('Firefox and Chromium see and hear each other', async () => {
    const page = await enterRoom(chromium, server.url, 'fox', 'Chromium', synthetic(CHROMIUM));
    firefox = await launchFirefox(OTHER.hertz);
    const fox = await enterRoom(firefox, server.url, 'fox', 'Firefox', synthetic({ ...OTHER, hertz: 0 }));
    await checkPage(page, CHROMIUM, OTHER, await ownId(fox));
    await checkPage(fox, OTHER, CHROMIUM, await ownId(page), measureByRecording);
    await page.context().close();
  });
  await firefox?.close();
}

// A client that is a program: start(url, room), id, and heard() and seen() of what it decodes.
async function testProgram(name, makeClient, chromium, server) {
  const room = name.toLowerCase().replace(/\W+/g, '-');
  const client = makeClient({ ...OTHER, rgb: COLOURS[OTHER.colour] });
  await test(`${name} and Chromium see and hear each other`, async () => {
    const page = await enterRoom(chromium, server.url, room, 'Chromium', synthetic(CHROMIUM));
    await client.start(server.url, room);
    await checkPage(page, CHROMIUM, OTHER, client.id);
    await until(`${name} sees red`, () => nameOf(client.seen() ?? [0, 0, 0]) === CHROMIUM.colour, { ms: 20000 });
    const levels = await until(`${name} hears the tone, not itself`, () => {
      const heard = client.heard([CHROMIUM.hertz, OTHER.hertz]);
      return heard && heard[CHROMIUM.hertz] > -60 && heard[OTHER.hertz] <= heard[CHROMIUM.hertz] - OWN_BELOW_DB && heard;
    }, { ms: 20000 });
    note(`${name} hears Chromium at ${levels[CHROMIUM.hertz].toFixed(1)} dB, itself at ${levels[OTHER.hertz].toFixed(1)} dB`);
    await page.context().close();
  });
  await client.stop();
}

export async function run() {
  const server = await Server.start();
  const chromium = await launchChromium();
  try {
    await testFirefox(chromium, server);
    await testProgram('GStreamer webrtcbin', (setup) => new GstClient(setup), chromium, server);
    await testProgram('libwebrtc in Node.js', (setup) => new WrtcClient(setup), chromium, server);
  } finally {
    await chromium.close();
    await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// relay.mjs: calls through a TURN server: a browser that may use nothing else, with the credentials that the server
// gave it; and a server that offers nothing else.

import assert from 'node:assert/strict';

import { enterRoom, launchChromium, newPage, waitForMedia } from '../lib/browser.mjs';
import { COLOURS, css, nameOf } from '../lib/colours.mjs';
import { measureTones, sampleTiles } from '../lib/probe.js';
import { Server } from '../lib/server.mjs';
import { note, test } from '../lib/tap.mjs';
import { Turn } from '../lib/turn.mjs';
import { until } from '../lib/wait.mjs';

const ADA = { hertz: 523, colour: css(COLOURS.red) };
const GRACE = { hertz: 743, colour: css(COLOURS.green) };
const HEARD_DB = -45;

// Inside the page, before its scripts.
function useRelayOnly() {
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = function RelayOnly(settings) {
    return new Real({ ...settings, iceTransportPolicy: 'relay' });
  };
  window.RTCPeerConnection.prototype = Real.prototype;
}

// The kinds of both ends of the pair in use.
async function usedPair() {
  const stats = [...(await window.tutti.call.pc.getStats()).values()];
  const transport = stats.find(({ type }) => type === 'transport');
  const pair = stats.find(({ id }) => id === transport?.selectedCandidatePairId);
  const kind = (id) => stats.find((entry) => entry.id === id)?.candidateType;
  return pair ? [kind(pair.localCandidateId), kind(pair.remoteCandidateId)] : [];
}

async function enterTwo(browser, url, script) {
  const page = await newPage(browser);
  if (script) await page.addInitScript(script);
  const ada = await enterRoom(browser, url, 'far', 'Ada', { page, synthetic: ADA });
  const grace = await enterRoom(browser, url, 'far', 'Grace', { synthetic: GRACE });
  for (const tab of [ada, grace]) await waitForMedia(tab);
  return { ada, grace };
}

async function checkCall({ ada, grace }) {
  const heard = [(await ada.evaluate(measureTones, [GRACE.hertz]))[GRACE.hertz], (await grace.evaluate(measureTones, [ADA.hertz]))[ADA.hertz]];
  note(`heard at ${heard.join(' and ')} dB`);
  for (const level of heard) assert.ok(level > HEARD_DB);
  await until('Grace sees Ada', async () => (await grace.evaluate(sampleTiles)).some(({ colour }) => nameOf(colour) === 'red'));
}

async function withServer(turn, settings, func) {
  const server = await Server.start({ 'ice.interfaces': 'lo', 'ice.turn-server': turn.url, 'ice.turn-secret': turn.secret, ...settings });
  const browser = await launchChromium();
  try {
    await func(browser, server);
  } finally {
    await browser.close();
    await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
  }
}

export async function run() {
  const turn = await Turn.start();
  try {
    await withServer(turn, {}, (browser, server) => test('a browser that may use relays only is in the call', async () => {
      const tabs = await enterTwo(browser, server.url, useRelayOnly);
      await checkCall(tabs);
      const pair = await tabs.ada.evaluate(usedPair);
      note(`Ada's pair: ${pair}; allocations: ${turn.allocations}`);
      assert.equal(pair[0], 'relay');
      assert.ok(turn.allocations > 0);
    }));
    await withServer(turn, { 'ice.force-relay': 'true' }, (browser, server) => test('force-relay: everybody comes by the relay', async () => {
      const tabs = await enterTwo(browser, server.url);
      await checkCall(tabs);
      for (const tab of [tabs.ada, tabs.grace]) {
        const pair = await tab.evaluate(usedPair);
        note(`pair: ${pair}`);
        assert.equal(pair[1], 'relay');
      }
    }));
  } finally {
    await turn.stop();
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// relay.mjs: calls where the straight way is barred: a browser that may use a TURN server only, with the credentials
// that tuttid gave it; a server that offers nothing else; and a network that lets no UDP through.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { enterRoom, launchChromium, newPage, waitForMedia } from '../lib/browser.mjs';
import { COLOURS, css, nameOf } from '../lib/colours.mjs';
import { Network, whyNoNetwork } from '../lib/netns.mjs';
import { measureTones, sampleTiles } from '../lib/probe.js';
import { Server } from '../lib/server.mjs';
import { note, Skip, test } from '../lib/tap.mjs';
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

// Nothing by UDP in or out of the namespace.
function barUdp(namespace) {
  const rules = 'table inet bar { chain out { type filter hook output priority 0; meta l4proto udp drop; }; '
    + 'chain in { type filter hook input priority 0; meta l4proto udp drop; }; }';
  execFileSync('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], { input: rules, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function checkBarred() {
  const reason = whyNoNetwork();
  if (reason) throw new Skip(reason);
  const network = await Network.start();
  let server, browsers = [];
  try {
    server = await Server.start({ 'auth.mode': 'open' }, { listen: `${network.serverAddress}:8443`, prefix: network.prefix(network.far) });
    barUdp(network.near);
    const flags = ['--use-fake-ui-for-media-stream', '--disable-features=LocalNetworkAccessChecks,WebRtcHideLocalIpsWithMdns'];
    browsers = [await launchChromium(flags, (program) => network.wrap(network.near, program)),
      await launchChromium(flags, (program) => network.wrap(network.far, program))];
    const ada = await enterRoom(browsers[0], server.url, 'far', 'Ada', { synthetic: ADA });
    const grace = await enterRoom(browsers[1], server.url, 'far', 'Grace', { synthetic: GRACE });
    for (const tab of [ada, grace]) await waitForMedia(tab);
    await checkCall({ ada, grace });
    const protocol = await ada.evaluate(usedProtocol);
    note(`Ada comes by ${protocol}`);
    assert.equal(protocol, 'tcp');
  } finally {
    for (const browser of browsers) await browser.close();
    await server?.stop();
    network.stop();
  }
}

async function usedProtocol() {
  const stats = [...(await window.tutti.call.pc.getStats()).values()];
  const transport = stats.find(({ type }) => type === 'transport');
  const pair = stats.find(({ id }) => id === transport?.selectedCandidatePairId);
  return stats.find(({ id }) => id === pair?.localCandidateId)?.protocol;
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
  await test('where no UDP comes through, TCP does', checkBarred);
}

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

// The server's own address and ports behind the NAT: nobody else may reach the address itself.
const PRIVATE = '10.99.0.1';
const PORTS = [40000, 40019];

// The server's namespace as a cloud's: its public address belongs to a NAT that maps it one to one.
function addNat(network) {
  const run = (...words) => execFileSync('ip', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  run('-n', network.far, 'tuntap', 'add', 'private0', 'mode', 'tun');
  run('-n', network.far, 'address', 'add', `${PRIVATE}/32`, 'dev', 'private0');
  run('-n', network.far, 'link', 'set', 'private0', 'up');
  const rules = `table ip nat11 {
    chain wall { type filter hook prerouting priority -300; iifname "impair0" ip daddr ${PRIVATE} drop; }
    chain in { type nat hook prerouting priority -100; ip daddr ${network.serverAddress} udp dport ${PORTS.join('-')} dnat to ${PRIVATE}; }
    chain out { type nat hook postrouting priority 100; oifname "impair0" ip saddr ${PRIVATE} snat to ${network.serverAddress}; }
  }`;
  execFileSync('ip', ['netns', 'exec', network.far, 'nft', '-f', '-'], { input: rules, stdio: ['pipe', 'pipe', 'pipe'] });
}

// Inside the page: what the server told of itself, and which of it is used.
async function serverAddresses() {
  const lines = window.synthetic.log.filter(({ way }) => way === 'in').map(({ message }) => message.candidate ?? message.sdp ?? '').join('\n');
  const told = [...lines.matchAll(/candidate:\S+ \d+ udp \d+ (\S+) (\d+) typ/gi)].map(([, address, port]) => ({ address, port: Number(port) }));
  const stats = [...(await window.tutti.call.pc.getStats()).values()];
  const transport = stats.find(({ type }) => type === 'transport');
  const pair = stats.find(({ id }) => id === transport?.selectedCandidatePairId);
  const { address, port } = stats.find(({ id }) => id === pair.remoteCandidateId);
  return { told, used: { address, port } };
}

async function checkNat(network, browser) {
  addNat(network);
  const server = await Server.start({ 'auth.mode': 'open', 'ice.interfaces': 'private0', 'ice.public-address': network.serverAddress,
    'ice.udp-port-min': PORTS[0], 'ice.udp-port-max': PORTS[1], 'ice.tcp': false },
  { listen: `${network.serverAddress}:8443`, prefix: network.prefix(network.far) });
  try {
    const ada = await enterRoom(browser, server.url, 'cloud', 'Ada', { synthetic: ADA });
    const { told, used } = await ada.evaluate(serverAddresses);
    note(`told: ${told.map(({ address, port }) => `${address}:${port}`).join(' ')}; used: ${used.address}:${used.port}`);
    assert.ok(told.length > 0);
    for (const { address, port } of [...told, used]) {
      assert.equal(address, network.serverAddress);
      assert.ok(port >= PORTS[0] && port <= PORTS[1], `port ${port}`);
    }
    await ada.context().close();
  } finally {
    await server.stop();
  }
}

// Nothing by UDP in or out of the namespace.
function barUdp(namespace) {
  const rules = 'table inet bar { chain out { type filter hook output priority 0; meta l4proto udp drop; }; '
    + 'chain in { type filter hook input priority 0; meta l4proto udp drop; }; }';
  execFileSync('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], { input: rules, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function withNetwork(func) {
  const reason = whyNoNetwork();
  const network = reason ? null : await Network.start();
  const browsers = [];
  try {
    const flags = ['--use-fake-ui-for-media-stream', '--disable-features=LocalNetworkAccessChecks,WebRtcHideLocalIpsWithMdns'];
    if (network) for (const name of [network.near, network.far]) browsers.push(await launchChromium(flags, (program) => network.wrap(name, program)));
    await func((check) => {
      if (reason) throw new Skip(reason);
      return check(network, browsers);
    });
  } finally {
    for (const browser of browsers) await browser.close();
    network?.stop();
  }
}

async function checkBarred(network, browsers) {
  const server = await Server.start({ 'auth.mode': 'open' }, { listen: `${network.serverAddress}:8443`, prefix: network.prefix(network.far) });
  try {
    barUdp(network.near);
    const ada = await enterRoom(browsers[0], server.url, 'far', 'Ada', { synthetic: ADA });
    const grace = await enterRoom(browsers[1], server.url, 'far', 'Grace', { synthetic: GRACE });
    for (const tab of [ada, grace]) await waitForMedia(tab);
    await checkCall({ ada, grace });
    const protocol = await ada.evaluate(usedProtocol);
    note(`Ada comes by ${protocol}`);
    assert.equal(protocol, 'tcp');
  } finally {
    await server.stop();
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
  const hears = (page, { hertz }) => until(`${hertz} Hz is heard`, async () => {
    const level = (await page.evaluate(measureTones, [hertz]))[hertz];
    note(`${hertz} Hz at ${level} dB`);
    return level > HEARD_DB;
  });
  await Promise.all([hears(ada, GRACE), hears(grace, ADA)]);
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
  await withNetwork(async (inNetwork) => {
    await test('behind a NAT that maps one to one, by ports of the range', () => inNetwork((network, browsers) => checkNat(network, browsers[0])));
    await test('where no UDP comes through, TCP does', () => inNetwork(checkBarred));
  });
}

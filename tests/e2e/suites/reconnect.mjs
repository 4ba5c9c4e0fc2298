// SPDX-License-Identifier: LGPL-2.1-or-later
// reconnect.mjs: the page comes back by itself as the same participant: after a lost socket, a changed
// network, a path that went silent, a reload; and says goodbye when the server stops.

import assert from 'node:assert/strict';

import { enterRoom, launchChromium, waitForMedia } from '../lib/browser.mjs';
import { Machine } from '../lib/machine.mjs';
import { inboundStats } from '../lib/probe.js';
import { Proxy } from '../lib/proxy.mjs';
import { Server } from '../lib/server.mjs';
import { note, test } from '../lib/tap.mjs';
import { until } from '../lib/wait.mjs';

// As long as an address that changes may take.
const GAP_MAX_MS = 3000;

const banner = (page) => page.evaluate(() => (document.querySelector('#banner').hidden ? '' : document.querySelector('#banner-text').textContent));
const ownId = (page) => page.evaluate(() => window.tutti.state.self.id);
const frames = async (page) => (await page.evaluate(inboundStats)).video[0].framesDecoded;
const ufrag = (page) => page.evaluate(() => /a=ice-ufrag:(\S+)/.exec(window.tutti.call.pc.remoteDescription?.sdp)?.[1]);
const isLive = (page) => page.evaluate(() => window.tutti?.state.phase === 'live' && window.tutti.call.pc.connectionState === 'connected');

// Everything that ever happened to the roster and the canvas, as this page was told.
function watchOthers(page) {
  return page.evaluate(() => {
    window.seen = { left: 0, tilesMax: 0, peopleMax: 0 };
    const { state } = window.tutti;
    let before = new Set(state.people.keys());
    window.seen.timer = setInterval(() => {
      const now = new Set(state.people.keys());
      window.seen.left += [...before].filter((id) => !now.has(id)).length;
      window.seen.tilesMax = Math.max(window.seen.tilesMax, state.layout?.tiles.length ?? 0);
      window.seen.peopleMax = Math.max(window.seen.peopleMax, now.size);
      before = now;
    }, 20);
  });
}

async function assertNobodyLeft(page) {
  const { left, tilesMax, peopleMax } = await page.evaluate(() => window.seen);
  assert.equal(left, 0, 'nobody was seen leaving');
  assert.equal(peopleMax, 2, 'nobody was there twice');
  assert.ok(tilesMax <= 2, `${tilesMax} tiles at most`);
}

// The longest time, in ms, in which no packet came, from now on.
function watchGap(page) {
  return page.evaluate(() => {
    const gap = { longest: 0, bytes: 0, at: performance.now() };
    window.gap = gap;
    const look = async () => {
      const report = [...(await window.tutti.call.pc.getStats()).values()];
      const bytes = report.filter(({ type }) => type === 'inbound-rtp').reduce((sum, entry) => sum + entry.bytesReceived, 0);
      const now = performance.now();
      gap.longest = Math.max(gap.longest, now - gap.at);
      if (bytes !== gap.bytes) Object.assign(gap, { bytes, at: now });
      if (window.gap === gap) setTimeout(look, 50);
    };
    look();
  });
}

const takeGap = (page) => page.evaluate(() => {
  const { longest } = window.gap;
  window.gap = null;
  return Math.round(longest);
});

async function testLostSocket(near, far, proxy) {
  await test('a dropped socket: says so, is the same participant again, and media never stopped', async () => {
    const id = await ownId(near);
    await near.evaluate(() => { window.oldPc = window.tutti.call.pc; });
    const machine = new Machine();
    await watchGap(near);
    proxy.cut();
    await until('the loss is shown', async () => /Connection lost/.test(await banner(near)));
    proxy.restore();
    const started = Date.now();
    await until('signalling is back', () => isLive(near));
    note(`back after ${Date.now() - started} ms`);
    assert.equal(await ownId(near), id, 'the same participant');
    assert.ok(await near.evaluate(() => window.tutti.call.pc === window.oldPc), 'the same call');
    const count = await frames(near);
    await until('the picture goes on', async () => (await frames(near)) > count + 10);
    const gap = await takeGap(near);
    note(`longest gap ${gap} ms; others took ${machine}`);
    machine.judge(gap < GAP_MAX_MS, `a gap of ${gap} ms`);
    await until('nothing is shown any more', async () => (await banner(near)) === '');
    await assertNobodyLeft(far);
  });
  await test('after coming back chat works both ways', async () => {
    await near.evaluate(() => window.tutti.session.chat('here again'));
    await until('told', () => far.evaluate(() => document.querySelector('#messages').textContent.includes('here again')));
    await far.evaluate(() => window.tutti.session.chat('welcome back'));
    await until('answered', () => near.evaluate(() => document.querySelector('#messages').textContent.includes('welcome back')));
  });
}

// Bytes are swallowed and nobody says so, as when an address is gone.
async function testHungSocket(near, far, proxy) {
  await test('a socket that is dead but open: replaced when the network changes', async () => {
    const id = await ownId(near);
    const { opened } = proxy;
    proxy.hang();
    await near.evaluate(() => window.tutti.call.renew());
    // The page says so meanwhile, for less than a look at it takes.
    await until('given up', () => proxy.opened > opened, { ms: 20000 });
    await until('back', () => isLive(near));
    assert.equal(await ownId(near), id);
    await assertNobodyLeft(far);
  });
}

async function testIceRestart(near, far) {
  await test('a change of network restarts ICE without a new join', async () => {
    const id = await ownId(near);
    const old = await ufrag(near);
    const machine = new Machine();
    await watchGap(near);
    await near.evaluate(() => window.dispatchEvent(new Event('online')));
    await until('new credentials', async () => (await ufrag(near)) !== old);
    await until('connected', () => near.evaluate(() => window.tutti.call.pc.iceConnectionState.match(/connected|completed/)));
    const count = await frames(near);
    await until('the picture goes on', async () => (await frames(near)) > count + 30);
    const gap = await takeGap(near);
    note(`longest gap ${gap} ms; others took ${machine}`);
    machine.judge(gap < GAP_MAX_MS, `a gap of ${gap} ms`);
    assert.equal(await ownId(near), id, 'still the same participant');
    await assertNobodyLeft(far);
  });
}

async function testReload(near, far) {
  await test('a page that is loaded anew is the same participant, with one tile', async () => {
    const id = await ownId(near);
    const started = Date.now();
    await near.reload({ waitUntil: 'domcontentloaded' });
    await until('in the room again', () => isLive(near));
    await waitForMedia(near);
    note(`picture and sound ${Date.now() - started} ms after the reload`);
    assert.equal(await ownId(near), id);
    await until('both have tiles', async () => (await far.evaluate(() => window.tutti.state.layout?.tiles.length)) >= 1);
    await assertNobodyLeft(far);
    await until('heard and seen again', () => far.evaluate((other) => window.tutti.state.people.get(other)?.connected, id));
  });
}

async function testClosedTab(browser, url, far) {
  await test('a closed tab has left within seconds', async () => {
    const guest = await enterRoom(browser, url, 'again', 'Guest');
    await until('is there', () => far.evaluate(() => window.tutti.state.people.size === 3));
    await guest.close({ runBeforeUnload: false });
    await until('is gone', () => far.evaluate(() => window.tutti.state.people.size === 2), { ms: 30000 });
  });
}

export async function run() {
  const server = await Server.start();
  const proxy = await Proxy.start(Number(new URL(server.url).port));
  const browser = await launchChromium();
  const relayed = new URL(server.url);
  relayed.port = proxy.port;
  try {
    const far = await enterRoom(browser, server.url, 'again', 'Far');
    const near = await enterRoom(browser, relayed.origin, 'again', 'Near');
    await waitForMedia(near);
    await watchOthers(far);
    await testLostSocket(near, far, proxy);
    await testHungSocket(near, far, proxy);
    await testIceRestart(near, far);
    await testReload(near, far);
    await testClosedTab(browser, server.url, far);
    await test('SIGTERM tells everyone and ends with status 0', async () => {
      const stopping = server.stop();
      for (const page of [near, far]) {
        await until('the end is told', () => page.evaluate(() => document.querySelector('#ending-title').textContent === 'The room was closed'));
      }
      assert.equal(await stopping, 0);
    });
  } finally {
    await browser.close();
    proxy.stop();
    if (server.running) await server.stop();
  }
}

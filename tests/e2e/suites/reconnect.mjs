// SPDX-License-Identifier: LGPL-2.1-or-later
// reconnect.mjs: the page comes back by itself after a lost socket and a changed network, and says
// goodbye when the server stops.

import assert from 'node:assert/strict';

import { enterRoom, launchChromium, waitForMedia } from '../lib/browser.mjs';
import { inboundStats } from '../lib/probe.js';
import { Proxy } from '../lib/proxy.mjs';
import { Server } from '../lib/server.mjs';
import { note, test } from '../lib/tap.mjs';
import { until } from '../lib/wait.mjs';

const banner = (page) => page.evaluate(() => (document.querySelector('#banner').hidden ? '' : document.querySelector('#banner-text').textContent));

async function testLostSocket(near, far, proxy) {
  await test('a dropped socket: says so, joins again, media flows again', async () => {
    const before = await near.evaluate(() => {
      window.oldPc = window.tutti.call.pc;
      return window.tutti.state.self.id;
    });
    proxy.cut();
    await until('the loss is shown', async () => /Connection lost/.test(await banner(near)));
    proxy.restore();
    const started = Date.now();
    await until('a new join', () => near.evaluate((old) => window.tutti.state.phase === 'live' && window.tutti.state.self.id !== old, before), { ms: 30000 });
    await until('a new peer connection', () => near.evaluate(() => window.tutti.call.pc !== window.oldPc));
    await waitForMedia(near);
    note(`back after ${Date.now() - started} ms`);
    assert.equal(await banner(near), '');
    await until('the old self is gone', async () => (await far.evaluate(() => window.tutti.state.people.size)) === 2, { ms: 40000 });
  });
  await test('after coming back chat works both ways', async () => {
    await near.evaluate(() => window.tutti.session.chat('here again'));
    await until('told', () => far.evaluate(() => document.querySelector('#messages').textContent.includes('here again')));
    await far.evaluate(() => window.tutti.session.chat('welcome back'));
    await until('answered', () => near.evaluate(() => document.querySelector('#messages').textContent.includes('welcome back')));
  });
}

async function testIceRestart(near) {
  await test('a change of network restarts ICE without a new join', async () => {
    const ufrag = () => near.evaluate(() => /a=ice-ufrag:(\S+)/.exec(window.tutti.call.pc.remoteDescription.sdp)[1]);
    const frames = async () => (await near.evaluate(inboundStats)).video[0].framesDecoded;
    const id = await near.evaluate(() => window.tutti.state.self.id);
    const old = await ufrag();
    await near.evaluate(() => window.dispatchEvent(new Event('online')));
    await until('new credentials', async () => (await ufrag()) !== old);
    await until('connected', () => near.evaluate(() => window.tutti.call.pc.iceConnectionState.match(/connected|completed/)));
    const count = await frames();
    await until('the picture goes on', async () => (await frames()) > count + 10);
    assert.equal(await near.evaluate(() => window.tutti.state.self.id), id, 'still the same participant');
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
    await testLostSocket(near, far, proxy);
    await testIceRestart(near);
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

// SPDX-License-Identifier: LGPL-2.1-or-later
// three-tabs.mjs: three Chromium tabs in one room, each with its own tone and colour: who hears whom,
// who sees whom where, how smoothly, and what happens when one leaves.

import assert from 'node:assert/strict';

import { enterRoom, launchChromium, ownId, waitForMedia } from '../lib/browser.mjs';
import { COLOURS, css, nameOf } from '../lib/colours.mjs';
import { Machine } from '../lib/machine.mjs';
import { inboundStats, measureTones, samplePoint, sampleTiles } from '../lib/probe.js';
import { Server } from '../lib/server.mjs';
import { note, test } from '../lib/tap.mjs';
import { sleep, until } from '../lib/wait.mjs';

// No tone is a harmonic of another, nor a sum or difference of the first few harmonics of two.
const PEOPLE = [
  { name: 'Ada', hertz: 523, colour: 'red' },
  { name: 'Grace', hertz: 743, colour: 'green' },
  { name: 'Нина', hertz: 1117, colour: 'blue' },
];
const OWN_BELOW_DB = 40;
// Three browsers that decode and paint 1280x720 in software leave nothing of two cores; at a quarter of it
// half is spare, and the canvas's rate is the same.
const CANVAS = { 'room.canvas': '640x360' };
// Browsers without a graphics card paint in software: small windows leave the cores to the call.
const SMALL = { viewport: { width: 640, height: 440 } };
const WINDOW_MS = 5000;
const FRAMES_PER_SECOND_MIN = 27;

async function enter(browser, url, person) {
  const { name, hertz, colour } = person;
  const page = await enterRoom(browser, url, 'trio', name, { ...SMALL, synthetic: { hertz, colour: css(COLOURS[colour]) } });
  return { ...person, page, id: await ownId(page) };
}

async function settle(tabs) {
  await until('everyone sees three people', async () => {
    const sizes = await Promise.all(tabs.map(({ page }) => page.evaluate(() => window.tutti.state.people.size)));
    return sizes.every((size) => size === 3);
  });
  for (const { page } of tabs) await waitForMedia(page);
}

async function enterAll(browser, url) {
  const tabs = [];
  for (const person of PEOPLE) tabs.push(await enter(browser, url, person));
  await settle(tabs);
  return tabs;
}

async function checkTones(tab, tabs) {
  const others = tabs.filter((other) => other !== tab);
  await until(`the two others are heard, the own tone at least ${OWN_BELOW_DB} dB under them`, async () => {
    const levels = await tab.page.evaluate(measureTones, PEOPLE.map(({ hertz }) => hertz));
    note(`${tab.name} (own tone ${tab.hertz} Hz) hears ${JSON.stringify(levels)}`);
    const quietest = Math.min(...others.map(({ hertz }) => levels[hertz]));
    return quietest > -60 && levels[tab.hertz] <= quietest - OWN_BELOW_DB;
  }, { ms: 12000 });
}

// Every tile that `layout` tells of must show its owner's colour; up to three people have a view without
// themselves.
async function checkTiles(tab, tabs) {
  const expected = new Map(tabs.map(({ id, colour }) => [id, colour]));
  const seen = await until(`${tab.name} sees the right colours`, async () => {
    const tiles = await tab.page.evaluate(sampleTiles);
    const right = tiles.every(({ participant, colour }) => nameOf(colour) === expected.get(participant));
    return tiles.length >= 2 && right && tiles;
  });
  note(`${tab.name} sees ${seen.map(({ participant, colour }) => `${expected.get(participant)} as ${colour}`).join(', ')}`);
  for (const other of tabs) {
    if (other !== tab) assert.ok(seen.some(({ participant }) => participant === other.id), `a tile of ${other.name}`);
  }
}

async function checkSmoothness(tabs) {
  const machine = new Machine();
  const before = await Promise.all(tabs.map(({ page }) => page.evaluate(inboundStats)));
  await sleep(WINDOW_MS);
  const after = await Promise.all(tabs.map(({ page }) => page.evaluate(inboundStats)));
  note(`others took ${machine}`);
  const rates = tabs.map(({ name }, index) => {
    const [first, last] = [before[index].video[0], after[index].video[0]];
    const rate = (last.framesDecoded - first.framesDecoded) / ((last.timestamp - first.timestamp) / 1000);
    note(`${name}: ${rate.toFixed(1)} frames a second decoded, ${last.frameWidth}x${last.frameHeight}, freezes ${last.freezeCount}`);
    return rate;
  });
  const slowest = Math.min(...rates);
  machine.judge(slowest >= FRAMES_PER_SECOND_MIN, `at least ${FRAMES_PER_SECOND_MIN} frames a second`);
}

async function checkTracks(tabs) {
  for (const { name, page } of tabs) {
    const { audio, video } = await page.evaluate(inboundStats);
    assert.deepEqual([audio.length, video.length], [1, 1], `${name}: one track of each kind`);
  }
}

// When the leaver's tile has gone, in `layout` and in the picture, for one who stays.
async function timeToVanish({ page }, leaver, point) {
  const gone = (id) => page.evaluate((wanted) => !window.tutti.state.layout.tiles.some((tile) => tile.participant === wanted), id);
  await until('the layout is without the tile', () => gone(leaver.id), { everyMs: 30 });
  await until('the picture is without the tile', async () => nameOf(await page.evaluate(samplePoint, point)) !== leaver.colour,
    { everyMs: 30 });
  return Date.now();
}

async function checkLeaving(tabs) {
  const [leaver, ...staying] = tabs;
  const points = await Promise.all(staying.map(async ({ page }) =>
    (await page.evaluate(sampleTiles)).find(({ participant }) => participant === leaver.id)));
  const machine = new Machine();
  const before = await Promise.all(staying.map(({ page }) => page.evaluate(inboundStats)));
  const leftAt = Date.now();
  await leaver.page.evaluate(() => document.querySelector('#leave').click());
  const times = await Promise.all(staying.map((tab, index) => timeToVanish(tab, leaver, points[index])));
  await sleep(2000);
  const after = await Promise.all(staying.map(({ page }) => page.evaluate(inboundStats)));
  note(`others took ${machine}`);
  staying.forEach(({ name }, index) => {
    const [first, last] = [before[index].video[0], after[index].video[0]];
    note(`${name}: tile gone after ${times[index] - leftAt} ms; freezes ${first.freezeCount} -> ${last.freezeCount}`);
    machine.judge(times[index] - leftAt <= 1000, `${name}: the tile is gone within a second`);
    machine.judge(last.freezeCount === first.freezeCount, `${name}: no freeze`);
    assert.ok(last.framesDecoded > first.framesDecoded, `${name}: the picture goes on`);
  });
}

export async function run() {
  const server = await Server.start(CANVAS);
  const browser = await launchChromium();
  let tabs = [];
  try {
    await test('three tabs enter a room over HTTPS and WSS', async () => {
      tabs = await enterAll(browser, server.url);
    });
    if (tabs.length < 3) return;
    await test('exactly one audio and one video track come in', () => checkTracks(tabs));
    for (const tab of tabs) await test(`${tab.name} hears both others and not herself`, () => checkTones(tab, tabs));
    for (const tab of tabs) await test(`${tab.name} sees every tile in its place and colour`, () => checkTiles(tab, tabs));
    await test(`at least ${FRAMES_PER_SECOND_MIN} of 30 frames a second over ${WINDOW_MS / 1000} s`, () => checkSmoothness(tabs));
    await test('one leaves: gone within a second, no freeze for the others', () => checkLeaving(tabs));
  } finally {
    await browser.close();
    await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
  }
}

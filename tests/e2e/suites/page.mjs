// SPDX-License-Identifier: LGPL-2.1-or-later
// page.mjs: the page as people use it: refusals, phones, keyboard, screen readers, chat, moderation.

import assert from 'node:assert/strict';

import { tutti } from '../lib/admin.mjs';
import { enterRoom, launchChromium, newPage, openRoom, ownId, pressJoin, waitForMedia } from '../lib/browser.mjs';
import { COLOURS, css, nameOf } from '../lib/colours.mjs';
import { inboundStats, sampleTiles } from '../lib/probe.js';
import { Server } from '../lib/server.mjs';
import { note, test } from '../lib/tap.mjs';
import { sleep, until } from '../lib/wait.mjs';

const PHONE = { viewport: { width: 360, height: 640 } };
const TOUCH_PX = 44;

const text = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted).textContent, selector);
const visible = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted).checkVisibility(), selector);
const roster = (page) => page.evaluate(() => [...window.tutti.state.people.values()]);
const synthetic = (colour, hertz) => ({ synthetic: { colour: css(COLOURS[colour]), hertz } });

async function person(page, id) {
  return (await roster(page)).find((entry) => entry.id === id);
}

function listenForViolations(page, list) {
  page.on('console', (message) => /Content Security Policy/i.test(message.text()) && list.push(message.text()));
  page.on('pageerror', (error) => list.push(error.message));
}

// What a thumb could want to hit but can't, or what stands outside the window.
function touchFaults(least) {
  const faults = [];
  for (const node of document.querySelectorAll('button, input:not([type=checkbox]), select, textarea, a[href]')) {
    if (!node.checkVisibility()) continue;
    const { width, height, left, right } = node.getBoundingClientRect();
    const name = node.getAttribute('aria-label') || node.textContent.trim() || node.id;
    if (width < least || height < least) faults.push(`${name}: ${width}x${height}`);
    if (left < -0.5 || right > window.innerWidth + 0.5) faults.push(`${name}: outside`);
  }
  if (document.documentElement.scrollWidth > window.innerWidth) faults.push(`scrolls sideways: ${document.documentElement.scrollWidth}`);
  return faults;
}

async function testStart(browser, server) {
  await test('the start page checks the name and leads to the room', async () => {
    const page = await newPage(browser, PHONE);
    await page.goto(`${server.url}/`);
    assert.deepEqual(await page.evaluate(touchFaults, TOUCH_PX), []);
    await page.fill('#room-field', 'not/good');
    await page.click('button[type=submit]');
    assert.ok(await visible(page, '#room-problem'));
    await page.fill('#room-field', 'team meeting');
    await page.fill('#name-field', 'Zoë');
    await page.click('button[type=submit]');
    await page.waitForURL('**/r/team-meeting');
    await until('the name is remembered', async () => (await page.inputValue('#name')) === 'Zoë');
    await page.context().close();
  });
  await test('pages come with a strict policy', async () => {
    const page = await newPage(browser);
    for (const path of ['/', '/r/policy']) {
      const response = await page.goto(server.url + path);
      const policy = response.headers()['content-security-policy'] ?? '';
      assert.match(policy, /default-src 'none'|default-src 'self'/);
      assert.match(policy, /script-src 'self'/);
      assert.doesNotMatch(policy, /unsafe/);
    }
    await page.context().close();
  });
}

async function testRefused(server) {
  const browser = await launchChromium(['--deny-permission-prompts']);
  await test('camera and microphone refused: says so, and joins without', async () => {
    const page = await newPage(browser);
    await page.goto(`${server.url}/r/refused`);
    await until('the refusal is explained', () => visible(page, '#problem-box'));
    assert.match(await text(page, '#problem'), /not allowed to use your camera and microphone/);
    assert.equal(await text(page, '#join'), 'Join to watch and listen');
    await page.click('#join');
    await until('in the room', () => page.evaluate(() => window.tutti?.call?.pc.connectionState === 'connected'));
    const me = await person(page, await ownId(page));
    assert.deepEqual([me.audio_muted, me.video_muted], [true, true]);
  });
  await browser.close();
}

async function testPhone(browser, server) {
  await test('on a phone nothing overflows and everything can be hit', async () => {
    const page = await openRoom(browser, server.url, 'phone', PHONE);
    await until('preview', () => visible(page, '#preview-video'));
    assert.deepEqual(await page.evaluate(touchFaults, TOUCH_PX), [], 'pre-join');
    await pressJoin(page, 'Thumb');
    await until('in the room', () => page.evaluate(() => window.tutti?.call?.pc.connectionState === 'connected'));
    assert.deepEqual(await page.evaluate(touchFaults, TOUCH_PX), [], 'call');
    for (const name of ['chat', 'people']) {
      await page.click(`#${name}`);
      assert.deepEqual(await page.evaluate(touchFaults, TOUCH_PX), [], name);
      await page.keyboard.press('Escape');
    }
    await page.click('#more');
    assert.deepEqual(await page.evaluate(touchFaults, TOUCH_PX), [], 'menu');
    await page.click('#menu [data-panel=settings]');
    assert.deepEqual(await page.evaluate(touchFaults, TOUCH_PX), [], 'settings');
    await page.context().close();
  });
}

async function testKeys(ada, grace) {
  const id = await ownId(ada);
  const seen = (what, check) => until(what, async () => check((await person(grace, id)) ?? {}), { ms: 5000 });
  await test('keys mute, unmute, raise the hand, and space talks while held', async () => {
    await ada.keyboard.press('m');
    await seen('muted', (entry) => entry.audio_muted);
    await ada.keyboard.down('Space');
    await seen('heard while space is held', (entry) => !entry.audio_muted);
    await ada.keyboard.up('Space');
    await seen('muted again', (entry) => entry.audio_muted);
    await ada.keyboard.press('m');
    await seen('unmuted', (entry) => !entry.audio_muted);
    await ada.keyboard.press('h');
    await seen('hand up', (entry) => entry.hand_raised);
    await ada.keyboard.press('h');
    await seen('hand down', (entry) => !entry.hand_raised);
  });
  await test('keys open and close the panels and the help', async () => {
    for (const [key, panel] of [['c', 'chat'], ['p', 'people'], ['i', 'stats'], ['l', 'settings']]) {
      await ada.keyboard.press(key);
      assert.ok(await visible(ada, `#${panel}-panel`), panel);
      await ada.keyboard.press('Escape');
      assert.ok(!(await visible(ada, `#${panel}-panel`)), `${panel} closed`);
    }
    await ada.keyboard.press('?');
    assert.ok(await visible(ada, '#help'));
    await ada.keyboard.press('Escape');
    assert.ok(!(await visible(ada, '#help')));
  });
}

async function testScreenReader(ada) {
  await test('every control has a name for screen readers', async () => {
    await ada.keyboard.press('p');
    const snapshot = await ada.locator('body').ariaSnapshot();
    await ada.keyboard.press('p');
    for (const name of ['Mute microphone (M)', 'Turn camera off (V)', 'Share the screen (S)', 'Raise hand (H)', 'Chat (C)', 'People (P)',
      'Statistics (I)', 'Layout and settings (L)', 'Leave the room']) {
      assert.ok(snapshot.includes(`button "${name}"`), name);
    }
    assert.doesNotMatch(snapshot, /- (button|textbox|combobox|checkbox|link)\s*(\[.*\])?:?$/m, 'a control without a name');
  });
}

async function testChat(ada, grace) {
  await test('chat: text stays text, unread is counted, private stays between two', async () => {
    const hostile = '<img src=x onerror="window.broken=1"> & <b>hi</b>';
    await ada.keyboard.press('c');
    await ada.fill('#chat-text', hostile);
    await ada.keyboard.press('Enter');
    await until('unread badge', async () => (await text(grace, '#chat-badge')) === '1');
    await until('read out', async () => (await text(grace, '#announcer')).includes('<b>hi</b>'));
    await grace.click('#chat');
    assert.equal(await text(grace, '#messages li p'), hostile);
    assert.equal(await grace.evaluate(() => window.broken), undefined);
    await grace.selectOption('#chat-to', { label: 'Ada' });
    await grace.fill('#chat-text', 'for you alone');
    await grace.keyboard.press('Enter');
    await until('private message', async () => (await text(ada, '#messages')).includes('for you alone'));
    assert.ok(await visible(ada, '#messages .private'));
    await ada.keyboard.press('Escape');
    await grace.keyboard.press('Escape');
  });
}

async function testCamera(ada, grace) {
  const id = await ownId(ada);
  const colourOf = async () => nameOf((await grace.evaluate(sampleTiles)).find(({ participant, source }) =>
    participant === id && source === 'camera')?.colour ?? [0, 0, 0]);
  await test('camera off shows an avatar, camera on the picture again', async () => {
    await until('red at first', async () => (await colourOf()) === 'red');
    await ada.keyboard.press('v');
    await until('no red', async () => (await colourOf()) !== 'red', { ms: 5000 });
    assert.equal(await ada.evaluate(() => window.tutti.call.pc.getSenders()[1].track), null);
    await ada.keyboard.press('v');
    await until('red again', async () => (await colourOf()) === 'red', { ms: 10000 });
  });
  await test('a shared screen is seen, and gone when it ends', async () => {
    const screen = async () => (await grace.evaluate(sampleTiles)).find(({ source }) => source === 'screen');
    await ada.keyboard.press('s');
    await until('a yellow screen', async () => nameOf((await screen())?.colour ?? [0, 0, 0]) === 'yellow', { ms: 10000 });
    await ada.keyboard.press('s');
    await until('no screen', async () => !(await screen()), { ms: 5000 });
    await until('red camera still there', async () => (await colourOf()) === 'red', { ms: 10000 });
  });
}

async function testUplink(ada) {
  await test('the camera is sent no larger than the server asks', async () => {
    const read = () => ada.evaluate(async () => {
      const { pc } = window.tutti.call;
      const sent = [...(await pc.getStats()).values()].find((entry) => entry.type === 'outbound-rtp' && entry.kind === 'video');
      return { wish: window.tutti.state.uplink, encoding: pc.getSenders()[1].getParameters().encodings[0], width: sent?.frameWidth };
    });
    const { wish, encoding, width } = await until('uplink applied', async () => {
      const now = await read();
      return now.wish && now.encoding.maxBitrate === now.wish.max_bitrate_bps && now.width && now;
    });
    note(`asked for ${wish.max_width}x${wish.max_height} at ${wish.max_frame_rate}/s, ${wish.max_bitrate_bps} bit/s; sends ${width} wide`);
    assert.ok(width <= Math.max(wish.max_width, 1) * 1.05);
    assert.equal(encoding.maxFramerate, wish.max_frame_rate);
  });
}

async function testQuality(grace) {
  await test('sound only: no picture is sent, and it comes back', async () => {
    const frames = async () => (await grace.evaluate(inboundStats)).video[0].framesDecoded;
    const packets = async () => (await grace.evaluate(inboundStats)).audio[0].packetsReceived;
    const moving = async (count, ms) => {
      const before = await count();
      await sleep(ms);
      return (await count()) - before;
    };
    await grace.keyboard.press('l');
    await grace.selectOption('#quality', 'audio');
    await until('the picture stands', async () => (await moving(frames, 1000)) === 0);
    const sounds = await packets();
    await until('sound goes on', async () => (await packets()) > sounds + 20);
    const pictures = await frames();
    await grace.selectOption('#quality', 'auto');
    await until('the picture moves', async () => (await frames()) > pictures + 5);
    await grace.keyboard.press('Escape');
  });
}

async function testModeration(browser, server) {
  await test('a moderator mutes, locks and removes', async () => {
    const boss = await enterRoom(browser, server.url, 'ruled', 'Boss', { query: '?role=moderator' });
    const guest = await enterRoom(browser, server.url, 'ruled', 'Guest');
    const id = await ownId(guest);
    await boss.keyboard.press('p');
    await boss.click('button[aria-label="Mute Guest"]');
    await until('the guest is muted', () => guest.evaluate(() => window.tutti.state.people.get(window.tutti.state.self.id).audio_muted));
    await until('and sees it', async () => (await guest.getAttribute('#mic', 'aria-label')) === 'Unmute microphone (M)');
    await boss.click('#lock');
    const late = await openRoom(browser, server.url, 'ruled');
    await pressJoin(late, 'Late');
    await until('locked', async () => (await text(late, '#ending-title')) === 'This room is locked');
    await boss.click('button[aria-label="Remove Guest"]');
    await until('removed', async () => (await text(guest, '#ending-title')) === 'You were removed from the room');
    await until('gone from the list', async () => !(await person(boss, id)));
    for (const page of [boss, guest, late]) await page.context().close();
  });
}

async function testListener(browser, server, count) {
  await test('a listener is not asked for devices, sees and hears', async () => {
    const page = await openRoom(browser, server.url, 'keys', { query: '?role=listener' });
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => {
        window.asked = true;
        return Promise.reject(new Error('asked'));
      };
    });
    await page.click('#join');
    await waitForMedia(page);
    assert.equal(await page.evaluate(() => window.asked), undefined);
    assert.equal(await page.evaluate(() => window.tutti.call.pc.getSenders().filter((sender) => sender.track).length), 0);
    await until('sees both', async () => (await page.evaluate(sampleTiles)).filter(({ colour }) => nameOf(colour)).length === count);
    assert.ok(!(await visible(page, '#mic')));
    await page.context().close();
  });
}

async function testTokens() {
  const server = await Server.start({ 'auth.mode': 'token', 'auth.secret': 'not-guessed-by-anybody-in-a-test' });
  const browser = await launchChromium();
  const ticket = async (name, role) => `#token=${(await tutti(server, 'token', 'club', '--name', name, '--role', role)).trim()}`;
  await test('a link with a token: its name and its role are in the page', async () => {
    const boss = await openRoom(browser, server.url, 'club', { query: await ticket('Zoë', 'moderator') });
    await until('the name is there', () => boss.evaluate(() => document.querySelector('#name').value === 'Zoë'));
    await pressJoin(boss, 'Zoë');
    await until('in', () => visible(boss, '#room'));
    await boss.keyboard.press('p');
    await until('moderates', () => visible(boss, '#moderation'));
    const listener = await openRoom(browser, server.url, 'club', { query: await ticket('Ear', 'listener') });
    assert.ok(!(await visible(listener, '#preview')));
    await listener.click('#join');
    await until('listens', () => visible(listener, '#room'));
    await until('both are what their tokens say', async () => (await roster(boss)).map(({ name, role }) => `${name} ${role}`).join() === 'Zoë moderator,Ear listener');
  });
  await browser.close();
  await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
}

async function testFull() {
  const server = await Server.start({ 'room.limit': 1, 'room.personal-views': 0 });
  const browser = await launchChromium();
  await test('a full room says so', async () => {
    await enterRoom(browser, server.url, 'small', 'First');
    const page = await openRoom(browser, server.url, 'small');
    await pressJoin(page, 'Second');
    await until('full', async () => (await text(page, '#ending-title')) === 'This room is full');
  });
  await test('in a shared view the own camera covers the own tile', async () => {
    const page = await enterRoom(browser, server.url, 'shared', 'Alone');
    const rects = await until('the own tile', () => page.evaluate(() => {
      const { layout, self } = window.tutti.state;
      const tile = layout?.tiles.find(({ participant }) => participant === self.id);
      const video = document.querySelector('#remote');
      if (!tile || !video.videoWidth || document.querySelector('#self').matches('.corner, [hidden]')) return null;
      const box = video.getBoundingClientRect();
      const scale = Math.min(box.width / layout.canvas.width, box.height / layout.canvas.height);
      const left = box.left + (box.width - layout.canvas.width * scale) / 2 + tile.x * scale;
      const top = box.top + (box.height - layout.canvas.height * scale) / 2 + tile.y * scale;
      const own = document.querySelector('#self').getBoundingClientRect();
      return { wanted: [left, top, tile.width * scale, tile.height * scale], got: [own.left, own.top, own.width, own.height] };
    }));
    rects.wanted.forEach((value, index) => assert.ok(Math.abs(value - rects.got[index]) < 1.5, JSON.stringify(rects)));
  });
  await browser.close();
  await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
}

export async function run() {
  const server = await Server.start();
  const browser = await launchChromium();
  const violations = [];
  try {
    await testStart(browser, server);
    await testRefused(server);
    await testPhone(browser, server);
    await testModeration(browser, server);
    const ada = await enterRoom(browser, server.url, 'keys', 'Ada', synthetic('red', 523));
    const grace = await enterRoom(browser, server.url, 'keys', 'Grace', synthetic('green', 743));
    for (const page of [ada, grace]) {
      listenForViolations(page, violations);
      await waitForMedia(page);
    }
    await testKeys(ada, grace);
    await testScreenReader(ada);
    await testChat(ada, grace);
    await testUplink(ada);
    await testCamera(ada, grace);
    await testQuality(grace);
    await testListener(browser, server, 2);
    await test('nothing broke the policy or threw', () => assert.deepEqual(violations, []));
  } finally {
    await browser.close();
    await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
  }
  await testTokens();
  await testFull();
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// policy.mjs: a room with rules, from its making to its end: the PIN, the waiting room, who is kicked,
// who may share, silence for all, closing time. One room, one moderator, guests who come and go.

import assert from 'node:assert/strict';

import { tutti, tuttiJson } from '../lib/admin.mjs';
import { launchChromium, openRoom, pressJoin, waitForMedia } from '../lib/browser.mjs';
import { startHearing, takeHearing } from '../lib/hearing.js';
import { Server } from '../lib/server.mjs';
import { test } from '../lib/tap.mjs';
import { sleep, until } from '../lib/wait.mjs';

const ROOM = 'board';
const PIN = '7391';
const TONES = { Boss: 523, Guest: 743 };
// The rules are tested, not the picture.
const SETTINGS = { 'auth.mode': 'open', 'room.canvas': '320x180', 'room.frame-rate': 10 };
// Wide enough for the bar to have all its buttons.
const SMALL = { viewport: { width: 800, height: 440 } };
// Tones are sent at -10 dB; a mix without them has nothing at their frequency.
const HEARD_DB = -40;
const SILENT_DB = -60;
// Windows of 20 ms that must all agree.
const WINDOWS = 15;

const text = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted).textContent, selector);
const visible = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted).checkVisibility(), selector);
const phase = (page) => page.evaluate(() => window.tutti?.state.phase);
const reads = (page, title) => until(`"${title}"`, async () => (await visible(page, '#ending')) && (await text(page, '#ending-title')) === title);
const waits = (page) => until('waits at the door', async () => (await phase(page)) === 'waiting' && visible(page, '#door-note'));

function open(browser, server, name, query) {
  return openRoom(browser, server.url, ROOM, { ...SMALL, query, synthetic: { hertz: TONES[name] ?? 1117, frameRate: 10 } });
}

// The newest windows of a tone; none where no sound has come yet.
async function newest(page, hertz) {
  const { levels } = await page.evaluate(takeHearing, [0, Date.now()]);
  return levels[hertz].slice(-WINDOWS);
}

async function hears(page, name) {
  await until(`${name} is heard`, async () => {
    const levels = await newest(page, TONES[name]);
    return levels.length === WINDOWS && Math.min(...levels) > HEARD_DB;
  });
}

async function hearsNot(page, name) {
  await until(`${name} is not heard`, async () => Math.max(-100, ...(await newest(page, TONES[name]))) < SILENT_DB);
}

function listen(page) {
  return page.evaluate(startHearing, Object.values(TONES));
}

async function testPin(browser, server) {
  const boss = await open(browser, server, 'Boss', '?role=moderator');
  await test('a room with a PIN asks for it, and again when it is wrong', async () => {
    await tutti(server, 'room', 'create', ROOM, '--pin', PIN, '--waiting-room', 'on');
    const room = await tuttiJson(server, 'room', 'show', ROOM);
    assert.deepEqual([room.pin, room.waiting_room], [true, true]);
    await pressJoin(boss, 'Boss');
    await until('the PIN is asked for', () => visible(boss, '#pin-form'));
    assert.ok(!(await visible(boss, '#room')));
    await boss.fill('#pin', '0000');
    await boss.keyboard.press('Enter');
    await until('it is wrong', async () => (await text(boss, '#pin-problem')).includes('not the room’s PIN'));
    await boss.fill('#pin', PIN);
    await boss.keyboard.press('Enter');
    await until('in the room', () => visible(boss, '#room'));
    assert.ok(!(await visible(boss, '#door')));
  });
  return boss;
}

async function testWaiting(browser, server, boss) {
  // An invitation that has the PIN in it.
  const guest = await open(browser, server, 'Guest', `#pin=${PIN}`);
  await test('who waits is neither heard nor listed, and reads when it is rejected', async () => {
    await listen(boss);
    await pressJoin(guest, 'Guest');
    await waits(guest);
    assert.equal(await text(guest, '#door-title'), 'You are waiting to be let in');
    await guest.keyboard.press('h');
    await until('the moderator sees it', async () => (await text(boss, '#lobby-list')).includes('Guest'));
    await until('and is told', async () => (await text(boss, '#announcer')).includes('Guest waits to be let in'));
    assert.match(await tutti(server, 'room', 'lobby', ROOM), /^p\S+ +Guest +participant /m);
    assert.equal(await boss.evaluate(() => window.tutti.state.people.size), 1);
    await sleep(1000);
    await hearsNot(boss, 'Guest');
    await boss.click('#people');
    await boss.click('button[aria-label="Reject Guest"]');
    await reads(guest, 'You were not let in');
    assert.ok(!(await visible(boss, '#lobby')));
  });
  return guest;
}

async function testAdmit(boss, guest) {
  await test('who is admitted by a moderator is heard', async () => {
    await guest.reload({ waitUntil: 'domcontentloaded' });
    await pressJoin(guest, 'Guest');
    await waits(guest);
    await boss.click('button[aria-label="Admit Guest"]');
    await until('let in', async () => (await phase(guest)) === 'live');
    await waitForMedia(guest);
    await hears(boss, 'Guest');
    assert.ok(!(await visible(boss, '#lobby')));
  });
}

async function testShare(server, boss, guest) {
  await test('only moderators have a share button when only they may share', async () => {
    const button = (page) => visible(page, '#bar [data-action=share]');
    assert.ok(await button(guest));
    await guest.keyboard.press('s');
    await until('shares', () => boss.evaluate(() => [...window.tutti.state.people.values()].some((person) => person.sharing_screen)));
    await tutti(server, 'room', 'set', ROOM, '--share', 'moderator');
    await until('its button is gone', async () => !(await button(guest)));
    await until('its share has ended', () => boss.evaluate(() => ![...window.tutti.state.people.values()].some((person) => person.sharing_screen)));
    assert.ok(await button(boss));
    await guest.keyboard.press('s');
    await until('the key says why not', async () => (await text(guest, '#announcer')).includes('Only moderators may share a screen here'));
    await hears(boss, 'Guest');
    await boss.keyboard.press('l');
    assert.equal(await boss.inputValue('#share-rule'), 'moderator');
    await boss.selectOption('#share-rule', 'anyone');
    await until('its button is back', () => button(guest));
    await boss.click('#people');
  });
}

async function testMuteAll(server, boss, guest) {
  await test('tutti mute ROOM --all silences everybody but moderators', async () => {
    await listen(guest);
    await hears(guest, 'Boss');
    await tutti(server, 'mute', ROOM, '--all');
    await hearsNot(boss, 'Guest');
    await until('the guest sees it', async () => (await guest.getAttribute('#mic', 'aria-label')) === 'Unmute microphone (M)');
    await hears(guest, 'Boss');
  });
}

async function testKick(browser, server, boss, guest) {
  const refused = 'You can’t come back';
  await test('who was kicked can come neither by a reload nor by its name, until it is unbanned', async () => {
    await boss.click('button[aria-label="Remove Guest"]');
    await reads(guest, 'You were removed from the room');
    await guest.reload({ waitUntil: 'domcontentloaded' });
    await pressJoin(guest, 'Somebody else');
    await reads(guest, refused);
    const again = await open(browser, server, 'Guest', `#pin=${PIN}`);
    await pressJoin(again, 'Guest');
    await reads(again, refused);
    assert.match(await tutti(server, 'bans', ROOM), /^b\S+ +Guest /m);
    await tutti(server, 'unban', ROOM, 'Guest');
    await again.click('#rejoin');
    await pressJoin(again, 'Guest');
    await waits(again);
    await tutti(server, 'admit', ROOM, 'Guest');
    await until('let in', async () => (await phase(again)) === 'live');
  });
}

async function testClosing(server, boss) {
  await test('a room ends at its time, and everyone reads so', async () => {
    await tutti(server, 'room', 'set', ROOM, '--closes-at', '+3s');
    await until('told ahead', async () => /closes/.test(await text(boss, '#messages')));
    await reads(boss, 'Time is up');
    assert.deepEqual((await tuttiJson(server, 'rooms')).rooms, []);
  });
}

export async function run() {
  const server = await Server.start(SETTINGS);
  const browser = await launchChromium();
  const faults = [];
  try {
    const boss = await testPin(browser, server);
    boss.on('pageerror', (error) => faults.push(error.message));
    boss.on('console', (message) => /Content Security Policy/i.test(message.text()) && faults.push(message.text()));
    const guest = await testWaiting(browser, server, boss);
    await testAdmit(boss, guest);
    await testShare(server, boss, guest);
    await testMuteAll(server, boss, guest);
    await testKick(browser, server, boss, guest);
    await testClosing(server, boss);
    await test('nothing broke the policy or threw', () => assert.deepEqual(faults, []));
  } finally {
    await browser.close();
    await test('tuttid ends with status 0', async () => assert.equal(await server.stop(), 0));
  }
}

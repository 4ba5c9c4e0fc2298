// SPDX-License-Identifier: LGPL-2.1-or-later
// recording.mjs: a call is recorded and the file is what was seen and heard: in sync from start to end, each
// voice exactly while its owner was there. Killed servers, full disks, pauses, players.
// RECORDING_SECONDS: how long the first call is (18). RECORDING_STRICT=1: with the limits that an operator would set; on
// a quiet machine only, since three browsers and a server share its cores, and all sources are drawn by the browsers.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { tutti, tuttiJson } from '../lib/admin.mjs';
import { launchChromium, newPage, waitForMedia } from '../lib/browser.mjs';
import { decodeAll, findClicks, findFlashes, pair, presence, probe, readPictures, readTimes, readTones, shareThere } from '../lib/film.mjs';
import { takeFlashes } from '../lib/flashes.js';
import { Machine } from '../lib/machine.mjs';
import { inboundStats } from '../lib/probe.js';
import { enter, FLASH_MS, leave, list, PEOPLE, play, press, waitListed } from '../lib/recording.mjs';
import { Server } from '../lib/server.mjs';
import { note, Skip, test } from '../lib/tap.mjs';
import { median, sleep, until } from '../lib/wait.mjs';

const SECONDS = Number(process.env.RECORDING_SECONDS ?? 18);
// Three browsers that decode and paint in software leave nothing of two cores at full size.
const CANVAS = { 'room.canvas': '640x360' };
// What is asked of a quiet machine, when asked; and of one of our own.
const STRICT = process.env.RECORDING_STRICT === '1';
const OFFSET_MAX_S = STRICT ? 0.04 : 0.08;
const LENGTH_MAX_S = STRICT ? 0.04 : 0.2;
// Of films whose beginning and end are told by pages, or cut by a kill.
const CUT_MAX_S = 0.5;
// A canvas that didn't change is no new picture, and three browsers draw as unevenly as they get to it.
const FPS_MAX_OFF = STRICT ? 0.01 : 0.2;
// Coming and going take signalling, a jitter buffer and the mixer's fade.
const PRESENCE_MAX_S = 1.5;
const SHARE_MIN = 0.9;

const ms = (seconds) => `${Math.round(seconds * 1000)} ms`;

function makeDirectory() {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'tutti-recordings-'));
}

function settings(directory, more = {}) {
  // The announcement would be one more tone.
  return { ...CANVAS, 'record.directory': directory, 'record.minimum-free-space': 0, 'record.announce': 'off', ...more };
}

// --- The film of a call. ---

// Ada records; Grace comes at a third, Linus leaves at two thirds. Gives what the pages know of it.
async function recordCall(browser, url) {
  const third = (SECONDS * 1000) / 3;
  const ada = await enter(browser, url, 'film', 'Ada');
  const linus = await enter(browser, url, 'film', 'Linus');
  await waitForMedia(ada.page);
  // Jitter buffers have settled.
  await sleep(2000);
  const machine = new Machine();
  const startedAt = await press('#record', 'on', ada, [linus]);
  await sleep(third);
  const grace = await enter(browser, url, 'film', 'Grace');
  await until('who comes late is told', () => grace.page.evaluate(() => document.querySelector('#recording').checkVisibility()));
  await sleep(Math.max(0, startedAt + 2 * third - Date.now()));
  const linusFlashes = await linus.page.evaluate(takeFlashes);
  const linusLeftAt = await leave(linus);
  await sleep(Math.max(0, startedAt + 3 * third - Date.now()));
  const stoppedAt = await press('#record-stop', 'off', ada, [grace]);
  machine.stop();
  const call = { startedAt, stoppedAt, machine, people: [
    { ...ada, from: startedAt, there: startedAt, to: stoppedAt, found: await ada.page.evaluate(takeFlashes) },
    { ...grace, from: grace.enteringAt, there: grace.enteredAt, to: stoppedAt, found: await grace.page.evaluate(takeFlashes) },
    { ...linus, from: startedAt, there: startedAt, to: linusLeftAt, found: linusFlashes }] };
  for (const { page } of call.people) await page.context().close();
  return call;
}

function checkStreams({ streams, format, said }) {
  assert.equal(said, '', 'ffprobe says nothing');
  assert.deepEqual(streams.map(({ codec_name: name }) => name).sort(), ['opus', 'vp8']);
  const video = streams.find(({ codec_type: type }) => type === 'video');
  assert.deepEqual([video.width, video.height], [640, 360]);
  assert.ok(Number(format.duration) > 0);
}

// A flash is in the film so much after it was sent, at most; another one is further away.
const LAG_MAX_S = 0.8;

// Each flash of the film against the click beside it, less what the same two were apart when they were sent.
function offsetsOf(person, pictures, tones, startedAt) {
  const seconds = (list) => list.map((at) => (at - startedAt) / 1000);
  const sent = pair(seconds(person.found.flashes), seconds(person.found.clicks));
  const flashes = findFlashes(pictures, person.colour);
  const offsets = pair(flashes, findClicks(tones[person.hertz])).map(({ at, gap }) => {
    const own = sent.find((other) => Math.abs(other.at - at) < LAG_MAX_S)?.gap ?? median(sent.map((other) => other.gap));
    return { at, offset: gap - own };
  });
  return { flashes, sent, offsets };
}

// The flashes of one, in the film's time against the wall clock: how far they drift apart.
function driftOf({ flashes }, person, startedAt) {
  const wall = person.found.flashes.map((at) => (at - startedAt) / 1000);
  const lags = flashes.map((at) => {
    const nearest = wall.reduce((best, other) => (Math.abs(other - at) < Math.abs(best - at) ? other : best), Infinity);
    return at - nearest;
  }).filter((lag) => Math.abs(lag) < LAG_MAX_S);
  return lags.length > 1 ? Math.max(...lags) - Math.min(...lags) : NaN;
}

// The pairs of all, in thirds of the film.
function checkSync(call, pictures, tones) {
  const thirds = [[], [], []];
  for (const person of call.people) {
    const measured = offsetsOf(person, pictures, tones, call.startedAt);
    const { offsets } = measured;
    const due = (person.to - person.there) / FLASH_MS;
    note(`${person.name}: sound after picture, less than sent: ${offsets.map(({ offset }) => Math.round(offset * 1000)).join(', ')} ms; `
      + `drift ${ms(driftOf(measured, person, call.startedAt))}`);
    assert.ok(offsets.length > 0, `${person.name} flashes and clicks`);
    call.machine.judge(offsets.length >= Math.floor(due / 2), `${person.name}: ${offsets.length} pairs of ${due.toFixed(1)}`);
    for (const { at, offset } of offsets) thirds[Math.min(2, Math.floor((3000 * at) / (call.stoppedAt - call.startedAt)))].push(offset);
  }
  thirds.forEach((offsets, index) => {
    const offset = median(offsets);
    call.machine.judge(Math.abs(offset) <= OFFSET_MAX_S, `third ${index + 1}: ${ms(offset)}`);
  });
}

function checkPresence(call, tones) {
  const inFilm = (at) => Math.max(0, (at - call.startedAt) / 1000);
  for (const person of call.people) {
    const [from, there, to] = [person.from, person.there, person.to].map(inFilm);
    const found = presence(tones[person.hertz]);
    const share = shareThere(tones[person.hertz], there + PRESENCE_MAX_S, to - PRESENCE_MAX_S);
    note(`${person.name}: came between ${from.toFixed(2)} and ${there.toFixed(2)} s, left at ${to.toFixed(2)} s; heard ${found?.map((at) => at.toFixed(2)).join(' to ')} s, `
      + `${(100 * share).toFixed(1)} % of it`);
    assert.ok(found, `${person.name} is heard`);
    call.machine.judge(found[0] >= from - CUT_MAX_S && found[0] <= there + PRESENCE_MAX_S, `${person.name} is heard from the beginning, and no sooner`);
    call.machine.judge(Math.abs(found[1] - to) < PRESENCE_MAX_S, `${person.name} is heard to the end, and no longer`);
    call.machine.judge(to - there < 2 * PRESENCE_MAX_S || share > SHARE_MIN, `${person.name} is heard all the time`);
  }
}

async function checkTiming(call, file, { format }) {
  const wall = (call.stoppedAt - call.startedAt) / 1000;
  const length = Number(format.duration);
  const times = await readTimes(file);
  const fps = (times[0].length - 1) / (times[0].at(-1) - times[0][0]);
  note(`${length.toFixed(3)} s in the file, ${wall.toFixed(3)} s by the wall clock (${ms(length - wall)}); ${fps.toFixed(2)} pictures a second; `
    + `begins at ${times[0][0]} and ${times[1][0]} s`);
  for (const list of Object.values(times)) assert.ok(list.every((at, index) => index === 0 || at > list[index - 1]), 'times rise');
  call.machine.judge(Math.abs(length - wall) <= LENGTH_MAX_S, 'as long as it was recorded');
  call.machine.judge(Math.abs(fps - 30) <= 30 * FPS_MAX_OFF, 'as many pictures as the canvas has');
}

async function testFilm(browser) {
  const directory = makeDirectory();
  const server = await Server.start(settings(directory, { 'record.tracks': 'true' }));
  let call;
  let recording;
  let file;
  await test('a moderator records a call; who comes late sees it', async () => {
    call = await recordCall(browser, server.url);
    recording = await waitListed(browser, server.url, 'film', 'done');
    file = path.join(directory, recording.file);
    note(`${recording.file}: ${recording.size_bytes} bytes, ${recording.tracks} tracks`);
    assert.equal(fs.statSync(file).mode & 0o777, 0o640);
  });
  if (recording) {
    const about = await probe(file);
    const [pictures, tones] = [await readPictures(file), await readTones(file, Object.values(PEOPLE).map(({ hertz }) => hertz))];
    await test('ffmpeg reads the film without a word', async () => {
      checkStreams(about);
      assert.equal(await decodeAll(file), '');
    });
    await test('picture and sound are in step at the start, in the middle and at the end', () => checkSync(call, pictures, tones));
    await test('each voice is there while its owner was', () => checkPresence(call, tones));
    await test('the film is as long as the recording, at the rate of the canvas', () => checkTiming(call, file, about));
    await testPage(browser, server, recording, directory);
  }
  await test('tuttid ends on SIGTERM', async () => assert.equal(await server.stop(), 0));
  fs.rmSync(directory, { recursive: true, force: true });
}

// --- The page for recordings. ---

async function testPage(browser, server, recording, directory) {
  await test('the page plays it, shows who spoke, gives its files, deletes it', async () => {
    const { page, seen } = await play(browser, server.url, recording);
    note(`played to ${seen.time.toFixed(1)} of ${seen.duration.toFixed(1)} s, ${seen.pictures} pictures`);
    assert.ok(Math.abs(seen.duration - recording.duration_ms / 1000) < 0.1, 'the player knows its length');
    await page.evaluate((at) => {
      document.querySelector('video').currentTime = at;
    }, seen.duration - 3);
    await until('it plays on from near the end', () => page.evaluate((at) => document.querySelector('video').currentTime > at, seen.duration - 2));
    // Steady tones are no speech to every ear: as many as there are.
    const chapters = fs.readFileSync(path.join(directory, recording.chapters), 'utf8').split('-->').length - 1;
    note(`${chapters} chapters`);
    await until('chapters are listed', async () => (await page.evaluate(() => document.querySelectorAll('.chapters button').length)) === chapters);
    await page.getByRole('button', { name: 'Files' }).click();
    await until('files are listed', () => page.evaluate(() => document.querySelectorAll('.files a').length >= 4));
    const types = await page.evaluate(async () => Promise.all([...document.querySelectorAll('.files a')].map(async ({ href }) => {
      const response = await fetch(href, { method: 'HEAD' });
      return `${response.status} ${response.headers.get('content-disposition')}`;
    })));
    for (const type of types) assert.match(type, /^200 attachment/);
    await page.getByRole('button', { name: 'Close' }).first().click();
    await page.getByRole('button', { name: 'Delete' }).first().click();
    await page.click('#question [value=yes]');
    await until('it is gone', async () => (await list(browser, server.url)).length === 0);
    assert.deepEqual(fs.readdirSync(directory), []);
    await page.context().close();
  });
}

// --- MP4: pauses, live output, a crash. ---

async function testPause(browser, server, directory, people) {
  const [ada, grace] = people;
  await test('a pause is cut out, in MP4', async () => {
    const machine = new Machine();
    const startedAt = await press('#record', 'on', ada, [grace]);
    await sleep(3000);
    const pausedAt = await press('#record-pause', 'paused', ada, [grace]);
    assert.ok(await grace.page.evaluate(() => document.querySelector('#recording.paused').checkVisibility()), 'shown');
    await sleep(2000);
    const resumedAt = await press('#record-pause', 'on', ada, [grace]);
    await sleep(3000);
    const stoppedAt = await press('#record', 'off', ada, [grace]);
    machine.stop();
    const recording = await waitListed(browser, server.url, 'mp4', 'done');
    const wall = (pausedAt - startedAt + stoppedAt - resumedAt) / 1000;
    const file = path.join(directory, recording.file);
    const about = await probe(file);
    const times = await readTimes(file);
    const gaps = times[0].slice(1).map((at, index) => at - times[0][index]);
    note(`${Number(about.format.duration).toFixed(2)} s in the file, ${wall.toFixed(2)} s recorded; longest step ${ms(Math.max(...gaps))}; others took ${machine}`);
    assert.equal(about.said, '');
    assert.equal(await decodeAll(file), '');
    machine.judge(Math.abs(Number(about.format.duration) - wall) < CUT_MAX_S, 'as long as it was recorded');
    const { page } = await play(browser, server.url, recording);
    await page.context().close();
  });
}

async function testLive(browser, server) {
  await test('a live output plays in the browser', async () => {
    await tutti(server, 'stream', 'start', 'mp4', 'hls:');
    const page = await newPage(browser);
    await page.goto(`${server.url}/live/mp4/`);
    const read = () => page.evaluate(() => ({ time: document.querySelector('#video').currentTime, width: document.querySelector('#video').videoWidth,
      pictures: document.querySelector('#video').getVideoPlaybackQuality().totalVideoFrames, note: document.querySelector('#note').textContent }));
    const first = await until('it plays', async () => {
      const now = await read();
      if (now.pictures > 10) return now;
      throw new Error(JSON.stringify(now));
    }, { ms: 40000 });
    const startedAt = Date.now();
    const later = await until('and goes on', async () => {
      const now = await read();
      return now.time - first.time > 3 && now.pictures > first.pictures && now;
    });
    note(`${first.width} wide; ${(later.time - first.time).toFixed(1)} s and ${later.pictures - first.pictures} pictures in ${ms((Date.now() - startedAt) / 1000)}`);
    await tutti(server, 'stream', 'stop', 'mp4', 'hls:');
    await page.context().close();
  });
}

async function testCrash(browser, server, directory, [ada, grace]) {
  let again;
  await test('killed while it records: the next start saves the film, and the next recording works', async () => {
    const machine = new Machine();
    const startedAt = await press('#record', 'on', ada, [grace]);
    await sleep(5000);
    const killedAt = Date.now();
    await server.kill();
    machine.stop();
    for (const { page } of [ada, grace]) await page.context().close();
    const [part] = fs.readdirSync(directory).filter((name) => name.endsWith('.part'));
    assert.ok(part, 'the part is there');
    again = await Server.start(settings(directory, { 'record.container': 'mp4' }));
    const recording = await waitListed(browser, again.url, 'mp4', 'recovered', 30000);
    const about = await probe(path.join(directory, recording.file));
    const lost = (killedAt - startedAt) / 1000 - Number(about.format.duration);
    note(`${recording.file}: ${Number(about.format.duration).toFixed(2)} s of ${((killedAt - startedAt) / 1000).toFixed(2)} s; others took ${machine}`);
    assert.equal(about.said, '');
    assert.equal(await decodeAll(path.join(directory, recording.file)), '');
    machine.judge(lost < 1 + CUT_MAX_S, `no more than a second is lost (${lost})`);
    const { page } = await play(browser, again.url, recording);
    await page.context().close();
    assert.match(await tutti(again, 'recordings'), /recovered/);
    const boss = await enter(browser, again.url, 'next', 'Ada');
    await press('#record', 'on', boss);
    await until('something is in it', async () => (await tuttiJson(again, 'record', 'show', 'next')).length_us > 1000000);
    await press('#record', 'off', boss);
    const next = await waitListed(browser, again.url, 'next', 'done');
    assert.equal(await decodeAll(path.join(directory, next.file)), '');
    await boss.page.context().close();
  });
  if (again) await again.stop();
}

async function testMp4(browser) {
  const directory = makeDirectory();
  const server = await Server.start(settings(directory, { 'record.container': 'mp4' }));
  try {
    const people = [await enter(browser, server.url, 'mp4', 'Ada'), await enter(browser, server.url, 'mp4', 'Grace')];
    await waitForMedia(people[0].page);
    await testPause(browser, server, directory, people);
    await testLive(browser, server);
    await testCrash(browser, server, directory, people);
  } finally {
    if (server.running) await server.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

// --- A full disk. ---

// Less than what a recording keeps for itself at once where it can: it would live on that for long.
const DISK = '1m';

function mountSmall(directory) {
  if (process.getuid() !== 0) throw new Skip('mounting a small disk needs root');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', directory], { stdio: 'pipe' });
  } catch (error) {
    throw new Skip(`no small disk can be mounted: ${error.stderr}`);
  }
}

// What a call must not feel.
async function readCall(page) {
  const { audio: [audio], video: [video] } = await page.evaluate(inboundStats);
  return { at: Date.now(), pictures: video.framesDecoded, freezes: video.freezeCount ?? 0, lost: audio.packetsLost + video.packetsLost, sounds: audio.packetsReceived };
}

async function measureCall(page, forMs) {
  const before = await readCall(page);
  await sleep(forMs);
  const after = await readCall(page);
  const seconds = (after.at - before.at) / 1000;
  return { fps: (after.pictures - before.pictures) / seconds, sounds: (after.sounds - before.sounds) / seconds, lost: after.lost - before.lost, freezes: after.freezes - before.freezes };
}

// It goes on, however slowly.
async function waitMore(page) {
  const from = await readCall(page);
  await until('sound and picture go on', async () => {
    const now = await readCall(page);
    return now.sounds > from.sounds + 10 && now.pictures > from.pictures + 3;
  });
}

async function fillDisk(browser, server, directory) {
  const ada = await enter(browser, server.url, 'full', 'Ada');
  const grace = await enter(browser, server.url, 'full', 'Grace');
  await waitForMedia(grace.page);
  await sleep(2000);
  const machine = new Machine();
  const before = await measureCall(grace.page, 3000);
  const startedAt = await press('#record', 'on', ada, [grace]);
  const during = measureCall(grace.page, 4000);
  await until('some of it is written', async () => (await tuttiJson(server, 'record', 'show', 'full')).length_us > 2500000);
  // What else grows on a disk.
  try {
    fs.writeFileSync(path.join(directory, 'other'), Buffer.alloc(4 * 1024 * 1024));
  } catch { /* full */ }
  await until('everyone is told that it ended', async () => (await grace.page.evaluate(() => window.tutti.state.recording)) === 'off', { ms: 60000 });
  const endedAt = Date.now();
  await during;
  const after = await measureCall(grace.page, 3000);
  note(`before ${JSON.stringify(before)}; others took ${machine}`);
  note(`then ${JSON.stringify(await during)}, ${JSON.stringify(after)}; ended after ${ms((endedAt - startedAt) / 1000)}`);
  for (const figures of [await during, after]) {
    machine.judge(figures.sounds > 0.9 * before.sounds, 'the sound is as before');
    machine.judge(figures.fps > 0.7 * before.fps, 'the picture is as before');
    machine.judge(figures.lost <= 0, 'nothing is lost');
  }
  await waitMore(grace.page);
  for (const { page } of [ada, grace]) await page.context().close();
}

async function testFull(browser) {
  const directory = makeDirectory();
  let mounted = false;
  let server;
  await test('a full disk ends the recording and nothing else', async () => {
    mountSmall(directory);
    mounted = true;
    server = await Server.start(settings(directory));
    await fillDisk(browser, server, directory);
    const [recording] = await list(browser, server.url);
    const file = path.join(directory, recording.file ?? fs.readdirSync(directory).find((name) => name.endsWith('.part')));
    const { format, said } = await probe(file);
    note(`${path.basename(file)} (${recording.state}): ${format.duration} s, ${format.size} bytes; ${said}`);
    assert.equal(await decodeAll(file), '');
    assert.ok(server.output.some((line) => /full/.test(line)), 'the operator is told in the log');
    assert.match(await tutti(server, 'recordings'), /full-/);
  });
  if (server) await server.stop();
  if (mounted) execFileSync('umount', [directory]);
  fs.rmSync(directory, { recursive: true, force: true });
}

export async function run() {
  const browser = await launchChromium();
  await testFilm(browser);
  await testMp4(browser);
  await testFull(browser);
  await browser.close();
}

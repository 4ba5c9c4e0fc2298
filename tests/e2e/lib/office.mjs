// SPDX-License-Identifier: LGPL-2.1-or-later
// office.mjs: a call of three that an admin looks after: who is in it, what each hears and sees.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { tutti } from './admin.mjs';
import { enterRoom, launchChromium, ownId, waitForMedia } from './browser.mjs';
import { COLOURS, css, nameOf } from './colours.mjs';
import { startHearing, takeHearing } from './hearing.js';
import { readCells } from './probe.js';
import { Server } from './server.mjs';
import { makeWave } from './tone.mjs';
import { median, until } from './wait.mjs';

export const ROOM = 'office';
export const WAVE = { file: 'tone.wav', hertz: 1567 };
// No tone is a harmonic of another; 200 Hz apart at least. Three at once don't reach the limiter.
export const PEOPLE = [
  { name: 'Ada', hertz: 523, colour: 'red' },
  { name: 'Grace', hertz: 743, colour: 'green' },
  { name: 'Нина', hertz: 1117, colour: 'blue' },
];
export const LATE = { name: 'Late', hertz: 937, colour: 'yellow' };
const VOLUME = 0.1;
// A tone of VOLUME is at -20 dB; between it and what a codec leaves of nothing.
export const HEARD_DB = -45;
// So many windows of 20 ms of one kind in a row: it stays so.
const ENOUGH_WINDOWS = 15;
const STEADY_DB = 1;
const STEADY_SHARE = 0.8;
// Small pictures and windows leave the cores to the call.
const CAMERA = { width: 160, height: 90, frameRate: 15 };
const WINDOW = { viewport: { width: 640, height: 440 } };

export class Office {
  server;
  browser;
  people = [];
  directory;

  static async open() {
    const office = new Office();
    office.directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tutti-office-'));
    for (const name of ['films', 'recordings']) fs.mkdirSync(path.join(office.directory, name));
    office.setSecret('the first secret of thirty-two bytes');
    fs.writeFileSync(path.join(office.directory, 'films', WAVE.file), makeWave(WAVE.hertz, 30, 0.1));
    office.server = await Server.start({ 'auth.mode': 'token', 'auth.secret-file': office.#secretFile, 'room.canvas': '640x360',
      'play.directory': path.join(office.directory, 'films'), 'record.directory': path.join(office.directory, 'recordings'),
      'record.announce': 'off', 'record.minimum-free-space': 0 });
    office.browser = await launchChromium();
    return office;
  }

  // Before the server starts, and what it reads again at a reload.
  setSecret(text) {
    fs.writeFileSync(this.#secretFile, `${text}\n`, { mode: 0o600 });
  }

  get #secretFile() {
    return path.join(this.directory, 'secret');
  }

  tutti(...words) {
    return tutti(this.server, ...words);
  }

  // Runs it on the room: {from, to}, when it was begun and when it had returned.
  async time(command, ...words) {
    const from = Date.now();
    await this.tutti(...command.split(' '), ROOM, ...words);
    return { from, to: Date.now() };
  }

  async ticket(name, room = ROOM) {
    return (await this.tutti('token', room, '--name', name, '--ttl', '10m')).trim();
  }

  // How a page of one looks that comes by a token of its own.
  async arrival({ name, hertz, colour }) {
    return { ...WINDOW, query: `#token=${await this.ticket(name)}`, synthetic: { ...CAMERA, hertz, colour: css(COLOURS[colour]), volume: VOLUME } };
  }

  async enter(person) {
    const page = await enterRoom(this.browser, this.server.url, ROOM, 'Nobody', await this.arrival(person));
    return { ...person, page, id: await ownId(page) };
  }

  async enterAll() {
    for (const person of PEOPLE) this.people.push(await this.enter(person));
    const tones = [...PEOPLE, LATE, WAVE].map(({ hertz }) => hertz);
    for (const { page } of this.people) {
      await waitForMedia(page);
      await page.evaluate(startHearing, tones);
    }
    for (const person of this.people) await this.heard(person);
    for (const ear of this.people) await until('everybody is seen', async () => (await boxes(ear)).size === PEOPLE.length - 1);
  }

  othersThan(person) {
    return this.people.filter((other) => other !== person);
  }

  // When a tone was there, and stayed, for each of its listeners, at the earliest from then on; and when it had gone.
  heard(person, from = 0) {
    return Promise.all(this.othersThan(person).map((ear) => since(ear, person.hertz, (level) => level > HEARD_DB, from)));
  }

  gone(person, from = 0) {
    return Promise.all(this.othersThan(person).map((ear) => since(ear, person.hertz, (level) => level <= HEARD_DB, from)));
  }

  async close() {
    await this.browser.close();
    if (this.server.running) await this.server.stop();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

const hear = ({ page }, from, to) => page.evaluate(takeHearing, [from, to]);

// The end of the last window before those that all are as wanted, wall clock; 0: there is none.
async function since(ear, hertz, isSo, from) {
  return until(`${ear.name}: ${hertz} Hz changes`, async () => {
    const { times, levels } = await hear(ear, from, Infinity);
    const last = levels[hertz].findLastIndex((level) => !isSo(level));
    if (levels[hertz].length - last <= ENOUGH_WINDOWS) throw new Error(`levels ${levels[hertz].slice(-10)}`);
    return { at: last < 0 ? 0 : times[last] };
  }, { ms: 20000, everyMs: 50 });
}

// How loud a tone is, in dB, over windows that come next: such that are most of them alike, since on a machine that
// stutters a level may be that of a gap, or of what conceals it.
export async function loudness(ear, hertz) {
  const from = Date.now();
  return until(`${hertz} Hz at a steady level`, async () => {
    const levels = (await hear(ear, from, Infinity)).levels[hertz].slice(-2 * ENOUGH_WINDOWS);
    const usual = median(levels);
    const isSteady = levels.filter((level) => Math.abs(level - usual) < STEADY_DB).length >= STEADY_SHARE * levels.length;
    return levels.length === 2 * ENOUGH_WINDOWS && usual > HEARD_DB && isSteady && usual;
  }, { ms: 20000, everyMs: 50 });
}

// What shows each colour, in cells of the picture: {colour: {left, top, right, bottom}}, as a map.
export async function boxes({ page }) {
  const { columns, cells } = await page.evaluate(readCells);
  const found = new Map();
  cells.forEach((cell, index) => {
    const colour = nameOf(cell);
    if (!colour) return;
    const [x, y] = [index % columns, Math.floor(index / columns)];
    const box = found.get(colour) ?? { left: x, right: x, top: y, bottom: y, cells: 0 };
    found.set(colour, { left: Math.min(box.left, x), right: Math.max(box.right, x), top: Math.min(box.top, y), bottom: Math.max(box.bottom, y),
      cells: box.cells + 1 });
  });
  return found;
}

// Waits until the tiles that somebody sees stand so.
export function sees(ear, what, isSo) {
  return until(`${ear.name} sees ${what}`, async () => {
    const found = await boxes(ear);
    if (isSo(found)) return found;
    throw new Error(JSON.stringify([...found]));
  }, { everyMs: 50 });
}

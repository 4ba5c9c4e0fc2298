// SPDX-License-Identifier: LGPL-2.1-or-later
// bad-call.mjs: a call of three: Chromium behind a bad network (`near`), two clean participants beside
// the server (`clean`). What each received is measured while scenarios change the network.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { enterRoom, launchChromium, ownId, waitForMedia } from './browser.mjs';
import { COLOURS, css } from './colours.mjs';
import { readStats, summarise } from './figures.mjs';
import { startHearing, takeHearing } from './hearing.js';
import { Network } from './netns.mjs';
import { Server } from './server.mjs';
import { sleep, until } from './wait.mjs';

// No tone is a harmonic of another; 200 Hz apart at least.
const PEOPLE = [
  { name: 'Near', hertz: 523, colour: 'red' },
  { name: 'Clean', hertz: 743, colour: 'green' },
  { name: 'Other', hertz: 1117, colour: 'blue' },
];
// UDP or nothing: over TCP the network's loss would be delay. One view for all: whoever is near shares
// it with those who must not be disturbed. Sizes that leave the cores to the network.
const SETTINGS = { 'auth.mode': 'open', 'ice.tcp': 'false', 'room.canvas': '640x360', 'room.personal-views': '1' };
const CAMERA = { width: 320, height: 180, frameRate: 30 };
const WINDOW = { viewport: { width: 640, height: 440 } };
// Pages of routed addresses must not be asked for leave; candidates need no name service.
const FLAGS = ['--use-fake-ui-for-media-stream', '--disable-features=LocalNetworkAccessChecks,WebRtcHideLocalIpsWithMdns'];
const ROOM = 'network';
const PORT = 8443;
const TUTTI = process.env.TUTTI ?? 'tutti';
const POLL_MS = 250;

export class BadCall {
  network;
  server;
  near;
  clean = [];
  #browsers = [];

  // settings: of the server; near, others: what their cameras and microphones are (see synthetic.js).
  static async start(options = {}) {
    const call = new BadCall();
    try {
      await call.#start(options);
    } catch (error) {
      await call.stop();
      throw error;
    }
    return call;
  }

  get everyone() {
    return [this.near, ...this.clean];
  }

  // What everyone received in the next so many ms, and the network's queue all along:
  // {near, clean: [], link: [{at, up, down}], span: [from, to]}. during(): what happens meanwhile.
  async measure(ms, during = async () => {}) {
    const before = await this.#readAll();
    const end = Date.now() + ms;
    const link = [];
    await this.network.stats();
    const acting = during();
    while (Date.now() < end) {
      await sleep(Math.min(POLL_MS, Math.max(1, end - Date.now())));
      link.push({ at: Date.now(), ...(await this.network.stats()) });
    }
    await acting;
    return { ...(await this.#compare(before)), link };
  }

  // The server's own figures of a participant, as tutti(1) gives them.
  async serverStats(id) {
    const { stdout } = await promisify(execFile)(TUTTI, ['--socket', this.server.adminSocket, '--json', 'stats', ROOM, id]);
    return JSON.parse(stdout).rooms[0].people[0];
  }

  async #compare(before) {
    const after = await this.#readAll();
    const figures = await Promise.all(this.everyone.map(async (person, index) => {
      const span = [before[index].at, after[index].at];
      return { name: person.name, ...summarise(before[index], after[index], await person.page.evaluate(takeHearing, span)) };
    }));
    return { near: figures[0], clean: figures.slice(1), span: [before[0].at, after[0].at] };
  }

  async stop() {
    for (const browser of this.#browsers) await browser.close().catch(() => {});
    if (this.server?.running) await this.server.stop().catch(() => {});
    this.network?.stop();
  }

  #readAll() {
    return Promise.all(this.everyone.map(({ page }) => page.evaluate(readStats)));
  }

  async #start({ settings = {}, near = {}, others = {} }) {
    this.network = await Network.start();
    const { network } = this;
    const listen = `${network.serverAddress}:${PORT}`;
    this.server = await Server.start({ ...SETTINGS, ...settings }, { listen, prefix: network.prefix(network.far) });
    for (const namespace of [network.near, network.far]) {
      this.#browsers.push(await launchChromium(FLAGS, (program) => network.wrap(namespace, program)));
    }
    const [nearBrowser, farBrowser] = this.#browsers;
    const url = `https://${listen}`;
    this.near = await this.#enter(nearBrowser, url, PEOPLE[0], near);
    for (const person of PEOPLE.slice(1)) this.clean.push(await this.#enter(farBrowser, url, person, others));
    for (const { page } of this.everyone) await waitForMedia(page);
    if (others.volume !== 0) await this.#listen();
  }

  async #enter(browser, url, person, synthetic) {
    const { name, hertz, colour } = person;
    const page = await enterRoom(browser, url, ROOM, name, { ...WINDOW, synthetic: { ...CAMERA, hertz, colour: css(COLOURS[colour]), ...synthetic } });
    return { ...person, page, id: await ownId(page) };
  }

  // Ears on, and everybody hears the two others.
  async #listen() {
    for (const { page } of this.everyone) await page.evaluate(startHearing, PEOPLE.map(({ hertz }) => hertz));
    await Promise.all(this.everyone.map(({ page, name, hertz: own }) => until(`${name} hears the others`, async () => {
      const { levels } = await page.evaluate(takeHearing, [Date.now() - 1000, Date.now()]);
      return PEOPLE.every(({ hertz }) => hertz === own || (levels[hertz].length >= 10 && levels[hertz].slice(-10).every((level) => level > -40)));
    })));
  }
}

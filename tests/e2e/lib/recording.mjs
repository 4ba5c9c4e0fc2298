// SPDX-License-Identifier: LGPL-2.1-or-later
// recording.mjs: a recorded call of synthetic people: who flashes, clicks and has which tone; starting and
// stopping it as a moderator does; the server's list of recordings.

import { enterRoom, newPage, ownId } from './browser.mjs';
import { COLOURS, css } from './colours.mjs';
import { startFlashes } from './flashes.js';
import { until } from './wait.mjs';

// Tones as in three-tabs: none is a harmonic of another, nor near a sum of them.
export const PEOPLE = {
  Ada: { hertz: 523, colour: 'red', query: '?role=moderator' },
  Grace: { hertz: 743, colour: 'green' },
  Linus: { hertz: 1117, colour: 'blue' },
};
// Long enough to tell each flash's click from the next one's.
export const FLASH_MS = 2000;
// A flash is five times as loud; quiet enough that three at once don't clip.
const VOLUME = 0.06;
// Small, but with the whole bar of buttons.
const SMALL = { viewport: { width: 780, height: 440 } };

// One of them, in the room and flashing. Came between enteringAt and enteredAt.
export async function enter(browser, url, room, name) {
  const { hertz, colour, query = '' } = PEOPLE[name];
  const enteringAt = Date.now();
  const page = await enterRoom(browser, url, room, name, { ...SMALL, query, synthetic: { hertz, colour: css(COLOURS[colour]), volume: VOLUME, flashMs: FLASH_MS } });
  const enteredAt = Date.now();
  await page.evaluate(startFlashes);
  return { name, hertz, colour, page, enteringAt, enteredAt, id: await ownId(page) };
}

export async function leave(person) {
  await person.page.click('#leave');
  const leftAt = Date.now();
  return leftAt;
}

const stateOf = (page) => page.evaluate(() => window.tutti.state.recording);

// When the page was last told of its recording, by the wall clock.
const toldAt = (page) => page.evaluate(() => performance.timeOrigin + window.synthetic.log.findLast(({ message }) => message.type === 'recording').at);

// Presses the button and waits until everyone was told. Gives when the moderator's page was.
export async function press(button, wanted, moderator, others = []) {
  await moderator.page.click(button);
  await until(`recording is ${wanted}`, async () => (await stateOf(moderator.page)) === wanted);
  const at = await toldAt(moderator.page);
  for (const { page } of others) await until(`the others know: ${wanted}`, async () => (await stateOf(page)) === wanted);
  return at;
}

// What /recordings.json lists, by a page of this machine.
export async function list(browser, url) {
  const page = await newPage(browser);
  await page.goto(`${url}/recordings`);
  const { recordings } = await page.evaluate(async () => (await fetch('/recordings.json')).json());
  await page.context().close();
  return recordings;
}

// Waits until the room's newest recording is in that state, with what belongs beside it, and gives it.
export function waitListed(browser, url, room, state, ms = 15000) {
  return until(`a recording of ${room} is ${state}`, async () => {
    const found = (await list(browser, url)).find((entry) => entry.room === room);
    return found?.state === state && found.chapters && found;
  }, { ms, everyMs: 500 });
}

// Plays it on the page for recordings; gives how far the picture got.
export async function play(browser, url, { name }) {
  const page = await newPage(browser);
  await page.goto(`${url}/recordings`);
  await page.locator(`[data-name="${name}"] button.primary`).click();
  const seen = await until('it plays', () => page.evaluate(() => {
    const video = document.querySelector('video');
    if (video?.error) throw new Error(video.error.message);
    return video?.currentTime > 1.5 && video.videoWidth > 0 && { time: video.currentTime, duration: video.duration, width: video.videoWidth,
      pictures: video.getVideoPlaybackQuality().totalVideoFrames };
  }), { ms: 30000 });
  return { page, seen };
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// browser.mjs: Chromium (Playwright) and Firefox (Puppeteer over WebDriver BiDi), headless, and getting
// a tab of either into a room through the real page.

import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

import { installSynthetic } from './synthetic.js';
import { until } from './wait.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

// Tabs in the background must run like the one in front: each is a person.
const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
  '--disable-background-networking', '--disable-component-update', '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows', '--disable-background-timer-throttling',
  '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required',
  '--use-fake-device-for-media-stream'];

const FIREFOX_PREFS = { 'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false, 'media.peerconnection.ice.loopback': true,
  'media.autoplay.default': 0, 'media.autoplay.blocking_policy': 0,
  'media.gmp-manager.updateEnabled': false, 'datareporting.policy.dataSubmissionEnabled': false };

// A browser may take its time for the first window and page on a busy machine.
const LAUNCH_MS = 120000;
// What a page does at once takes some times as long where others share the machine.
const ACT_MS = 60000;

// wrap: gives the program to run instead of the browser's own (one that runs it in a namespace).
export function launchChromium(extraFlags = ['--use-fake-ui-for-media-stream'], wrap = (program) => program) {
  return chromium.launch({ executablePath: wrap(CHROMIUM), args: [...CHROMIUM_FLAGS, ...extraFlags], timeout: LAUNCH_MS });
}

// hertz: the tone of its fake microphone.
export function launchFirefox(hertz) {
  return puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true, acceptInsecureCerts: true,
    extraPrefsFirefox: { ...FIREFOX_PREFS, 'media.navigator.audio.fake_frequency': hertz }, timeout: LAUNCH_MS, protocolTimeout: LAUNCH_MS });
}

// A page in a context of its own: its own storage and permissions, as another person has.
export async function newPage(browser, options = {}) {
  if (!browser.contexts) return browser.newPage();
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 720 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(ACT_MS);
  page.setDefaultNavigationTimeout(LAUNCH_MS);
  return page;
}

async function beforeScripts(page, script, argument) {
  if (page.addInitScript) await page.addInitScript(script, argument);
  else await page.evaluateOnNewDocument(script, argument);
}

// 320x180 at 30: a tile's size, and every frame of the canvas has something new.
const SYNTHETIC = { hertz: 440, colour: '#c00000', screenColour: '#dcd200', width: 320, height: 180, frameRate: 30 };

// Opens the room's page with a tone and a colour for microphone and camera; does not press Join.
export async function openRoom(browser, url, room, { synthetic, query = '', page, ...options } = {}) {
  const tab = page ?? await newPage(browser, options);
  await beforeScripts(tab, installSynthetic, { ...SYNTHETIC, ...synthetic });
  await tab.goto(`${url}/r/${room}${query}`, { waitUntil: 'domcontentloaded' });
  await until('pre-join is shown', () => tab.evaluate(() => !document.querySelector('#prejoin').hidden));
  return tab;
}

// Waits for the devices, then presses Join.
export async function pressJoin(page, name) {
  await until('devices are there', () => page.evaluate(() => document.querySelector('#join').textContent === 'Join'
    && !document.querySelector('#preview-video').hidden));
  await page.evaluate((text) => {
    document.querySelector('#name').value = text;
    document.querySelector('#join').click();
  }, name);
}

export async function waitForMedia(page, ms = 20000) {
  await until('picture and sound arrive', () => page.evaluate(async () => {
    const call = window.tutti?.call;
    if (!call) return false;
    const report = [...(await call.pc.getStats()).values()];
    const inbound = (kind) => report.find((entry) => entry.type === 'inbound-rtp' && entry.kind === kind);
    return inbound('video')?.framesDecoded > 0 && inbound('audio')?.packetsReceived > 0;
  }), { ms });
}

// All of it: open, join, wait until media could flow (whoever is alone may get none).
export async function enterRoom(browser, url, room, name, options = {}) {
  const page = await openRoom(browser, url, room, options);
  await pressJoin(page, name);
  await until('connected', () => page.evaluate(() => window.tutti?.call?.pc.connectionState === 'connected'));
  return page;
}

export function ownId(page) {
  return page.evaluate(() => window.tutti.state.self.id);
}

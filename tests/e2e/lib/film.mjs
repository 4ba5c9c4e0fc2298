// SPDX-License-Identifier: LGPL-2.1-or-later
// film.mjs: what is in a recorded file, by ffprobe and ffmpeg: its streams, which synthetic cameras are seen
// in each picture, how loud each tone is at each time, and where pictures flash and tones click.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { COLOURS, distance } from './colours.mjs';
import { median } from './wait.mjs';

const run = promisify(execFile);
// An hour of sound as 32-bit samples.
const OUTPUT_MAX_BYTES = 700 * 1024 * 1024;

// Small enough to look at every pixel, large enough that each tile has a hundred.
const WIDTH = 64;
const HEIGHT = 36;
const NEAR = 60;
const WHITE = 200;

const RATE_HZ = 48000;
// A bin of a Fourier transform under a Hann window of 20 ms: tones 200 Hz apart are told apart; every 5 ms.
const WINDOW = 960;
const HOP = 240;
export const HOP_S = HOP / RATE_HZ;

async function tool(name, words, options = {}) {
  const { stdout, stderr } = await run(name, words, { maxBuffer: OUTPUT_MAX_BYTES, encoding: 'buffer', ...options });
  return { out: stdout, said: stderr.toString().trim() };
}

// {format, streams, said: warnings and errors}
export async function probe(file) {
  const { out, said } = await tool('ffprobe', ['-v', 'warning', '-show_format', '-show_streams', '-count_packets', '-of', 'json', file]);
  return { ...JSON.parse(out), said };
}

// What ffmpeg has to say when it decodes all of it: '' is best.
export async function decodeAll(file) {
  return (await tool('ffmpeg', ['-v', 'warning', '-xerror', '-i', file, '-fps_mode', 'vfr', '-f', 'null', '-'])).said;
}

// Times of presentation in seconds, by stream index: {0: [...], 1: [...]}
export async function readTimes(file) {
  const { out } = await tool('ffprobe', ['-v', 'error', '-show_entries', 'packet=stream_index,pts_time', '-of', 'csv=p=0', file]);
  const times = {};
  for (const line of out.toString().split('\n').filter(Boolean)) {
    const [index, at] = line.split(',');
    (times[index] ??= []).push(Number(at));
  }
  return times;
}

function shareOf(pixels, offset) {
  const shares = Object.fromEntries([...Object.keys(COLOURS), 'white'].map((name) => [name, 0]));
  for (let i = offset; i < offset + WIDTH * HEIGHT * 3; i += 3) {
    const pixel = [pixels[i], pixels[i + 1], pixels[i + 2]];
    if (Math.min(...pixel) > WHITE) shares.white += 1;
    else {
      const found = Object.entries(COLOURS).find(([, known]) => distance(pixel, known) < NEAR);
      if (found) shares[found[0]] += 1;
    }
  }
  for (const name of Object.keys(shares)) shares[name] /= WIDTH * HEIGHT;
  return shares;
}

// [{at, shares: {red, …, white}}]: of each picture, how much of it has each camera's colour.
export async function readPictures(file) {
  const listed = await tool('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0', file]);
  const times = listed.out.toString().split('\n').map((line) => parseFloat(line)).filter(Number.isFinite);
  const { out } = await tool('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:v', '-vf', `scale=${WIDTH}:${HEIGHT}:flags=area`, '-fps_mode', 'passthrough',
    '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-']);
  const size = WIDTH * HEIGHT * 3;
  if (out.length !== times.length * size) throw new Error(`${out.length / size} pictures decoded, ${times.length} times`);
  return times.map((at, index) => ({ at, shares: shareOf(out, index * size) }));
}

// {hertz: Float32Array of dB, one each HOP_S from the file's beginning}
export async function readTones(file, frequencies) {
  const { out } = await tool('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a', '-af', 'aresample=async=1:first_pts=0', '-ac', '1', '-ar', String(RATE_HZ),
    '-f', 'f32le', '-']);
  const samples = new Float32Array(out.buffer.slice(out.byteOffset, out.byteOffset + out.length - (out.length % 4)));
  return Object.fromEntries(frequencies.map((hertz) => [hertz, levels(samples, hertz)]));
}

function levels(samples, hertz) {
  const real = new Float32Array(WINDOW);
  const imaginary = new Float32Array(WINDOW);
  for (let i = 0; i < WINDOW; i += 1) {
    const weight = (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW)) * (4 / WINDOW);
    real[i] = weight * Math.cos((2 * Math.PI * hertz * i) / RATE_HZ);
    imaginary[i] = weight * Math.sin((2 * Math.PI * hertz * i) / RATE_HZ);
  }
  const found = new Float32Array(Math.max(0, Math.floor((samples.length - WINDOW) / HOP) + 1));
  for (let window = 0; window < found.length; window += 1) {
    let a = 0;
    let b = 0;
    for (let i = 0; i < WINDOW; i += 1) {
      const sample = samples[window * HOP + i];
      a += sample * real[i];
      b += sample * imaginary[i];
    }
    found[window] = 20 * Math.log10(Math.hypot(a, b) + 1e-6);
  }
  return found;
}

// A window's middle.
export function timeOf(window) {
  return (window * HOP + WINDOW / 2) / RATE_HZ;
}

// A flash is shorter, and two are further apart.
const FLASH_MAX_S = 0.6;
const APART_S = 1;

// When the camera of that colour became white: it was there, is gone at once, and comes back soon.
export function findFlashes(pictures, colour) {
  const there = median(pictures.map(({ shares }) => shares[colour]).filter((share) => share > 0.02));
  const found = [];
  for (let i = 1; i < pictures.length; i += 1) {
    const { at, shares } = pictures[i];
    const before = pictures[i - 1].shares;
    const gone = before[colour] > 0.02 && shares[colour] < before[colour] / 3 && shares.white > before.white + there / 3;
    const back = gone && pictures.slice(i + 1).find((later) => later.at < at + FLASH_MAX_S && later.shares[colour] > before[colour] / 2);
    if (back && !(at - found.at(-1) < APART_S)) found.push(at);
  }
  return found;
}

// When the tone became loud.
export function findClicks(tone) {
  const RISE_DB = 7;
  const SILENT_DB = -60;
  const quiet = median([...tone].filter((level) => level > SILENT_DB));
  const found = [];
  for (let i = 2; i < tone.length; i += 1) {
    const loud = (at) => tone[at] > quiet + RISE_DB;
    // Not the tone's own beginning: it was there before.
    const wasQuiet = Math.abs(tone[Math.max(0, i - 8)] - quiet) < 3;
    if (loud(i) && !loud(i - 1) && wasQuiet && !(timeOf(i) - found.at(-1) < APART_S)) found.push(timeOf(i));
  }
  return found;
}

// [{at, gap}]: for each flash the click that belongs to it; gap: how much later the click is, both in seconds.
export function pair(flashes, clicks, withinS = 0.5) {
  return flashes.map((at) => {
    const click = clicks.find((other) => Math.abs(other - at) < withinS);
    return click === undefined ? null : { at, gap: click - at };
  }).filter(Boolean);
}

// A click of somebody else's is in every bin, for a window or two.
const CLICK_WINDOWS = 12;

// From when to when a tone is there, holes aside: [seconds, seconds], or null.
export function presence(tone, aboveDb = -50) {
  let run = 0;
  const held = [];
  for (let i = 0; i < tone.length; i += 1) {
    run = tone[i] > aboveDb ? run + 1 : 0;
    if (run === CLICK_WINDOWS) held.push(i - CLICK_WINDOWS + 1);
    if (run >= CLICK_WINDOWS) held.push(i);
  }
  return held.length ? [timeOf(held[0]), timeOf(held.at(-1))] : null;
}

// The share of the time between two moments in which the tone is there.
export function shareThere(tone, from, to, aboveDb = -50) {
  const inside = [...tone.keys()].filter((i) => timeOf(i) >= from && timeOf(i) <= to);
  return inside.filter((i) => tone[i] > aboveDb).length / Math.max(1, inside.length);
}

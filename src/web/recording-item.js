// SPDX-License-Identifier: LGPL-2.1-or-later
// recording-item.js: one recording in the list: what it is, its files, and a player when asked for.

import { announce, el, icon, show } from './dom.js';

const STATES = { running: 'Being recorded', recovered: 'Recovered after a crash', cut: 'Being recovered', broken: 'Can’t be played' };
// A talk of hours has more turns than anybody would look through.
const CHAPTERS_MAX = 500;

export function address(file) {
  return `/recordings/${file.split('/').map(encodeURIComponent).join('/')}`;
}

export function lengthText(ms) {
  const seconds = Math.round(ms / 1000);
  const two = (value) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function sizeText(bytes) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function factsText({ started, duration_ms: ms, size_bytes: bytes }) {
  const when = started && new Date(started).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return [when, ms !== undefined && lengthText(ms), sizeText(bytes)].filter(Boolean).join(' · ');
}

function labelOf(name, { file, notes, chapters }) {
  if (name === file) return `The mix (${name.split('.').at(-1)})`;
  if (name === notes) return 'Who, when, chat (JSON)';
  if (name === chapters) return 'Chapters: who spoke (WebVTT)';
  return name.split('/').at(-1);
}

function fileLink(name, recording) {
  return el('li', {}, el('a', { href: `${address(name)}?download`, download: name.split('/').at(-1) },
    icon('download'), el('span', {}, labelOf(name, recording))));
}

function chapterButton(video, cue) {
  return el('li', {}, el('button', { type: 'button', class: 'plain', onclick: () => {
    video.currentTime = cue.startTime;
    video.play().catch(() => {});
  } }, el('time', {}, lengthText(cue.startTime * 1000)), cue.text));
}

function fillChapters(list, video, textTrack) {
  const cues = [...(textTrack.cues ?? [])].slice(0, CHAPTERS_MAX);
  list.replaceChildren(...cues.map((cue) => chapterButton(video, cue)));
  textTrack.oncuechange = () => {
    const active = new Set([...textTrack.activeCues].map((cue) => cues.indexOf(cue)));
    [...list.children].forEach((item, index) => item.firstChild.setAttribute('aria-current', String(active.has(index))));
  };
}

function player({ room, file, chapters }) {
  const problem = el('p', { class: 'hint problem', role: 'alert', hidden: true }, 'This browser can’t play this file. Download it instead.');
  const track = chapters && el('track', { kind: 'chapters', src: address(chapters), srclang: 'en', label: 'Who speaks', default: true });
  const list = el('ul', { class: 'chapters', 'aria-label': 'Who speaks' });
  const video = el('video', { controls: true, playsinline: true, preload: 'metadata', src: address(file), 'aria-label': `Recording of ${room}` }, track);
  video.addEventListener('error', () => show(problem, true));
  if (track) {
    track.track.mode = 'hidden';
    track.addEventListener('load', () => fillChapters(list, video, track.track));
  }
  return el('div', { class: 'player' }, video, problem, list);
}

export class RecordingItem {
  node;
  #recording;
  #player = null;
  #files;
  #play;

  // onplay(item): another one should stop; ondelete(recording): the person wants it gone.
  constructor(recording, { onplay, ondelete }) {
    const { room, state } = recording;
    this.#recording = recording;
    this.#files = el('ul', { class: 'files', hidden: true, 'aria-label': 'Files' });
    this.#play = el('button', { type: 'button', class: 'primary', onclick: () => this.#toggle(onplay), 'aria-expanded': 'false' }, icon('play'), 'Play');
    const keep = el('button', { type: 'button', class: 'plain', 'aria-expanded': 'false', onclick: () => this.#toggleFiles(keep) }, icon('download'), 'Files');
    const remove = el('button', { type: 'button', class: 'plain danger-icon', 'aria-label': `Delete the recording of ${room}`, title: 'Delete',
      onclick: () => ondelete(recording) }, icon('bin'));
    const label = STATES[state] ? el('span', { class: `state ${state}` }, STATES[state]) : null;
    this.node = el('li', { class: 'item', 'data-name': recording.name },
      el('div', {}, el('h2', {}, room, label), el('p', { class: 'facts' }, factsText(recording))),
      el('div', { class: 'buttons' }, ...[recording.file ? [this.#play, keep] : [], state === 'running' || state === 'cut' ? [] : remove].flat()),
      this.#files);
  }

  get playing() {
    return this.#player !== null;
  }

  close() {
    this.#player?.remove();
    this.#player = null;
    this.#play.setAttribute('aria-expanded', 'false');
    this.#play.replaceChildren(icon('play'), 'Play');
  }

  #toggle(onplay) {
    if (this.#player) {
      this.close();
      return;
    }
    onplay(this);
    this.#player = player(this.#recording);
    this.node.append(this.#player);
    this.#play.setAttribute('aria-expanded', 'true');
    this.#play.replaceChildren(icon('close'), 'Close');
    this.#player.querySelector('video').play().catch(() => {});
    announce('Playing');
  }

  async #toggleFiles(button) {
    if (!this.#files.children.length) {
      const response = await fetch(address(this.#recording.name));
      const { files } = response.ok ? await response.json() : { files: [] };
      this.#files.replaceChildren(...files.map((name) => fileLink(name, this.#recording)));
    }
    show(this.#files, this.#files.hidden);
    button.setAttribute('aria-expanded', String(!this.#files.hidden));
  }
}

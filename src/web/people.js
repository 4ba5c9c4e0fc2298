// SPDX-License-Identifier: LGPL-2.1-or-later
// people.js: who is here, who is muted, who raised a hand, and what a moderator may do about it.

import { on } from './bus.js';
import { $, el, icon, iconButton, show } from './dom.js';

// Oneself first, then raised hands, then by name.
function compare(selfId) {
  return (a, b) => (b.id === selfId) - (a.id === selfId)
    || Boolean(b.hand_raised) - Boolean(a.hand_raised)
    || a.name.localeCompare(b.name);
}

// The same colours for the same name, as far as eight go.
function hue(text) {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + char.codePointAt(0)) % 360;
  return sum;
}

function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? '?')][0];
  const last = words.length > 1 ? [...words.at(-1)][0] : '';
  return (first + last).toUpperCase();
}

export function avatar(name) {
  const node = el('span', { class: 'avatar', 'aria-hidden': 'true' }, initials(name));
  node.style.backgroundColor = `hsl(${hue(name)} 38% 36%)`;
  return node;
}

function flag(name, label) {
  const node = el('span', { class: `flag ${name}`, role: 'img', 'aria-label': label, title: label }, icon(name));
  return node;
}

export class People {
  #session;
  #list = $('#people-list');

  constructor(session) {
    this.#session = session;
    on('people', () => this.#draw());
    on('speakers', () => this.#markSpeakers());
    $('#lock').addEventListener('click', () => this.#session.moderate(this.#session.state.locked ? 'unlock' : 'lock'));
    $('#mute-all').addEventListener('click', () => this.#session.moderate('mute_all'));
    $('#no-spotlight').addEventListener('click', () => this.#session.moderate('spotlight'));
    $('#close-room').addEventListener('click', () => this.#closeRoom());
  }

  #closeRoom() {
    if (window.confirm('End the conversation for everyone?')) this.#session.moderate('close');
  }

  #draw() {
    const { people, self, locked } = this.#session.state;
    const focused = document.activeElement?.dataset?.key;
    const sorted = [...people.values()].sort(compare(self?.id));
    this.#list.replaceChildren(...sorted.map((person) => this.#row(person)));
    if (focused) this.#list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    $('#people-count').textContent = String(people.size);
    $('#people-title').textContent = `People (${people.size})`;
    $('#lock').textContent = locked ? 'Unlock the room' : 'Lock the room';
    show($('#moderation'), self?.role === 'moderator');
    this.#markSpeakers();
  }

  #row(person) {
    const { self } = this.#session.state;
    const mine = person.id === self?.id;
    const role = person.role === 'participant' ? null : el('span', { class: 'role' }, person.role);
    const lost = person.lost && !mine ? el('span', { class: 'role' }, 'connection lost') : null;
    const name = el('span', { class: 'name' }, person.name, mine ? el('span', { class: 'me' }, ' (you)') : null, role, lost);
    const flags = el('span', { class: 'flags' },
      person.hand_raised ? flag('hand', 'hand raised') : null,
      person.role !== 'listener' && person.audio_muted ? flag('mic-off', 'muted') : null,
      person.role !== 'listener' && person.video_muted ? flag('camera-off', 'camera off') : null);
    const actions = self?.role === 'moderator' && !mine ? this.#actions(person) : null;
    return el('li', { 'data-id': person.id }, avatar(person.name), name, flags, actions);
  }

  #actions(person) {
    const act = (action, iconName, label, extra = {}) => iconButton(iconName, `${label} ${person.name}`,
      () => this.#session.moderate(action, person.id), { 'data-key': `${action} ${person.id}`, ...extra });
    return el('span', { class: 'actions' },
      person.role === 'listener' ? null : act('mute', 'mic-off', 'Mute', { disabled: Boolean(person.audio_muted) }),
      act('spotlight', 'star', 'Spotlight'),
      act('kick', 'kick', 'Remove', { class: 'icon-button danger' }));
  }

  #markSpeakers() {
    const { speakers } = this.#session.state;
    for (const row of this.#list.children) row.classList.toggle('speaking', speakers.includes(row.dataset.id));
  }
}

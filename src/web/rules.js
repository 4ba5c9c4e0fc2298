// SPDX-License-Identifier: LGPL-2.1-or-later
// rules.js: what a moderator sets for the room: a waiting room, who may share a screen, the PIN; and when
// it closes, which everyone is told.

import { on } from './bus.js';
import { $, show, toast } from './dom.js';

function timeText(time) {
  return new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

export class Rules {
  #session;

  constructor(session) {
    this.#session = session;
    $('#waiting-room').addEventListener('change', (event) => this.#set({ waiting_room: event.target.checked }));
    $('#share-rule').addEventListener('change', (event) => this.#set({ share: event.target.value }));
    $('#room-pin-form').addEventListener('submit', (event) => this.#submit(event));
    $('#remove-pin').addEventListener('click', () => this.#set({ pin: '' }));
    $('#unban-all').addEventListener('click', () => this.#forgive());
    for (const event of ['rules', 'self']) on(event, () => this.#draw());
  }

  #set(settings) {
    this.#session.moderate('settings', undefined, settings);
  }

  #submit(event) {
    event.preventDefault();
    this.#set({ pin: $('#room-pin').value });
    $('#room-pin').value = '';
  }

  #forgive() {
    this.#session.moderate('unban', undefined, 'all');
    toast('Whoever was removed may come again');
  }

  #draw() {
    const { rules, self } = this.#session.state;
    $('#ends-note').textContent = rules.ends_at ? `This room closes by itself: ${timeText(rules.ends_at)}.` : '';
    show($('#ends-note'), Boolean(rules.ends_at));
    show($('#rules'), self?.role === 'moderator');
    $('#waiting-room').checked = rules.waiting_room;
    $('#share-rule').value = rules.share;
    $('#room-pin-note').textContent = rules.pin ? 'Who comes without a personal link is asked for it.' : 'There is none.';
    $('#set-pin').textContent = rules.pin ? 'Change' : 'Set';
    show($('#remove-pin'), rules.pin);
  }
}

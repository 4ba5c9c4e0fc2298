// SPDX-License-Identifier: LGPL-2.1-or-later
// lobby.js: moderators see who waits to be let in, and let them in or turn them away.

import { on } from './bus.js';
import { $, el, relabel, show } from './dom.js';
import { avatar } from './people.js';

export class Lobby {
  #session;
  #list = $('#lobby-list');

  constructor(session) {
    this.#session = session;
    $('#admit-all').addEventListener('click', () => this.#session.moderate('admit'));
    on('lobby', () => this.#draw());
    on('self', () => this.#draw());
  }

  #draw() {
    const { waiting } = this.#session.state;
    const focused = document.activeElement?.dataset?.key;
    this.#list.replaceChildren(...[...waiting.values()].map((guest) => this.#row(guest)));
    if (focused) this.#keepFocus(focused);
    show($('#lobby'), waiting.size > 0);
    show($('#admit-all'), waiting.size > 1);
    $('#lobby-title').textContent = `Waiting to be let in (${waiting.size})`;
    $('#waiting-count').textContent = waiting.size > 9 ? '9+' : String(waiting.size);
    show($('#waiting-count'), waiting.size > 0);
    relabel($('#people'), waiting.size > 0 ? `People (P), ${waiting.size} waiting to be let in` : 'People (P)');
  }

  // Of a row that is gone: to the next thing that there is to do.
  #keepFocus(key) {
    const same = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (same) same.focus();
    else if (/^(admit|reject) /.test(key)) ($('button', this.#list) ?? $('#people-panel')).focus();
  }

  #row({ id, name }) {
    const act = (action, label, kind) => el('button', { type: 'button', class: kind, 'aria-label': `${label} ${name}`,
      'data-key': `${action} ${id}`, onclick: () => this.#session.moderate(action, id) }, label);
    return el('li', { 'data-id': id }, avatar(name), el('span', { class: 'name' }, name),
      el('span', { class: 'answers' }, act('admit', 'Admit', 'primary'), act('reject', 'Reject', 'plain')));
  }
}

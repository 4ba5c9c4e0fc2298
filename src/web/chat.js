// SPDX-License-Identifier: LGPL-2.1-or-later
// chat.js: the messages' list and the box to write one. Others' words are text nodes, never HTML.

import { on } from './bus.js';
import { $, announce, el, relabel, show, toast } from './dom.js';

// interface.md section 4: what the server takes.
const TEXT_MAX_BYTES = 4096;
// What an evening's talk needs; a flood must not fill the memory.
const MESSAGES_MAX = 500;

function timeText(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

export class Chat {
  #session;
  #panels;
  #unread = 0;
  #list = $('#messages');
  #input = $('#chat-text');
  #to = $('#chat-to');

  constructor(session, panels) {
    this.#session = session;
    this.#panels = panels;
    $('#chat-form').addEventListener('submit', (event) => this.#submit(event));
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    on('chat', (message) => this.#add(message));
    on('people', () => this.#listPeople());
    on('panel', (name) => name === 'chat' && this.#read());
  }

  #onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $('#chat-form').requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    if (!text) return;
    if (new TextEncoder().encode(text).length > TEXT_MAX_BYTES) {
      toast('That message is too long. Send it in parts.', 'problem');
    } else if (this.#session.chat(text, this.#to.value)) {
      this.#input.value = '';
    } else {
      toast('Not connected: the message was not sent.', 'problem');
    }
  }

  #add({ from, name, text, time, private: secret }) {
    const mine = from === this.#session.state.self?.id;
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 40;
    const author = from === '' ? 'Server' : mine ? 'You' : name;
    const head = el('div', { class: 'message-head' }, el('strong', {}, author),
      secret ? el('span', { class: 'private' }, 'private') : null, el('time', {}, timeText(time)));
    this.#list.append(el('li', { class: mine ? 'mine' : '' }, head, el('p', {}, text)));
    while (this.#list.children.length > MESSAGES_MAX) this.#list.firstElementChild.remove();
    show($('#no-messages'), false);
    if (atEnd || mine) this.#list.scrollTop = this.#list.scrollHeight;
    if (!mine) this.#notify(author, text);
  }

  #notify(author, text) {
    if (this.#panels.current === 'chat') {
      announce(`${author}: ${text}`);
      return;
    }
    this.#unread += 1;
    this.#showUnread();
    toast(`${author}: ${text.length > 120 ? `${text.slice(0, 119)}…` : text}`);
  }

  #read() {
    this.#unread = 0;
    this.#showUnread();
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#input.focus();
  }

  #showUnread() {
    const badge = $('#chat-badge');
    badge.textContent = this.#unread > 9 ? '9+' : String(this.#unread);
    show(badge, this.#unread > 0);
    relabel($('#chat'), this.#unread > 0 ? `Chat (C), ${this.#unread} unread` : 'Chat (C)');
  }

  #listPeople() {
    const { people, self } = this.#session.state;
    const chosen = this.#to.value;
    const others = [...people.values()].filter((person) => person.id !== self?.id);
    this.#to.replaceChildren(el('option', { value: '' }, 'Everyone'),
      ...others.map((person) => el('option', { value: person.id }, person.name)));
    this.#to.value = people.has(chosen) ? chosen : '';
  }
}

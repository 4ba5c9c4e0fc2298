// SPDX-License-Identifier: LGPL-2.1-or-later
// keys.js: keyboard shortcuts: one letter each, only while nothing is being typed; space held talks.

import { $ } from './dom.js';

const TYPING = 'input, textarea, select, [contenteditable]';
// Space belongs to whatever it would press.
const PRESSABLE = 'button, a[href], summary, [role="button"]';

export class Keys {
  enabled = true;
  #actions;
  #talk;
  #talking = false;

  // actions: {m: f, …, '?': f, Escape: f}; talk(pressed): space pressed or let go.
  constructor(actions, talk) {
    this.#actions = actions;
    this.#talk = talk;
    document.addEventListener('keydown', (event) => this.#onDown(event));
    document.addEventListener('keyup', (event) => event.code === 'Space' && this.#setTalking(false));
    window.addEventListener('blur', () => this.#setTalking(false));
    // After a click with the mouse the focus goes back to the page, so that space talks and does not
    // press the button again; who walks by keyboard keeps the focus (detail 0).
    document.addEventListener('click', (event) => event.detail > 0 && event.target.closest?.('button')?.blur());
  }

  #onDown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || $('#room').hidden) return;
    if (event.key === 'Escape') this.#actions.Escape?.();
    else if (this.enabled && !event.target.closest?.(TYPING)) this.#onShortcut(event);
  }

  #onShortcut(event) {
    if (event.code === 'Space') {
      if (event.target.closest?.(PRESSABLE)) return;
      event.preventDefault();
      this.#setTalking(true);
      return;
    }
    const action = this.#actions[event.key.toLowerCase()];
    if (!action || event.repeat) return;
    event.preventDefault();
    action();
  }

  #setTalking(pressed) {
    if (this.#talking === pressed) return;
    this.#talking = pressed;
    this.#talk(pressed);
  }
}

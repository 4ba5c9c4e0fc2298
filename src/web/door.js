// SPDX-License-Identifier: LGPL-2.1-or-later
// door.js: between Join and the room: the room's PIN is asked, or one waits to be let in.

import { on } from './bus.js';
import { $, announce, show } from './dom.js';

const TITLES = { pin: 'This room has a PIN', waiting: 'You are waiting to be let in' };
const WAITING = 'Whoever leads the room sees that you are here. Nobody sees or hears you yet.';
const UNREACHABLE = 'The connection was lost. Trying again…';
const WRONG = 'That is not the room’s PIN. Try again.';

export class Door {
  #session;
  #at = null;

  constructor(session) {
    this.#session = session;
    $('#door-room').textContent = session.state.room;
    $('#pin-form').addEventListener('submit', (event) => this.#submit(event));
    $('#door-leave').addEventListener('click', () => this.#session.leave());
    on('phase', (state) => this.#take(state));
  }

  #submit(event) {
    event.preventDefault();
    const pin = $('#pin').value;
    if (pin) this.#session.givePin(pin);
    else this.#askAgain('Enter the PIN first.');
  }

  // Other phases are ways to and from the server: whoever stands at the door stays there meanwhile.
  #take({ phase, pinWrong }) {
    const before = this.#at;
    if (phase in TITLES) this.#at = phase;
    else if (phase === 'live' || phase === 'ended') this.#at = null;
    show($('#door'), this.#at !== null);
    show($('#room'), this.#at === null && phase !== 'ended');
    if (!this.#at) return;
    this.#draw(phase);
    if (this.#at !== before) this.#arrive();
    if (phase === 'pin' && pinWrong) this.#askAgain(WRONG);
  }

  #draw(phase) {
    const asks = this.#at === 'pin';
    $('#door-title').textContent = TITLES[this.#at];
    $('#door-text').textContent = phase === 'unreachable' || phase === 'reconnecting' ? UNREACHABLE : asks ? '' : WAITING;
    show($('#door-note'), $('#door-text').textContent !== '');
    show($('#pin-form'), asks);
    show($('#door-spinner'), !asks);
    $('#enter').disabled = phase !== 'pin';
    $('#enter').textContent = phase === 'pin' ? 'Enter' : 'Entering…';
  }

  #arrive() {
    this.#complain('');
    announce(this.#at === 'waiting' ? `${TITLES.waiting}. ${WAITING}` : TITLES.pin);
    $(this.#at === 'pin' ? '#pin' : '#door-title').focus();
  }

  #askAgain(text) {
    this.#complain(text);
    $('#pin').value = '';
    $('#pin').focus();
  }

  #complain(text) {
    $('#pin-problem').textContent = text;
    show($('#pin-problem'), text !== '');
    $('#pin').setAttribute('aria-invalid', String(text !== ''));
  }
}

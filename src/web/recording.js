// SPDX-License-Identifier: LGPL-2.1-or-later
// recording.js: everyone sees whether the room is recorded; moderators start, pause and stop it.
// Changes are read out by the session, whoever caused them.

import { on } from './bus.js';
import { $, relabel, setIcon, show } from './dom.js';

export class Recording {
  #session;

  constructor(session) {
    this.#session = session;
    $('#record-stop').addEventListener('click', () => this.#ask('off'));
    $('#record-pause').addEventListener('click', () => this.#ask(this.#paused ? 'resume' : 'pause'));
    on('recording', () => this.#draw());
    on('self', () => this.#draw());
  }

  get #paused() {
    return this.#session.state.recording === 'paused';
  }

  #ask(value) {
    this.#session.moderate('record', undefined, value);
  }

  #draw() {
    const { recording, self } = this.#session.state;
    const running = recording !== 'off';
    const leads = self?.role === 'moderator';
    show($('#recording'), running);
    $('#recording').classList.toggle('paused', this.#paused);
    show($('#recording-paused'), this.#paused);
    for (const id of ['record-pause', 'record-stop']) show($(`#${id}`), running && leads);
    relabel($('#record-pause'), this.#paused ? 'Go on recording' : 'Pause the recording');
    setIcon($('#record-pause'), this.#paused ? 'record' : 'pause');
    this.#drawButtons(running, leads);
  }

  #drawButtons(running, leads) {
    const label = running ? 'Stop the recording' : 'Record';
    show($('#record'), leads);
    show($('#menu-record'), leads);
    relabel($('#record'), label);
    $('#record').classList.toggle('off', running);
    setIcon($('#record'), running ? 'stop' : 'record');
    $('#menu-record').textContent = label;
    // The fragment stays out of servers' logs.
    $('#recordings').href = this.#session.token ? `/recordings#token=${encodeURIComponent(this.#session.token)}` : '/recordings';
  }
}

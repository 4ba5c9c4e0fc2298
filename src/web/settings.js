// SPDX-License-Identifier: LGPL-2.1-or-later
// settings.js: layout, quality, devices, one's name, and the choices that stay on this machine.

import { on } from './bus.js';
import { listDevices } from './devices.js';
import { $, el, recall, remember, show, toast } from './dom.js';
import { LAYOUTS, QUALITIES, deviceProblemText } from './texts.js';

function fill(select, entries, chosen) {
  select.replaceChildren(...entries.map(([value, label]) => el('option', { value }, label)));
  if (entries.some(([value]) => value === chosen)) select.value = chosen;
}

// Fills a select with devices and hides its row when there is no choice to be made.
export async function fillDevices(select, kind, current) {
  const devices = (await listDevices())[kind];
  fill(select, devices.map(({ id, label }) => [id, label]), current);
  show(select.closest('.field'), devices.length > 0);
}

export class Settings {
  #session;
  #media;
  #view;
  #keys;

  constructor({ session, media, view, keys }) {
    this.#session = session;
    this.#media = media;
    this.#view = view;
    this.#keys = keys;
    fill($('#layout'), Object.entries(LAYOUTS), 'auto');
    fill($('#quality'), Object.entries(QUALITIES), 'auto');
    this.#listen();
    on('panel', (name) => name === 'settings' && this.#refresh());
    navigator.mediaDevices?.addEventListener?.('devicechange', () => this.#refresh());
  }

  #listen() {
    $('#layout').addEventListener('change', (event) => this.#setLayout(event.target.value));
    $('#quality').addEventListener('change', (event) => this.#setQuality(event.target.value));
    $('#self-view').addEventListener('change', (event) => this.#view.setSelfView(event.target.checked));
    $('#use-keys').addEventListener('change', (event) => this.#setKeys(event.target.checked));
    $('#room-layout').addEventListener('click', () => this.#session.moderate('layout', undefined, $('#layout').value));
    $('#own-name').addEventListener('change', (event) => this.#rename(event.target.value));
    for (const kind of ['audioinput', 'videoinput']) {
      $(`#${kind}`).addEventListener('change', (event) => this.#useDevice(kind, event.target.value));
    }
    $('#audiooutput').addEventListener('change', (event) => this.#useSpeaker(event.target.value));
    $('#use-keys').checked = recall('keys') !== 'off';
    this.#keys.enabled = $('#use-keys').checked;
  }

  #setLayout(layout) {
    $('#room-layout').disabled = layout === 'auto';
    this.#session.setView({ layout });
  }

  #setQuality(quality) {
    document.body.classList.toggle('sound-only', quality === 'audio');
    this.#session.setView({ quality });
  }

  #setKeys(enabled) {
    this.#keys.enabled = enabled;
    remember('keys', enabled ? 'on' : 'off');
  }

  #rename(text) {
    const name = text.trim();
    if (!name) return;
    remember('name', name);
    this.#session.setState({ name });
  }

  async #useDevice(kind, id) {
    try {
      await this.#media.useDevice(kind, id);
    } catch (error) {
      toast(deviceProblemText(error, kind === 'audioinput' ? 'microphone' : 'camera'), 'problem');
      this.#refresh();
    }
  }

  async #useSpeaker(id) {
    try {
      await this.#view.setSpeaker(id);
      remember('audiooutput', id);
    } catch (error) {
      toast(`That speaker can’t be used (${error.message}).`, 'problem');
    }
  }

  async #refresh() {
    const { self, people } = this.#session.state;
    const current = (track) => track?.getSettings().deviceId;
    $('#own-name').value = people.get(self?.id)?.name ?? '';
    show($('#room-layout'), self?.role === 'moderator');
    const listener = this.#session.listener;
    show($('#sending'), !listener);
    if (!listener) {
      await fillDevices($('#audioinput'), 'audioinput', current(this.#media.audio));
      await fillDevices($('#videoinput'), 'videoinput', current(this.#media.video));
    }
    if ('setSinkId' in HTMLMediaElement.prototype) await fillDevices($('#audiooutput'), 'audiooutput', recall('audiooutput'));
    else show($('#audiooutput').closest('.field'), false);
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// controls.js: the bar of buttons, the panels at the side, and what each button and key does.

import { emit, on } from './bus.js';
import { screenPossible } from './devices.js';
import { $, announce, relabel, setIcon, show, toast } from './dom.js';
import { ONLY_MODERATORS_SHARE, deviceProblemText } from './texts.js';

const PANELS = ['chat', 'people', 'stats', 'settings'];

// One panel at a time stands beside the picture (over it on small windows).
export class Panels {
  current = null;

  constructor() {
    for (const button of document.querySelectorAll('[data-panel]')) {
      button.addEventListener('click', () => this.toggle(button.dataset.panel));
    }
    for (const button of document.querySelectorAll('.close-panel')) {
      button.addEventListener('click', () => this.toggle(null));
    }
  }

  toggle(name) {
    const opener = this.current && document.querySelector(`#bar [data-panel="${this.current}"]`);
    const focusInside = $('#panel').contains(document.activeElement);
    this.current = this.current === name ? null : name;
    show($('#panel'), this.current !== null);
    for (const panel of PANELS) show($(`#${panel}-panel`), panel === this.current);
    for (const button of document.querySelectorAll('#bar [data-panel]')) {
      button.setAttribute('aria-expanded', String(button.dataset.panel === this.current));
    }
    if (this.current) $(`#${this.current}-panel`).focus();
    else if (focusInside) opener?.focus();
    emit('panel', this.current);
  }
}

export class Controls {
  #session;
  #media;
  #panels;
  #pushed = false;

  constructor({ session, media, panels }) {
    this.#session = session;
    this.#media = media;
    this.#panels = panels;
    const actions = this.actions();
    for (const button of document.querySelectorAll('[data-action]')) {
      button.addEventListener('click', actions[button.dataset.action]);
    }
    for (const id of ['mic', 'camera', 'hand']) show($(`#${id}`), !session.listener);
    on('media', () => this.#onMedia());
    for (const event of ['people', 'rules', 'self']) on(event, () => this.#draw());
    on('device-lost', (what) => toast(`Your ${what} is gone. Choose another in the settings.`, 'problem'));
    $('#menu').addEventListener('click', () => $('#menu').hidePopover?.());
    $('#menu').addEventListener('toggle', (event) => $('#more').setAttribute('aria-expanded', String(event.newState === 'open')));
  }

  actions() {
    return { mic: () => this.toggleMute(), camera: () => this.#toggleCamera(), share: () => this.#toggleScreen(),
      hand: () => this.#toggleHand(), leave: () => this.#session.leave(), fullscreen: () => this.#toggleFullScreen(),
      help: () => $('#help').showModal(), copy: () => this.#copyLink(), record: () => this.#toggleRecording() };
  }

  // For keys.js.
  shortcuts() {
    const { mic, camera, share, hand, fullscreen, help } = this.actions();
    const panel = (name) => () => this.#panels.toggle(name);
    const active = { m: mic, v: camera, s: share, h: hand };
    return { ...(this.#session.listener ? {} : active), c: panel('chat'), p: panel('people'), i: panel('stats'),
      l: () => this.#openLayout(), f: fullscreen, '?': help,
      Escape: () => this.#panels.current && !$('#help').open && this.#panels.toggle(this.#panels.current) };
  }

  toggleMute() {
    if (!this.#media.audio) toast('There is no microphone. Choose one in the settings.', 'problem');
    else this.#setMuted(!this.#media.audioMuted);
  }

  // Space: heard as long as it is held.
  pushToTalk(pressed) {
    if (pressed && this.#media.audio && this.#media.audioMuted) {
      this.#pushed = true;
      this.#setMuted(false);
    } else if (!pressed && this.#pushed) {
      this.#pushed = false;
      this.#setMuted(true);
    }
  }

  #setMuted(muted) {
    this.#media.setAudioMuted(muted);
    announce(muted ? 'Microphone off' : 'Microphone on');
  }

  async #toggleCamera() {
    try {
      await this.#media.setVideoMuted(Boolean(this.#media.video));
      announce(this.#media.video ? 'Camera on' : 'Camera off');
    } catch (error) {
      toast(deviceProblemText(error, 'camera'), 'problem');
    }
  }

  async #toggleScreen() {
    if (!screenPossible()) return;
    if (this.#media.screen) {
      this.#media.stopScreen();
      return;
    }
    if (!this.#session.mayShare) {
      toast(ONLY_MODERATORS_SHARE, 'problem');
      return;
    }
    try {
      await this.#media.startScreen();
    } catch (error) {
      // Refused means the person changed their mind.
      if (error.name !== 'NotAllowedError') toast(deviceProblemText(error, 'screen'), 'problem');
    }
  }

  #toggleHand() {
    this.#session.setState({ hand_raised: !this.#session.state.handRaised });
    announce(this.#session.state.handRaised ? 'Hand raised' : 'Hand lowered');
  }

  #toggleRecording() {
    this.#session.moderate('record', undefined, this.#session.state.recording === 'off' ? 'on' : 'off');
  }

  #toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }

  #openLayout() {
    if (this.#panels.current !== 'settings') this.#panels.toggle('settings');
    $('#layout').focus();
  }

  async #copyLink() {
    const link = new URL(location.pathname, location.origin).href;
    try {
      await navigator.clipboard.writeText(link);
      toast('The link to this room is copied');
    } catch {
      toast(link);
    }
  }

  // Tells the call and the server what changed at this end.
  #onMedia() {
    this.#draw();
    if (this.#session.state.phase !== 'live' || this.#session.listener) return;
    this.#session.updateTracks();
    const { audio, audioMuted, video } = this.#media;
    const mine = this.#session.state.people.get(this.#session.state.self.id);
    const fields = { audio_muted: audioMuted || !audio, video_muted: !video };
    if (mine.audio_muted !== fields.audio_muted || mine.video_muted !== fields.video_muted) this.#session.setState(fields);
  }

  #draw() {
    const { audio, audioMuted, video, screen } = this.#media;
    const silent = !audio || audioMuted;
    this.#drawToggle($('#mic'), silent ? 'mic-off' : 'mic', silent ? 'Unmute microphone (M)' : 'Mute microphone (M)', silent);
    this.#drawToggle($('#camera'), video ? 'camera' : 'camera-off', video ? 'Turn camera off (V)' : 'Turn camera on (V)', !video);
    const raised = this.#session.state.handRaised;
    relabel($('#hand'), raised ? 'Lower hand (H)' : 'Raise hand (H)');
    $('#hand').classList.toggle('on', raised);
    relabel($('#share'), screen ? 'Stop sharing the screen (S)' : 'Share the screen (S)');
    $('#share').classList.toggle('on', Boolean(screen));
    for (const button of document.querySelectorAll('[data-action="share"]')) show(button, screenPossible() && this.#session.mayShare);
    $('#menu-share').textContent = screen ? 'Stop sharing the screen' : 'Share the screen';
    show($('#self-muted'), silent);
  }

  #drawToggle(button, iconName, label, off) {
    setIcon(button, iconName);
    relabel(button, label);
    button.classList.toggle('off', off);
  }
}

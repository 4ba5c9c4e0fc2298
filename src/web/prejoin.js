// SPDX-License-Identifier: LGPL-2.1-or-later
// prejoin.js: before the room: asks for camera and microphone, shows what others will see, says clearly
// what could not be had, and joins with what there is.

import { on } from './bus.js';
import { $, announce, recall, relabel, remember, setIcon, show } from './dom.js';
import { fillDevices } from './settings.js';
import { deviceProblemText } from './texts.js';

const METER_MS = 100;

export class PreJoin {
  #media;
  #listener;
  #meter = null;

  // onjoin(name): the person pressed Join.
  constructor({ media, room, name, listener, onjoin }) {
    this.#media = media;
    this.#listener = listener;
    $('#prejoin-room').textContent = room;
    $('#name').value = name || recall('name') || '';
    document.body.classList.toggle('listener', listener);
    show($('#preview'), !listener);
    show($('#listener-note'), listener);
    $('#join-form').addEventListener('submit', (event) => this.#submit(event, onjoin));
    $('#try-again').addEventListener('click', () => this.#ask());
    this.#listen();
  }

  async start() {
    if (!this.#listener) await this.#ask();
  }

  #listen() {
    $('#pre-mic').addEventListener('click', () => this.#media.setAudioMuted(!this.#media.audioMuted));
    $('#pre-camera').addEventListener('click', () => this.#toggleCamera());
    for (const kind of ['audioinput', 'videoinput']) {
      $(`#pre-${kind}`).addEventListener('change', (event) => this.#useDevice(kind, event.target.value));
    }
    on('media', () => this.#draw());
  }

  async #ask() {
    this.#say('');
    $('#preview-text').textContent = 'Asking for your camera and microphone…';
    const problems = await this.#media.open();
    this.#say(problems.map(({ what, error }) => deviceProblemText(error, what)).join(' '));
    show($('#try-again'), problems.length > 0);
    this.#draw();
    await this.#listDevices();
  }

  async #useDevice(kind, id) {
    try {
      await this.#media.useDevice(kind, id);
    } catch (error) {
      this.#say(deviceProblemText(error, kind === 'audioinput' ? 'microphone' : 'camera'));
    }
  }

  async #toggleCamera() {
    try {
      await this.#media.setVideoMuted(!this.#media.videoMuted);
    } catch (error) {
      this.#say(deviceProblemText(error, 'camera'));
    }
  }

  async #listDevices() {
    for (const [kind, track] of [['audioinput', this.#media.audio], ['videoinput', this.#media.video]]) {
      const select = $(`#pre-${kind}`);
      await fillDevices(select, kind, track?.getSettings().deviceId);
      if (!track) show(select.closest('.field'), false);
    }
  }

  #say(text) {
    $('#problem').textContent = text;
    show($('#problem-box'), text !== '');
    if (text) announce(text);
  }

  #draw() {
    const { audio, video, audioMuted, videoMuted } = this.#media;
    this.#showPreview(Boolean(video));
    $('#preview-text').textContent = video ? '' : 'Your camera is off';
    setIcon($('#pre-mic'), audio && !audioMuted ? 'mic' : 'mic-off');
    setIcon($('#pre-camera'), video ? 'camera' : 'camera-off');
    relabel($('#pre-mic'), audioMuted ? 'Unmute microphone' : 'Mute microphone');
    relabel($('#pre-camera'), videoMuted ? 'Turn camera on' : 'Turn camera off');
    $('#pre-mic').classList.toggle('off', !audio || audioMuted);
    $('#pre-camera').classList.toggle('off', !video);
    $('#pre-mic').disabled = !audio;
    $('#pre-camera').disabled = !video && !videoMuted;
    $('#join').textContent = audio || video || videoMuted ? 'Join' : 'Join to watch and listen';
    this.#watchLevel(audio);
  }

  // Without a track the element must have no stream: it would hold up the page's load event.
  #showPreview(visible) {
    const element = $('#preview-video');
    show(element, visible);
    if (visible === Boolean(element.srcObject)) return;
    element.srcObject = visible ? this.#media.preview : null;
    if (visible) element.play().catch(() => {});
  }

  // A bar that moves with the voice: the quickest proof that the right microphone is on.
  #watchLevel(track) {
    if (this.#meter?.track === track) return;
    this.#stopMeter();
    show($('#level'), Boolean(track));
    if (!track || !window.AudioContext) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const peak = samples.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      $('#level-bar').style.transform = `scaleX(${Math.min(1, peak * 1.5)})`;
    }, METER_MS);
    this.#meter = { track, context, timer };
  }

  #stopMeter() {
    if (!this.#meter) return;
    clearInterval(this.#meter.timer);
    this.#meter.context.close();
    this.#meter = null;
  }

  #submit(event, onjoin) {
    event.preventDefault();
    this.#stopMeter();
    const name = $('#name').value.trim();
    remember('name', name);
    show($('#prejoin'), false);
    onjoin(name);
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// media.js: what this person sends: microphone, camera, screen; on, off, or another device. Tells
// 'media' on the bus after each change; call.js takes the tracks from here.

import { emit } from './bus.js';
import { openBoth, openCamera, openMicrophone, openScreen } from './devices.js';
import { recall, remember } from './dom.js';

export class LocalMedia {
  audio = null;
  video = null;
  screen = null;
  audioMuted = false;
  // By a moderator or an admin, and not by its owner since.
  mutedByOthers = false;
  videoMuted = false;
  // A stream object for the own picture's elements; its one track changes.
  preview = new MediaStream();

  // Asks for both at once. Gives the problems met; what can be had is there afterwards.
  async open() {
    const wish = { audio: recall('audioinput') ?? '', video: recall('videoinput') ?? '' };
    const { audio, video, problems } = await openBoth(wish);
    this.#takeAudio(audio ?? null);
    if (this.videoMuted) video?.stop();
    this.#takeVideo(this.videoMuted ? null : video ?? null);
    this.#tell();
    return problems;
  }

  // Muting keeps the microphone open: unmuting is instant.
  setAudioMuted(muted, byOthers = false) {
    this.audioMuted = muted;
    this.mutedByOthers = muted && byOthers;
    if (this.audio) this.audio.enabled = !muted;
    this.#tell();
  }

  // Camera off closes the device, so that its light goes out. Rejects when it can't be opened again.
  async setVideoMuted(muted) {
    if (muted === this.videoMuted) return;
    this.videoMuted = muted;
    if (muted) this.#takeVideo(null);
    this.#tell();
    if (muted || this.video) return;
    await this.#openCameraAgain();
  }

  async #openCameraAgain() {
    try {
      const track = await openCamera(recall('videoinput') ?? '');
      if (this.videoMuted) track.stop();
      else this.#takeVideo(track);
    } catch (error) {
      this.videoMuted = true;
      throw error;
    } finally {
      this.#tell();
    }
  }

  async startScreen() {
    const track = await openScreen();
    this.screen = track;
    track.addEventListener('ended', () => this.stopScreen());
    this.#tell();
  }

  stopScreen() {
    this.screen?.stop();
    this.screen = null;
    this.#tell();
  }

  // kind: 'audioinput' or 'videoinput'. Rejects when that device can't be opened.
  async useDevice(kind, id) {
    if (kind === 'audioinput') this.#takeAudio(await openMicrophone(id));
    else if (!this.videoMuted) this.#takeVideo(await openCamera(id));
    remember(kind, id);
    this.#tell();
  }

  close() {
    this.#takeAudio(null);
    this.#takeVideo(null);
    this.stopScreen();
  }

  #takeAudio(track) {
    this.audio?.stop();
    this.audio = track;
    if (!track) return;
    track.enabled = !this.audioMuted;
    track.addEventListener('ended', () => this.#onEnded('audio', track));
  }

  #takeVideo(track) {
    this.video?.stop();
    for (const old of this.preview.getTracks()) this.preview.removeTrack(old);
    this.video = track;
    if (!track) return;
    this.preview.addTrack(track);
    track.addEventListener('ended', () => this.#onEnded('video', track));
  }

  // The device was unplugged, or the permission taken back.
  #onEnded(kind, track) {
    if (this[kind] !== track) return;
    if (kind === 'audio') this.#takeAudio(null);
    else this.#takeVideo(null);
    if (kind === 'video') this.videoMuted = true;
    this.#tell();
    emit('device-lost', kind === 'audio' ? 'microphone' : 'camera');
  }

  #tell() {
    emit('media', this);
  }
}

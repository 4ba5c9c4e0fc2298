// SPDX-License-Identifier: LGPL-2.1-or-later
// call.js: the one RTCPeerConnection. This side always offers; offers go one at a time. m-lines in
// order: audio, camera, and from the first screen share on, screen.
//
//   microphone, camera, screen --> senders ==> server ==> two receivers: the mix, the composition

import { applyUplink } from './uplink.js';

// A broken path often heals by itself; after that a restart finds another one sooner.
const ICE_PATIENCE_MS = 2500;
// A restart needs a round trip of signalling and some checks; then the next try.
const ICE_RESTART_MS = 8000;
const ICE_RESTARTS_MAX = 2;
// The server answers within milliseconds: silence that long means the socket is dead.
const ANSWER_TIMEOUT_MS = 8000;

export class Call {
  pc;
  #options;
  #senders = {};
  #transceivers = {};
  #wish = null;
  #uplinkWork = Promise.resolve();
  #wanted = false;
  #iceRestart = false;
  #running = false;
  #answer = null;
  #candidates = [];
  #restarts = 0;
  #timer = 0;
  #closed = false;

  // options: iceServers, listener (receive only), send(type, fields), onremote(audio, video tracks),
  // onstate('live' | 'shaky'), onrefused(message), ondead() when only a new join can help.
  constructor(options) {
    this.#options = options;
    this.pc = new RTCPeerConnection({ iceServers: options.iceServers ?? [], bundlePolicy: 'max-bundle' });
    this.pc.onicecandidate = (event) => this.#onLocalCandidate(event.candidate);
    this.pc.oniceconnectionstatechange = () => this.#onIceState();
    this.pc.onconnectionstatechange = () => this.#onConnectionState();
  }

  // tracks: {audio, video, screen}, null for what there is not (yet).
  start(tracks) {
    const direction = this.#options.listener ? 'recvonly' : 'sendrecv';
    // One stream for both: the server plays voice and picture in step.
    const streams = [new MediaStream()];
    for (const kind of ['audio', 'video']) {
      const source = this.#options.listener ? kind : tracks[kind] ?? kind;
      const transceiver = this.pc.addTransceiver(source, { direction, streams });
      this.#transceivers[kind] = transceiver;
      this.#senders[kind] = transceiver.sender;
    }
    if (tracks.screen) this.#addScreen(tracks.screen);
    this.#options.onremote(this.#transceivers.audio.receiver.track, this.#transceivers.video.receiver.track);
    this.#negotiate();
  }

  // Takes over what changed; only beginning and ending a screen share needs a new offer.
  async setTracks(tracks) {
    if (this.#options.listener || this.#closed) return;
    await this.#replace('audio', tracks.audio);
    if (await this.#replace('video', tracks.video)) this.#applyWish();
    await this.#setScreen(tracks.screen);
  }

  setUplink(wish) {
    this.#wish = wish;
    this.#applyWish();
  }

  takeAnswer(sdp) {
    this.#answer?.resolve(sdp);
  }

  // The server refused the offer under way.
  refuseOffer(message) {
    this.#answer?.reject(new Error(message));
  }

  takeCandidate({ candidate, sdp_mid, sdp_mline_index }) {
    const init = { candidate, sdpMid: sdp_mid ?? null, sdpMLineIndex: sdp_mline_index ?? 0 };
    if (this.pc.remoteDescription) this.#addCandidate(init);
    else this.#candidates.push(init);
  }

  // A new path is looked for: the network changed, or the old one went silent.
  restartIce() {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    if (this.#restarts >= ICE_RESTARTS_MAX) {
      this.#options.ondead();
      return;
    }
    this.#restarts += 1;
    this.#iceRestart = true;
    this.#negotiate();
    this.#timer = setTimeout(() => this.restartIce(), ICE_RESTART_MS);
  }

  // After a change of network: the state may not have noticed yet.
  checkPath() {
    this.#restarts = 0;
    this.restartIce();
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#answer?.reject(new Error('closed'));
    this.pc.close();
  }

  async #replace(kind, track) {
    const sender = this.#senders[kind];
    if (!sender || sender.track === (track ?? null)) return false;
    await sender.replaceTrack(track ?? null);
    return true;
  }

  async #setScreen(track) {
    const transceiver = this.#transceivers.screen;
    if ((transceiver?.sender.track ?? null) === (track ?? null)) return;
    if (!transceiver) {
      this.#addScreen(track);
    } else {
      await transceiver.sender.replaceTrack(track);
      transceiver.direction = track ? 'sendonly' : 'inactive';
    }
    this.#negotiate();
  }

  #addScreen(track) {
    this.#transceivers.screen = this.pc.addTransceiver(track, { direction: 'sendonly', streams: [new MediaStream()] });
  }

  // One after the other: setParameters() must follow its own getParameters().
  #applyWish() {
    const sender = this.#senders.video;
    if (!sender || !this.#wish) return;
    this.#uplinkWork = this.#uplinkWork.then(() => applyUplink(sender, this.#wish));
  }

  async #negotiate() {
    this.#wanted = true;
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#wanted && !this.#closed) {
        this.#wanted = false;
        await this.#exchange();
      }
    } finally {
      this.#running = false;
    }
  }

  async #exchange() {
    const iceRestart = this.#iceRestart;
    this.#iceRestart = false;
    try {
      await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart }));
      const sdp = await this.#ask(this.pc.localDescription.sdp);
      await this.pc.setRemoteDescription({ type: 'answer', sdp });
      this.#candidates.splice(0).forEach((init) => this.#addCandidate(init));
      this.#applyWish();
    } catch (error) {
      if (this.#closed) return;
      if (this.pc.signalingState === 'have-local-offer') {
        await this.pc.setLocalDescription({ type: 'rollback' }).catch(() => {});
      }
      this.#options.onrefused(error.message);
    }
  }

  #ask(sdp) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#options.ondead(), ANSWER_TIMEOUT_MS);
      const done = (settle) => (value) => {
        clearTimeout(timer);
        this.#answer = null;
        settle(value);
      };
      this.#answer = { resolve: done(resolve), reject: done(reject) };
      this.#options.send('webrtc_offer', { sdp });
    });
  }

  // A candidate this browser can't use (a transport it lacks) is no fault.
  #addCandidate(init) {
    this.pc.addIceCandidate(init).catch((error) => console.info('candidate not used:', error.message));
  }

  #onLocalCandidate(candidate) {
    this.#options.send('webrtc_ice_candidate', {
      candidate: candidate?.candidate ?? '',
      sdp_mid: candidate?.sdpMid ?? '0',
      sdp_mline_index: candidate?.sdpMLineIndex ?? 0,
    });
  }

  #onIceState() {
    const state = this.pc.iceConnectionState;
    if (state === 'connected' || state === 'completed') {
      clearTimeout(this.#timer);
      this.#restarts = 0;
      this.#options.onstate('live');
    } else if (state === 'disconnected') {
      this.#options.onstate('shaky');
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.restartIce(), ICE_PATIENCE_MS);
    } else if (state === 'failed') {
      this.#options.onstate('shaky');
      this.restartIce();
    }
  }

  // DTLS can't be mended by another path.
  #onConnectionState() {
    const { connectionState, iceConnectionState } = this.pc;
    if (connectionState === 'failed' && iceConnectionState !== 'failed') this.#options.ondead();
  }
}

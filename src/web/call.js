// SPDX-License-Identifier: LGPL-2.1-or-later
// call.js: the one RTCPeerConnection. This side always offers; offers go one at a time. m-lines in
// order: audio, camera, and from the first screen share on, screen.
//
//   microphone, camera, screen --> senders ==> server ==> two receivers: the mix, the composition

import { Redundancy, findLoss, orderCodecs } from './redundancy.js';
import { applyUplink } from './uplink.js';
import { Watch } from './watch.js';

// A restart needs a few round trips, of signalling and of checks, and is tried again soon: the browser may
// not yet have seen a network that has only just come.
const RESTART_MS = 1000;
const RESTART_ROUND_TRIPS = 4;
// After so many only a new connection can help.
const RESTARTS_MAX = 8;
// The server answers within milliseconds: silence that long, beyond the way there and back, means that
// the socket is dead. While media is missing too there is less reason to wait.
const ANSWER_MS = 8000;
const ANSWER_IN_TROUBLE_MS = 500;
const ANSWER_IN_TROUBLE_MAX_MS = 1500;

// What a pending offer is told when its answer can't come any more.
const INTERRUPTED = new Error('interrupted');

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
  #watch;
  #redundancy = new Redundancy();
  #restarts = 0;
  #restartAt = 0;
  #askedAt = 0;
  #closed = false;

  // options: iceServers, listener (receive only), send(type, fields), onremote(audio, video tracks),
  // onstate('live' | 'shaky'), onrefused(message), onunanswered() when signalling seems to be dead,
  // ondead() when only another call can help.
  constructor(options) {
    this.#options = options;
    this.pc = new RTCPeerConnection({ iceServers: options.iceServers ?? [], bundlePolicy: 'max-bundle' });
    this.pc.onicecandidate = (event) => this.#onLocalCandidate(event.candidate);
    this.pc.oniceconnectionstatechange = () => this.#onIceState();
    this.pc.onconnectionstatechange = () => this.#onConnectionState();
    this.#watch = new Watch(this.pc, {
      onreport: (report, now) => this.#onReport(report, now),
      onsilent: () => this.#onTrouble(),
      onheard: () => this.#onHeard(),
    });
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

  // The network changed, perhaps: a new path is looked for, without waiting for the old one to fail.
  checkPath() {
    this.#restart();
  }

  // Signalling is there again: what was under way is done once more, on a new path.
  renew() {
    this.#answer?.reject(INTERRUPTED);
    this.#restart();
  }

  close() {
    this.#closed = true;
    this.#watch.stop();
    this.#answer?.reject(INTERRUPTED);
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
      if (error !== INTERRUPTED) this.#options.onrefused(error.message);
    }
  }

  #ask(sdp) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#options.onunanswered(), ANSWER_MS);
      this.#askedAt = performance.now();
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

  // Twice the round trip as last measured, and some.
  #isUnanswered(now) {
    const patience = Math.min(ANSWER_IN_TROUBLE_MAX_MS, ANSWER_IN_TROUBLE_MS + 2 * this.#watch.roundTripMs);
    return this.#answer !== null && now - this.#askedAt >= patience;
  }

  #restart() {
    if (this.#closed) return;
    this.#restartAt = performance.now() + RESTART_MS + RESTART_ROUND_TRIPS * this.#watch.roundTripMs;
    this.#iceRestart = true;
    this.#negotiate();
  }

  // Told again and again while it lasts. An offer under way must be answered first.
  #onTrouble() {
    const now = performance.now();
    if (this.#closed) return;
    this.#options.onstate('shaky');
    if (this.#isUnanswered(now)) {
      this.#askedAt = now;
      this.#options.onunanswered();
    }
    if (this.#running || now < this.#restartAt) return;
    this.#restarts += 1;
    if (this.#restarts > RESTARTS_MAX) this.#options.ondead();
    else this.#restart();
  }

  // A voice that is lost on its way goes with redundancy, until the way is calm.
  #onReport(report, now) {
    if (this.#options.listener || this.#closed || !this.#redundancy.take(findLoss(report), now)) return;
    const codecs = globalThis.RTCRtpSender.getCapabilities?.('audio')?.codecs ?? [];
    const order = orderCodecs(codecs, this.#redundancy.wanted);
    if (!order || !this.#transceivers.audio.setCodecPreferences) return;
    this.#transceivers.audio.setCodecPreferences(order);
    this.#negotiate();
  }

  #onHeard() {
    this.#restarts = 0;
    this.#options.onstate('live');
  }

  #onIceState() {
    const state = this.pc.iceConnectionState;
    if (state === 'failed' || (state === 'disconnected' && this.#watch.silent)) this.#onTrouble();
  }

  // DTLS can't be mended by another path.
  #onConnectionState() {
    const { connectionState, iceConnectionState } = this.pc;
    if (connectionState === 'failed' && iceConnectionState !== 'failed') this.#options.ondead();
  }
}

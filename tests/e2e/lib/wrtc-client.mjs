// SPDX-License-Identifier: LGPL-2.1-or-later
// wrtc-client.mjs: libwebrtc without a browser: raw pictures and PCM in, raw pictures and PCM out.

import wrtc from '@roamhq/wrtc';

import { Visit } from './visit.mjs';

const WIDTH = 320;
const HEIGHT = 180;
const RATE_HZ = 48000;
const FRAME_MS = 1000 / 30;
// What RTCAudioSource takes at a time.
const CHUNK_MS = 10;

// BT.601, limited range.
function toYuv([r, g, b]) {
  return [16 + 0.257 * r + 0.504 * g + 0.098 * b, 128 - 0.148 * r - 0.291 * g + 0.439 * b, 128 + 0.439 * r - 0.368 * g - 0.071 * b];
}

function toRgb(y, u, v) {
  const light = 1.164 * (y - 16);
  const clamp = (value) => Math.max(0, Math.min(255, Math.round(value)));
  return [clamp(light + 1.596 * (v - 128)), clamp(light - 0.813 * (v - 128) - 0.391 * (u - 128)), clamp(light + 2.018 * (u - 128))];
}

export class WrtcClient extends Visit {
  #pc = new wrtc.RTCPeerConnection();
  #video = new wrtc.nonstandard.RTCVideoSource();
  #audio = new wrtc.nonstandard.RTCAudioSource();
  #sinks = [];
  #timers = [];
  #setup;
  #sentSamples = 0;
  #frames = 0;

  // setup: {hertz, rgb}
  constructor(setup) {
    super();
    this.#setup = setup;
  }

  async start(url, room) {
    await this.enter(url, room, 'Node.js');
    const stream = new wrtc.MediaStream();
    this.#pc.addTransceiver(this.#audio.createTrack(), { streams: [stream] });
    this.#pc.addTransceiver(this.#video.createTrack(), { streams: [stream] });
    this.#pc.ontrack = ({ track }) => this.#receive(track);
    this.#pc.onicecandidate = ({ candidate }) =>
      this.trickle(candidate?.candidate ?? '', candidate?.sdpMid ?? '0', candidate?.sdpMLineIndex ?? 0);
    this.#send();
    await this.#pc.setLocalDescription(await this.#pc.createOffer());
    this.offer(this.#pc.localDescription.sdp);
  }

  async onAnswer(sdp) {
    await this.#pc.setRemoteDescription({ type: 'answer', sdp });
  }

  onCandidate({ candidate, sdp_mid, sdp_mline_index }) {
    if (!candidate) return;
    this.#pc.addIceCandidate({ candidate, sdpMid: sdp_mid, sdpMLineIndex: sdp_mline_index }).catch(() => {});
  }

  async stop() {
    this.#timers.forEach(clearInterval);
    this.#sinks.forEach((sink) => sink.stop());
    this.leave();
    this.#pc.close();
  }

  #send() {
    const started = Date.now();
    const [y, u, v] = toYuv(this.#setup.rgb);
    const data = new Uint8ClampedArray((WIDTH * HEIGHT * 3) / 2);
    data.fill(y, 0, WIDTH * HEIGHT).fill(u, WIDTH * HEIGHT, (WIDTH * HEIGHT * 5) / 4).fill(v, (WIDTH * HEIGHT * 5) / 4);
    this.#timers.push(setInterval(() => this.#sendPicture(data, y), FRAME_MS));
    this.#timers.push(setInterval(() => this.#sendSound(Date.now() - started), CHUNK_MS));
  }

  // A line at the lower edge changes each time.
  #sendPicture(data, y) {
    this.#frames += 1;
    const start = WIDTH * (HEIGHT - 4);
    data.fill(y, start, WIDTH * HEIGHT).fill(235, start, start + ((this.#frames * 16) % (WIDTH * 4)));
    this.#video.onFrame({ width: WIDTH, height: HEIGHT, data });
  }

  // As many chunks as time has gone by: timers come late on a busy machine.
  #sendSound(elapsedMs) {
    const count = (RATE_HZ * CHUNK_MS) / 1000;
    while (this.#sentSamples < (elapsedMs * RATE_HZ) / 1000) {
      const samples = new Int16Array(count);
      for (let i = 0; i < count; i += 1) {
        samples[i] = 9800 * Math.sin((2 * Math.PI * this.#setup.hertz * (this.#sentSamples + i)) / RATE_HZ);
      }
      this.#sentSamples += count;
      this.#audio.onData({ samples, sampleRate: RATE_HZ, bitsPerSample: 16, channelCount: 1, numberOfFrames: count });
    }
  }

  #receive(track) {
    if (track.kind === 'audio') {
      const sink = new wrtc.nonstandard.RTCAudioSink(track);
      sink.ondata = ({ samples, channelCount }) => this.meter.push(channelCount === 1 ? samples : samples.filter((_, i) => i % channelCount === 0));
      this.#sinks.push(sink);
    } else {
      const sink = new wrtc.nonstandard.RTCVideoSink(track);
      sink.onframe = ({ frame }) => this.#keepPicture(frame);
      this.#sinks.push(sink);
    }
  }

  #keepPicture({ width, height, data }) {
    const luma = width * height;
    const half = Math.ceil(width / 2);
    const chroma = half * Math.ceil(height / 2);
    this.picture = { width, height, rgb: (x, y) => {
      const at = (y >> 1) * half + (x >> 1);
      return toRgb(data[y * width + x], data[luma + at], data[luma + chroma + at]);
    } };
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// gst-client.mjs: GStreamer's webrtcbin in a process of its own (clients/gst_client.py); JSON lines each
// way. It makes and decodes media; the signalling is here.

import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

import { note } from './tap.mjs';
import { Visit } from './visit.mjs';

const SCRIPT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../clients/gst_client.py');
// Debian's own Python: that is where python3-gi is.
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';

export class GstClient extends Visit {
  #setup;
  #child = null;

  // setup: {hertz, rgb, gathers}; gathers: it only sends, and offers when it has all its candidates
  constructor(setup) {
    super();
    this.#setup = setup;
  }

  async start(url, room) {
    await this.enter(url, room, 'GStreamer');
    const colour = this.#setup.rgb.reduce((sum, value) => sum * 256 + value, 0xff);
    this.#child = spawn(PYTHON, [SCRIPT, String(this.#setup.hertz), String(colour), ...(this.#setup.gathers ? ['gather'] : [])], { stdio: ['pipe', 'pipe', 'pipe'] });
    readline.createInterface({ input: this.#child.stdout }).on('line', (line) => (line.startsWith('{') ? this.#read(JSON.parse(line)) : note(`gstreamer: ${line}`)));
    readline.createInterface({ input: this.#child.stderr }).on('line', (line) => note(`gstreamer: ${line}`));
  }

  onAnswer(sdp) {
    this.#write({ answer: sdp });
  }

  onCandidate({ candidate, sdp_mline_index }) {
    this.#write({ candidate, index: sdp_mline_index });
  }

  async stop() {
    this.leave();
    this.#child?.kill('SIGTERM');
  }

  #write(message) {
    this.#child?.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #read(message) {
    if (message.offer) this.offer(message.offer);
    else if (message.candidate !== undefined) this.trickle(message.candidate, String(message.index), message.index);
    else if (message.pcm) this.#keepSound(Buffer.from(message.pcm, 'base64'));
    else if (message.picture) this.#keepPicture(message);
  }

  #keepSound(bytes) {
    const samples = new Int16Array(bytes.length / 2);
    for (let i = 0; i < samples.length; i += 1) samples[i] = bytes.readInt16LE(i * 2);
    this.meter.push(samples);
  }

  #keepPicture({ picture, width, height }) {
    const bytes = Buffer.from(picture, 'base64');
    const stride = bytes.length / height;
    this.picture = { width, height, rgb: (x, y) => [0, 1, 2].map((channel) => bytes[y * stride + x * 3 + channel]) };
  }
}

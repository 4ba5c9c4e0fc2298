// SPDX-License-Identifier: LGPL-2.1-or-later
// visit.mjs: the signalling of a client that is a program: joins, passes descriptions and candidates,
// keeps the layout. What sends and decodes media derives from it.

import { Socket } from './socket.mjs';
import { ToneMeter } from './tone.mjs';

export class Visit {
  id = null;
  meter = new ToneMeter();
  // {width, height, rgb(x, y)} of the newest picture decoded.
  picture = null;
  #socket;
  #layout = null;

  // Derived classes: onAnswer(sdp), onCandidate({candidate, sdp_mid, sdp_mline_index}).
  async enter(url, room, name) {
    this.#socket = await Socket.open(url);
    this.#socket.onmessage = (message) => this.#read(message);
    this.id = (await this.#socket.join({ room, name })).participant;
    this.#socket.send({ type: 'start_call' });
  }

  offer(sdp) {
    this.#socket.send({ type: 'webrtc_offer', sdp });
  }

  trickle(candidate, mid, index) {
    this.#socket.send({ type: 'webrtc_ice_candidate', candidate, sdp_mid: mid, sdp_mline_index: index });
  }

  leave() {
    this.#socket?.send({ type: 'leave' });
    this.#socket?.close();
  }

  heard(frequencies) {
    return this.meter.levels(frequencies);
  }

  // [r, g, b] at the middle of somebody else's tile, or null.
  seen() {
    const tile = this.#layout?.tiles.find(({ participant }) => participant !== this.id);
    if (!tile || !this.picture) return null;
    const { canvas } = this.#layout;
    const x = ((tile.x + tile.width / 2) / canvas.width) * this.picture.width;
    const y = ((tile.y + tile.height / 2) / canvas.height) * this.picture.height;
    return this.picture.rgb(Math.floor(x), Math.floor(y));
  }

  #read(message) {
    if (message.type === 'webrtc_answer') this.onAnswer(message.sdp);
    else if (message.type === 'webrtc_ice_candidate') this.onCandidate(message);
    else if (message.type === 'layout') this.#layout = message;
    else if (message.type === 'error') throw new Error(`server: ${message.code}: ${message.message}`);
  }
}

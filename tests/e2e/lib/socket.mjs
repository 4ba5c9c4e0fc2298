// SPDX-License-Identifier: LGPL-2.1-or-later
// socket.mjs: the signalling protocol without a browser: for programs' media and for bad input.

import WebSocket from 'ws';

import { until, within } from './wait.mjs';

export class Socket {
  messages = [];
  closeCode = null;
  #socket;

  static async open(url) {
    const socket = new Socket();
    await socket.#open(`${url.replace(/^http/, 'ws')}/ws`);
    return socket;
  }

  send(message) {
    this.#socket.send(JSON.stringify(message));
  }

  // Whatever it is, text or bytes.
  sendRaw(data) {
    this.#socket.send(data);
  }

  // The first message of that type that was not taken before.
  async take(type, ms = 10000) {
    return until(`message ${type}`, () => {
      const index = this.messages.findIndex((message) => message.type === type);
      return index >= 0 && this.messages.splice(index, 1)[0];
    }, { ms, everyMs: 10 });
  }

  // Joins and gives the room_created or room_joined.
  async join(fields) {
    this.send({ type: 'join_room', ...fields });
    return until('joined', () => this.messages.find(({ type }) => /^room_(created|joined)$/.test(type)), { everyMs: 10 });
  }

  async closed(ms = 10000) {
    await until('the server closes the connection', () => this.closeCode !== null, { ms, everyMs: 20 });
    return this.closeCode;
  }

  close() {
    this.#socket.terminate();
  }

  async #open(url) {
    this.#socket = new WebSocket(url, { rejectUnauthorized: false, origin: url.replace(/^ws(.*)\/ws$/, 'http$1') });
    this.#socket.on('message', (data) => this.#read(data));
    this.#socket.on('close', (code) => {
      this.closeCode = code;
    });
    const opened = new Promise((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('error', reject);
    });
    await within('WebSocket opens', opened, 10000);
    this.#socket.on('error', () => {});
  }

  #read(data) {
    const message = JSON.parse(String(data));
    this.onmessage?.(message);
    this.messages.push(message);
  }
}

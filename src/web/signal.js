// SPDX-License-Identifier: LGPL-2.1-or-later
// signal.js: the WebSocket to the server: JSON in and out, and a new connection after each loss, with
// exponential back-off and jitter so that a room does not come back all at the same instant.

const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 15000;
// A connection that is not open by then is taken for lost (captive portals swallow packets).
const CONNECT_TIMEOUT_MS = 10000;

export function backoffMs(attempt, random = Math.random()) {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt);
  return full * (0.5 + random / 2);
}

export class Signal {
  #url;
  #handlers;
  #socket = null;
  #timer = 0;
  #attempt = 0;
  #closed = false;

  // handlers: onopen(), onmessage(message), ondown(attempt, delayMs)
  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
    window.addEventListener('online', this.#onOnline);
  }

  open() {
    clearTimeout(this.#timer);
    if (this.#closed || this.#socket) return;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    const timeout = setTimeout(() => this.#lose(socket), CONNECT_TIMEOUT_MS);
    socket.onopen = () => {
      clearTimeout(timeout);
      this.#handlers.onopen();
    };
    socket.onclose = () => {
      clearTimeout(timeout);
      this.#lose(socket);
    };
    socket.onmessage = (event) => this.#read(socket, event.data);
  }

  // FALSE when there is no connection: the state is told anew after the next join.
  send(type, fields = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ type, ...fields }));
    return true;
  }

  // The join worked: the next loss begins with the shortest wait again.
  settled() {
    this.#attempt = 0;
  }

  // Nothing comes through any more although the socket says it is open.
  drop() {
    if (this.#socket) this.#lose(this.#socket);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    window.removeEventListener('online', this.#onOnline);
    this.#socket?.close(1000);
    this.#socket = null;
  }

  #onOnline = () => {
    if (!this.#socket) this.open();
  };

  #read(socket, data) {
    if (socket !== this.#socket) return;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    if (typeof message?.type === 'string') this.#handlers.onmessage(message);
  }

  #lose(socket) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    socket.onopen = socket.onclose = socket.onmessage = null;
    socket.close();
    if (this.#closed) return;
    const delayMs = backoffMs(this.#attempt);
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.open(), delayMs);
    this.#handlers.ondown(this.#attempt, delayMs);
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// signal.js: the WebSocket to the server: JSON in and out, and a new connection after each loss, with
// exponential back-off and jitter so that a room does not come back all at the same instant.

const BACKOFF_FIRST_MS = 250;
// Whoever is away that long may have its old address back at any moment.
const BACKOFF_MAX_MS = 5000;
// A connection on which no join was answered by then is taken for lost: packets are swallowed while a
// network changes. The first tries are short, as the next one may go by the new network; a slow network
// is met by the later ones.
const CONNECT_FIRST_MS = 1200;
const CONNECT_MAX_MS = 10000;
// RFC 6455 section 7.4.2. Ours to the server: not a farewell; the server's: somebody else has our place.
const CLOSE_RENEWED = 4000;
const CLOSE_REPLACED = 4001;

export function backoffMs(attempt, random = Math.random()) {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt);
  return full * (0.5 + random / 2);
}

export class Signal {
  #url;
  #handlers;
  #socket = null;
  #timer = 0;
  #timeout = 0;
  #attempt = 0;
  #settled = false;
  #settledOnce = false;
  #closed = false;
  #resting = false;

  // handlers: onopen(), onmessage(message), ondown(attempt, delayMs), onreplaced()
  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  open() {
    clearTimeout(this.#timer);
    if (this.#closed || this.#socket) return;
    this.#resting = false;
    const socket = new WebSocket(this.#url);
    const patience = this.#settledOnce ? Math.min(CONNECT_MAX_MS, CONNECT_FIRST_MS * 2 ** this.#attempt) : CONNECT_MAX_MS;
    this.#socket = socket;
    this.#timeout = setTimeout(() => this.#lose(socket), patience);
    socket.onopen = () => this.#handlers.onopen();
    socket.onclose = ({ code }) => (code === CLOSE_REPLACED ? this.#handlers.onreplaced() : this.#lose(socket));
    socket.onmessage = (event) => this.#read(socket, event.data);
  }

  // FALSE when there is no connection: the state is told anew after the next join.
  send(type, fields = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ type, ...fields }));
    return true;
  }

  // The join worked: the next loss begins with the shortest waits again.
  settled() {
    clearTimeout(this.#timeout);
    this.#settled = true;
    this.#settledOnce = true;
    this.#attempt = 0;
  }

  // Only another try can help, after the wait that is due.
  drop() {
    if (this.#socket) this.#lose(this.#socket);
  }

  // Nothing comes through any more although the socket says it is open, or there is reason to hope
  // that a new one is luckier: at once. One that is only being opened keeps its time.
  renew() {
    if (this.#settled) this.#lose(this.#socket, 0);
    else if (!this.#socket && !this.#resting) this.open();
  }

  // No connection until open() is called: only a person can tell what to say on the next.
  rest() {
    this.#resting = true;
    this.#hangUp();
  }

  close() {
    this.#closed = true;
    this.#hangUp();
  }

  #hangUp() {
    clearTimeout(this.#timer);
    clearTimeout(this.#timeout);
    this.#settled = false;
    this.#socket?.close(1000);
    this.#socket = null;
  }

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

  #lose(socket, delayMs = backoffMs(this.#attempt)) {
    if (socket !== this.#socket) return;
    clearTimeout(this.#timeout);
    this.#settled = false;
    this.#socket = null;
    socket.onopen = socket.onclose = socket.onmessage = null;
    socket.close(CLOSE_RENEWED);
    if (this.#closed) return;
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.open(), delayMs);
    this.#handlers.ondown(this.#attempt, delayMs);
  }
}

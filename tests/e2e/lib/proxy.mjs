// SPDX-License-Identifier: LGPL-2.1-or-later
// proxy.mjs: a TCP relay in front of the server, so that a test can cut a client's signalling off.

import net from 'node:net';

export class Proxy {
  port = 0;
  // Connections that came, ever.
  opened = 0;
  #server;
  #sockets = new Set();
  #refusing = false;

  static async start(targetPort) {
    const proxy = new Proxy();
    proxy.#server = net.createServer((client) => proxy.#relay(client, targetPort));
    await new Promise((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    proxy.port = proxy.#server.address().port;
    return proxy;
  }

  // Every connection breaks now, and new ones too until restore().
  cut() {
    this.#refusing = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  // What is open now swallows all bytes from here on, in silence; new connections work.
  hang() {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.resume();
    }
  }

  restore() {
    this.#refusing = false;
  }

  stop() {
    this.cut();
    this.#server.close();
  }

  #relay(client, port) {
    if (this.#refusing) {
      client.destroy();
      return;
    }
    this.opened += 1;
    const server = net.connect(port, '127.0.0.1');
    for (const [from, to] of [[client, server], [server, client]]) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}

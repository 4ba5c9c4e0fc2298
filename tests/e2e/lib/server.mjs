// SPDX-License-Identifier: LGPL-2.1-or-later
// server.mjs: a tuttid of our own: free port, own state directory, stopped by SIGTERM, which must end it
// with status 0.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { within } from './wait.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const DEFAULT = path.resolve(HERE, '../../../build/src/tuttid');
// Starting makes a certificate; stopping says goodbye to everyone. Generous: sanitizers are slow.
const START_MS = 20000;
const STOP_MS = 20000;
const OUTPUT_LINES_MAX = 200;

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Server {
  url;
  output = [];
  #child;
  #exit;
  #directory;

  // settings: {'room.limit': 2}, given as --set. place: {listen: 'ADDRESS:PORT', prefix: the words
  // before the program's name}, for a server in a namespace.
  static async start(settings = {}, place = {}) {
    const server = new Server();
    await server.#start(settings, place);
    return server;
  }

  get pid() {
    return this.#child.pid;
  }

  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get adminSocket() {
    return path.join(this.#directory, 'admin.sock');
  }

  // Gives the exit status, or the signal's name.
  async stop() {
    if (this.running) this.#child.kill('SIGTERM');
    try {
      return await within('tuttid ends on SIGTERM', this.#exit, STOP_MS);
    } finally {
      if (this.running) this.#child.kill('SIGKILL');
      fs.rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  // As a power cut would end it. What it left in directories of the settings stays.
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#exit;
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }

  async #start(settings, { listen, prefix = [] }) {
    this.#directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tutti-e2e-'));
    // Browsers share the processors with the server: its rounds are late for no fault of its own.
    const all = { 'admin.socket': this.adminSocket, 'room.overload-percent': 0, ...settings };
    const sets = Object.entries(all).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const env = { ...process.env, HOME: this.#directory, XDG_STATE_HOME: this.#directory,
      XDG_RUNTIME_DIR: this.#directory, STATE_DIRECTORY: this.#directory };
    delete env.NOTIFY_SOCKET;
    const [program, ...words] = [...prefix, process.env.TUTTID ?? DEFAULT, '--listen', listen ?? `127.0.0.1:${await freePort()}`, ...sets];
    this.#child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    // Whatever ends the tests, it is not left behind.
    process.once('exit', () => this.running && this.#child.kill('SIGKILL'));
    this.#exit = new Promise((resolve) => {
      this.#child.once('exit', (status, signal) => resolve(status ?? signal));
      this.#child.once('error', (error) => resolve(error.message));
    });
    this.url = await within('tuttid listens', this.#waitForUrl(), START_MS);
  }

  #waitForUrl() {
    return new Promise((resolve, reject) => {
      const read = (data) => {
        this.output.push(...String(data).split('\n').filter(Boolean));
        this.output.splice(0, this.output.length - OUTPUT_LINES_MAX);
        const found = /^tuttid: listening on (\S+)/m.exec(String(data));
        if (found) resolve(found[1].replace(/\/$/, ''));
      };
      this.#child.stdout.on('data', read);
      this.#child.stderr.on('data', read);
      this.#exit.then((status) => reject(new Error(`tuttid ended with ${status}:\n${this.output.join('\n')}`)));
    });
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// turn.mjs: a TURN server of our own (coturn) on loopback, with REST credentials by a shared secret.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { freePort } from './server.mjs';
import { until } from './wait.mjs';

const TURNSERVER = process.env.TURNSERVER ?? '/usr/bin/turnserver';

export class Turn {
  secret = 'a shared secret of the relay';
  #child;
  #directory;
  #log = '';

  static async start() {
    const turn = new Turn();
    turn.port = await freePort();
    turn.#directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tutti-turn-'));
    const words = ['-n', '--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', turn.port, '--allow-loopback-peers',
      '--use-auth-secret', '--static-auth-secret', turn.secret, '--realm', 'test', '--no-tls', '--no-dtls', '--no-cli', '--verbose',
      '--log-file', 'stdout', '--pidfile', path.join(turn.#directory, 'pid'), '--db', path.join(turn.#directory, 'db')];
    turn.#child = spawn(TURNSERVER, words.map(String), { cwd: turn.#directory, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (data) => {
      turn.#log = (turn.#log + data).slice(-200000);
    };
    turn.#child.stdout.on('data', keep);
    turn.#child.stderr.on('data', keep);
    process.once('exit', () => turn.#child.kill('SIGKILL'));
    await until('the TURN server listens', () => turn.#log.includes(`listener opened on : 127.0.0.1:${turn.port}`));
    return turn;
  }

  get url() {
    return `turn:127.0.0.1:${this.port}`;
  }

  // How many relayed addresses it has given out.
  get allocations() {
    return (this.#log.match(/ALLOCATE processed, success/g) ?? []).length;
  }

  async stop() {
    this.#child.kill('SIGTERM');
    await until('the TURN server ends', () => this.#child.exitCode !== null || this.#child.signalCode !== null);
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }
}

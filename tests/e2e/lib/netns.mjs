// SPDX-License-Identifier: LGPL-2.1-or-later
// netns.mjs: two network namespaces with a bad network between them (tests/impair): `near` is where
// the client sits that suffers from it, `far` where the server is and those beside it.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

import { within } from './wait.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const IMPAIR = process.env.IMPAIR ?? path.resolve(path.dirname(process.env.TUTTID ?? path.resolve(HERE, '../../../build/src/tuttid')), '../tests/impair');

// Only these two namespaces know these addresses (RFC 2544's for benchmarks: no host has them).
const FAR = '198.18.0.1';
const NEAR = '198.18.0.2';
const NEAR_LATER = '198.18.0.3';
const PREFIX_BITS = 24;
const COMMAND_MS = 10000;

function ip(...words) {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: COMMAND_MS });
}

function quietly(action) {
  try {
    action();
  } catch {
    // What is being taken away may be gone already.
  }
}

// Why there can be no bad network on this machine; null when there can.
export function whyNoNetwork() {
  if (process.getuid() !== 0) return 'needs root';
  if (!fs.existsSync('/dev/net/tun')) return 'needs /dev/net/tun';
  if (!fs.existsSync(IMPAIR)) return `needs ${IMPAIR}`;
  const name = `tutti-probe-${process.pid}`;
  try {
    ip('netns', 'add', name);
    return null;
  } catch (error) {
    return `needs ip and network namespaces (${error.message.split('\n')[0]})`;
  } finally {
    quietly(() => ip('netns', 'delete', name));
  }
}

// Who is told to end runs its exit handlers first.
function endByHandlers() {
  process.exit(1);
}

export class Network {
  // Names of the namespaces.
  near = `tutti-near-${process.pid}`;
  far = `tutti-far-${process.pid}`;
  serverAddress = FAR;
  #child;
  #lines;
  #directory;
  #address = NEAR;
  #stopped = false;
  #onExit = () => this.#remove();

  static async start() {
    const network = new Network();
    process.once('exit', network.#onExit);
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, endByHandlers);
    try {
      await network.#start();
    } catch (error) {
      network.stop();
      throw error;
    }
    return network;
  }

  // 'down rate=400', 'both loss=5 delay=50': "up" is from near to far. See tests/impair.h.
  async set(...commands) {
    for (const command of commands) {
      const answer = await this.#ask(command);
      if (!answer.ok) throw new Error(`impair: ${command}: ${answer.error}`);
    }
  }

  // {seconds, up: {in, out, lost, overflow, bytes, bytes_per_second, queue_ms, queue_max_ms}, down}
  stats() {
    return this.#ask('stats');
  }

  // A program that runs another one in that namespace: what browsers are started by.
  wrap(namespace, program) {
    const file = path.join(this.#directory, `${namespace}-${path.basename(program)}`);
    fs.writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${namespace} ${program} "$@"\n`, { mode: 0o755 });
    return file;
  }

  // The words that run a program in that namespace.
  prefix(namespace) {
    return ['ip', 'netns', 'exec', namespace];
  }

  // The near end loses its address and gets another, as a phone that leaves the Wi-Fi.
  changeAddress() {
    const next = this.#address === NEAR ? NEAR_LATER : NEAR;
    ip('-n', this.near, 'address', 'delete', `${this.#address}/${PREFIX_BITS}`, 'dev', 'impair0');
    ip('-n', this.near, 'address', 'add', `${next}/${PREFIX_BITS}`, 'dev', 'impair0');
    ip('-n', this.near, 'route', 'replace', 'default', 'dev', 'impair0');
    this.#address = next;
    return next;
  }

  // End what runs in the namespaces first.
  stop() {
    process.removeListener('exit', this.#onExit);
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, endByHandlers);
    this.#remove();
  }

  async #start() {
    this.#directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tutti-net-'));
    for (const name of [this.near, this.far]) {
      ip('netns', 'add', name);
      ip('netns', 'exec', name, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    }
    const words = [this.near, `${NEAR}/${PREFIX_BITS}`, this.far, `${FAR}/${PREFIX_BITS}`];
    this.#child = spawn(IMPAIR, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = readline.createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    const ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (status) => reject(new Error(`impair ended with ${status}`)));
    });
    ended.catch(() => {});
    await within('impair starts', Promise.race([this.#lines.next(), ended]), COMMAND_MS);
  }

  // Questions and answers go in step: one at a time.
  #asking = Promise.resolve();

  #ask(line) {
    this.#asking = this.#asking.then(async () => {
      this.#child.stdin.write(`${line}\n`);
      const { value } = await within(`impair answers ${line}`, this.#lines.next(), COMMAND_MS);
      return JSON.parse(value ?? '{"error":"ended"}');
    });
    return this.#asking;
  }

  #remove() {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#child?.kill('SIGKILL');
    for (const name of [this.near, this.far]) quietly(() => ip('netns', 'delete', name));
    if (this.#directory) fs.rmSync(this.#directory, { recursive: true, force: true });
  }
}

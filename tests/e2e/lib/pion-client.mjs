// SPDX-License-Identifier: LGPL-2.1-or-later
// pion-client.mjs: Pion in a process of its own (clients/pion); files with sound and pictures in and out.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

import { note, Skip } from './tap.mjs';

const SOURCE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../clients/pion');
// Where Debian's golang-github-pion-webrtc.v3-dev puts sources.
const LIBRARIES = process.env.PION_GOPATH ?? '/usr/share/gocode';

let building = null;

function lacks() {
  if (spawnSync('go', ['version']).status !== 0) return 'go is not installed (Debian: golang-go)';
  if (!fs.existsSync(path.join(LIBRARIES, 'src/github.com/pion/webrtc'))) return 'Pion is not installed (Debian: golang-github-pion-webrtc.v3-dev)';
  return null;
}

// Without modules a package's place says how it is called: src/tutti/pion.
async function build() {
  const reason = lacks();
  if (reason) return { reason };
  const top = fs.mkdtempSync(path.join(os.tmpdir(), 'tutti-pion-'));
  fs.mkdirSync(path.join(top, 'src/tutti'), { recursive: true });
  fs.cpSync(SOURCE, path.join(top, 'src/tutti/pion'), { recursive: true });
  const program = path.join(top, 'pion');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: `${top}:${LIBRARIES}`, GOFLAGS: '' };
  // Gives way to whatever is measured meanwhile.
  const child = spawn('nice', ['-n', '10', 'go', 'build', '-o', program, 'tutti/pion'], { cwd: path.join(top, 'src/tutti/pion'), env, stdio: ['ignore', 'inherit', 'inherit'] });
  const status = await new Promise((resolve) => { child.once('exit', resolve); });
  return status === 0 ? { top, program } : { top, fault: `go build ends with ${status}` };
}

// To be called early; it takes a minute of one core where nothing is cached.
export function startBuild() {
  building ??= build().catch((error) => ({ fault: error.message }));
  return building;
}

export async function cleanBuild() {
  const { top } = (await building) ?? {};
  if (top) fs.rmSync(top, { recursive: true, force: true });
}

export class PionClient {
  said = [];
  packets = {};
  #child;

  // kind: whip, whep or channel; habits: obs, ffmpeg or -.
  static async start(kind, habits, url, sound, pictures) {
    const { program, reason, fault } = await startBuild();
    if (reason) throw new Skip(reason);
    if (fault) throw new Error(fault);
    const client = new PionClient();
    client.#child = spawn(program, [kind, habits, url, sound, pictures], { stdio: ['pipe', 'pipe', 'pipe'] });
    readline.createInterface({ input: client.#child.stdout }).on('line', (line) => client.#read(JSON.parse(line)));
    readline.createInterface({ input: client.#child.stderr }).on('line', (line) => note(`pion: ${line}`));
    return client;
  }

  // What it said of this, or undefined.
  find(key) {
    return this.said.find((message) => message[key] !== undefined)?.[key];
  }

  isConnected() {
    return this.said.some(({ state }) => state === 'connected');
  }

  // On its data channel.
  write(text) {
    this.#child.stdin.write(`${text}\n`);
  }

  // Gives the status of DELETE.
  async end() {
    const exited = new Promise((resolve) => { this.#child.once('exit', resolve); });
    this.#child.stdin.end();
    await exited;
    return this.find('ended');
  }

  kill() {
    this.#child.kill('SIGKILL');
  }

  #read(message) {
    if (message.packets) this.packets[message.kind] = message.packets;
    else this.said.push(message);
    if (message.error) note(`pion: ${message.error}`);
  }
}

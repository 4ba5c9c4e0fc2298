// SPDX-License-Identifier: LGPL-2.1-or-later
// admin.mjs: tutti(1) for a server of ours. TUTTI names the program (default: build/src/cli/tutti).

import { execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { until } from './wait.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PROGRAM = process.env.TUTTI ?? path.resolve(HERE, '../../../build/src/cli/tutti');
const run = promisify(execFile);

// Gives what it prints; throws with what it says when it fails.
export async function tutti(server, ...words) {
  return (await run(PROGRAM, ['--socket', server.adminSocket, ...words])).stdout;
}

export async function tuttiJson(server, ...words) {
  return JSON.parse(await tutti(server, '--json', ...words));
}

// One that fails: {code, stderr}.
export async function tuttiFails(server, ...words) {
  try {
    return { code: 0, stderr: '', stdout: await tutti(server, ...words) };
  } catch ({ code, stderr }) {
    return { code, stderr };
  }
}

// `tutti events` as it runs: lines as they were printed.
export class Events {
  lines = [];
  #child;
  #rest = '';

  constructor(server, ...words) {
    this.#child = spawn(PROGRAM, ['--socket', server.adminSocket, 'events', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (data) => {
      const lines = (this.#rest + data).split('\n');
      this.#rest = lines.pop();
      this.lines.push(...lines);
    });
    process.once('exit', () => this.#child.kill());
  }

  get objects() {
    return this.lines.map((line) => JSON.parse(line));
  }

  stop() {
    this.#child.kill();
  }
}

// `tutti top` on a terminal that script(1) makes. Gives what is on the screen by and by, as words: escape
// sequences (ECMA-48, section 5.4) are spaces. keys: pressed one after the other, each when its words are there.
export async function showTop(server, keys) {
  const words = `'${PROGRAM}' --socket '${server.adminSocket}' top`;
  const child = spawn('script', ['-qfec', words, '/dev/null'], { env: { ...process.env, TERM: 'xterm', COLUMNS: '120', LINES: '30' } });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  const shown = () => text.replace(/\x1b(\[[0-?]*[ -/]*[@-~]|[()].|.)/g, ' ');
  try {
    for (const { key, when } of keys) {
      await until(`top shows ${when}`, () => {
        if (when.test(shown())) return true;
        throw new Error(shown());
      }, { everyMs: 20 });
      child.stdin.write(key);
    }
    return { status: await ended, text: shown() };
  } finally {
    child.kill();
  }
}

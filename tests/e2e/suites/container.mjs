// SPDX-License-Identifier: LGPL-2.1-or-later
// container.mjs: the container file, which no engine is here to build by: its grammar and habits as editors' linter sees them,
// and that tuttid and tutti take the words it starts them with.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import dockerfile from 'dockerfile-utils';

import { test } from '../lib/tap.mjs';

const TOP = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const TUTTID = process.env.TUTTID ?? path.join(TOP, 'build/src/tuttid');
const FILE = path.join(TOP, 'etc/Containerfile');

const lint = (text) => dockerfile.validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);

// The words of an instruction in its JSON form.
function wordsOf(text, instruction) {
  return JSON.parse(new RegExp(`^${instruction}.*?(\\[.*\\])$`, 'm').exec(text)[1]);
}

export async function run() {
  const text = fs.readFileSync(FILE, 'utf8');
  await test('the container file is lint-clean', () => {
    assert.deepEqual(lint(text), []);
    assert.equal(lint(text.replace('USER tutti', 'USRE tutti')).length, 1, 'the linter sees faults');
  });
  await test('tuttid takes what the container starts it with', () => {
    const [program, ...words] = wordsOf(text, 'ENTRYPOINT');
    assert.equal(program, 'tuttid');
    const check = (more) => spawnSync(TUTTID, [...words, '--config', '/dev/null', ...more, '--check'], { encoding: 'utf8' });
    const { status, stderr } = check(['--set', 'auth.mode=open']);
    assert.equal(status, 0, stderr);
    assert.equal(check([]).status, 78, 'who serves the world says by which rule');
  });
  await test('its health check asks the socket that the server has', () => {
    const [program, option, socket] = wordsOf(text, 'HEALTHCHECK');
    assert.deepEqual([program, option], ['tutti', '--socket']);
    const [, directory] = /RUNTIME_DIRECTORY=(\S+)/.exec(text);
    assert.equal(socket, path.join(directory, 'admin.sock'));
  });
}

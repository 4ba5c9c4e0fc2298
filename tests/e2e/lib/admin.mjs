// SPDX-License-Identifier: LGPL-2.1-or-later
// admin.mjs: tutti(1) for a server of ours. TUTTI names the program (default: build/src/cli/tutti).

import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

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

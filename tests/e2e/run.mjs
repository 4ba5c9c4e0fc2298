// SPDX-License-Identifier: LGPL-2.1-or-later
// run.mjs: runs the suites one after the other and prints TAP. Arguments choose suites, or all of a lane, by name.
// TUTTID names the program under test (default: build/src/tuttid).

import { finish, note, test } from './lib/tap.mjs';

// Suites that judge figures want the machine for themselves; the two other lanes may run beside each other.
const LANES = {
  alone: ['first-media', 'three-tabs', 'reconnect', 'bad-input', 'recording', 'network', 'crowd', 'admin'],
  left: ['units', 'container', 'page', 'policy', 'clients', 'relay'],
  right: ['whip', 'simulcast', 'api'],
};

const chosen = process.argv.slice(2);
for (const name of chosen.length ? chosen.flatMap((word) => LANES[word] ?? word) : Object.values(LANES).flat()) {
  const started = Date.now();
  note(`suite ${name}`);
  try {
    const suite = await import(`./suites/${name}.mjs`);
    await suite.run();
  } catch (error) {
    await test(`suite ${name} runs to its end`, () => {
      throw error;
    });
  }
  note(`suite ${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
process.exit(finish() ? 1 : 0);

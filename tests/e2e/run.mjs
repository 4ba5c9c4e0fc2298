// SPDX-License-Identifier: LGPL-2.1-or-later
// run.mjs: runs the suites one after the other and prints TAP. Arguments choose suites by name.
// TUTTID names the program under test (default: build/src/tuttid).

import { finish, note, test } from './lib/tap.mjs';

const SUITES = ['units', 'first-media', 'three-tabs', 'page', 'policy', 'reconnect', 'clients', 'whip', 'relay', 'bad-input', 'recording', 'network', 'simulcast', 'admin', 'api'];

const chosen = process.argv.slice(2);
for (const name of chosen.length ? chosen : SUITES) {
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

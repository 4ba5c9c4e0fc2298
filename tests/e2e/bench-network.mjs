// SPDX-License-Identifier: LGPL-2.1-or-later
// bench-network.mjs: every scenario at full length; prints a table of what was required and measured.
// Arguments choose scenarios by name; --seconds N shortens them; --json prints all figures besides.

import { parseArgs } from 'node:util';

import { BadCall } from './lib/bad-call.mjs';
import { whyNoNetwork } from './lib/netns.mjs';
import * as scenarios from './lib/scenarios.mjs';

const { values: options, positionals } = parseArgs({ allowPositionals: true,
  options: { seconds: { type: 'string' }, json: { type: 'boolean' } } });

// Scenarios that can share a call, in the order in which they do.
// Noise that a camera's share of the uplink carries, and that fills more than 400 kbit/s on the canvas.
const DETAIL = 0.1;
const CALLS = [
  { setup: {}, names: ['loss5', 'loss20', 'jitter60', 'newAddress'] },
  { setup: { near: { detail: DETAIL }, others: { detail: DETAIL } }, names: ['step400', 'uplink150'] },
  { setup: { near: { flashMs: 2000, volume: 0.02 }, others: { volume: 0 } }, names: ['lips'] },
];

const figure = (value) => (Number.isInteger(value) ? String(value) : Number.isFinite(value) ? value.toFixed(1) : 'never');

function row(name, { what, least, most, value, unit }) {
  const required = least === undefined ? `≤ ${most}` : `≥ ${least}`;
  const met = least === undefined ? value <= most : value >= least;
  return `| ${name} | ${what} | ${required} ${unit} | ${figure(value)} | ${met ? 'yes' : '**no**'} |`;
}

async function runOne(call, name) {
  const seconds = options.seconds ? [Number(options.seconds)] : [];
  try {
    const { checks, measured } = await scenarios[name](call, ...seconds);
    checks.forEach((check) => console.log(row(name, check)));
    if (options.json) console.error(JSON.stringify({ name, measured }));
  } catch (error) {
    console.log(`| ${name} | failed: ${error.message} | | | **no** |`);
  }
}

async function runCall({ setup, names }) {
  const chosen = names.filter((name) => !positionals.length || positionals.includes(name));
  if (!chosen.length) return;
  const call = await BadCall.start(setup);
  try {
    for (const name of chosen) await runOne(call, name);
  } finally {
    await call.stop();
  }
}

const reason = whyNoNetwork();
if (reason) {
  console.error(`bench-network: ${reason}`);
  process.exit(77);
}
console.log('| scenario | figure | required | measured | met |\n|---|---|---|---|---|');
for (const call of CALLS) await runCall(call);

// SPDX-License-Identifier: LGPL-2.1-or-later
// wait.mjs: waiting for what will come, with a deadline; nothing here sleeps a fixed time and hopes.

// Deadlines are given for a machine of one's own; on one that others share all takes some times as long, and when
// nothing is wrong nobody waits for a deadline. How fast something was is a figure: see machine.mjs.
const PATIENCE = 4;

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// Calls probe until it gives something true, and gives that. What it last gave or threw is in the
// error when the deadline passes.
export async function until(what, probe, { ms = 15000, everyMs = 100 } = {}) {
  const end = Date.now() + PATIENCE * ms;
  let last;
  for (;;) {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      last = error.message;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE * ms} ms (last: ${JSON.stringify(last)})`);
    await sleep(everyMs);
  }
}

export function within(what, promise, ms) {
  let timer;
  const deadline = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${PATIENCE * ms} ms`)), PATIENCE * ms);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

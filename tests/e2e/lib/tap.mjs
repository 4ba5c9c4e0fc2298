// SPDX-License-Identifier: LGPL-2.1-or-later
// tap.mjs: the test anything protocol: one line a test, the plan at the end.

let count = 0;
let failures = 0;

export function note(text) {
  for (const line of String(text).split('\n')) console.log(`# ${line}`);
}

// Thrown by a test that can't be tried here; its message says why.
export class Skip extends Error {}

export async function test(name, body) {
  count += 1;
  const number = count;
  const started = Date.now();
  try {
    await body();
    console.log(`ok ${number} - ${name} # ${Date.now() - started} ms`);
    return true;
  } catch (error) {
    if (error instanceof Skip) {
      console.log(`ok ${number} - ${name} # SKIP ${error.message}`);
      return false;
    }
    failures += 1;
    console.log(`not ok ${number} - ${name}`);
    note(error.stack ?? error);
    return false;
  }
}

// Prints the plan; gives the number of failures.
export function finish() {
  console.log(`1..${count}`);
  return failures;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// machine.mjs: what the machine does beside the test: processor time that others took (other processes, other machines
// on the same host), so that a figure is judged only where the machine let it be right. What is no figure (who sees
// and hears whom in the end, states, codes) is judged everywhere, with time enough.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

import { note } from './tap.mjs';

// A share of all processors that others may take without spoiling a figure: all the while; and in half a second of
// it, since who gets nothing for so long stutters, however quiet the rest is.
export const OTHERS_MAX = 0.1;
const MOMENT_MAX = 0.5;
const MOMENT_MS = 500;
// All of them together, the test's own browsers too: beyond it they stutter for want of processors, whoever is right.
const FULL = 0.96;
// Below it no program waits for a processor, whatever the others do at that moment.
const ROOM = 0.8;

// Ticks since boot that all processors spent on anything, and in all.
function readMachine() {
  const words = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).slice(1, 9).map(Number);
  const [user, nice, system, idle, iowait, irq, softirq, steal] = words;
  return { busy: user + nice + system + irq + softirq + steal, all: user + nice + system + idle + iowait + irq + softirq + steal };
}

// Ticks of each process, and of its children that have ended: those of a whole tree only grow.
function readProcesses() {
  const processes = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
      processes.set(Number(pid), { parent: fields[1], ticks: fields[11] + fields[12] + fields[13] + fields[14] });
    } catch {
      // It has ended meanwhile.
    }
  }
  return processes;
}

function isOurs(processes, pid) {
  for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) if (at === process.pid) return true;
  return false;
}

function readOurs() {
  const processes = readProcesses();
  let ticks = 0;
  for (const [pid, { ticks: own }] of processes) if (isOurs(processes, pid)) ticks += own;
  return ticks;
}

function look() {
  return { ...readMachine(), ours: readOurs() };
}

function shareOf(from, to) {
  return Math.max(0, to.busy - from.busy - (to.ours - from.ours)) / Math.max(1, to.all - from.all);
}

// Begins to look when it is made; stop(), or the first question, ends it.
export class Machine {
  #first = look();
  #last = this.#first;
  #worst = 0;
  #share = null;
  #busy = null;
  #timer = setInterval(() => this.#lookAgain(), MOMENT_MS);

  constructor() {
    this.#timer.unref();
  }

  stop() {
    if (this.#share !== null) return;
    clearInterval(this.#timer);
    const now = look();
    this.#share = shareOf(this.#first, now);
    this.#busy = (now.busy - this.#first.busy) / Math.max(1, now.all - this.#first.all);
  }

  // What others took of all processors.
  get share() {
    this.stop();
    return this.#share;
  }

  // Whether figures of that while are worth anything.
  get isQuiet() {
    return this.share <= OTHERS_MAX && this.#worst <= MOMENT_MAX && this.#busy <= FULL;
  }

  // Whether whoever stuttered had a processor to do better with.
  get hasRoom() {
    return this.isQuiet && this.#busy <= ROOM;
  }

  // A figure: must be right where the machine was quiet, else is told.
  judge(isRight, what) {
    if (isRight) return;
    assert.ok(!this.isQuiet, what);
    note(`not judged, since others took ${this}: ${what}`);
  }

  toString() {
    const [share, worst, busy] = [this.share, this.#worst, this.#busy].map((part) => (100 * part).toFixed(0));
    return `${share} % of the machine (${worst} % at worst), which was ${busy} % busy`;
  }

  #lookAgain() {
    const now = look();
    this.#worst = Math.max(this.#worst, shareOf(this.#last, now));
    this.#last = now;
  }
}

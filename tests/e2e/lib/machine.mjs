// SPDX-License-Identifier: LGPL-2.1-or-later
// What the machine does beside the test: processor time that others took (other processes, other machines on the
// same host), so that a figure which needs an unshared machine can be told from one that is wrong.
import { readdirSync, readFileSync } from 'node:fs';

// A share of all processors that others may take without spoiling a figure.
export const OTHERS_MAX = 0.1;

// Ticks since boot that all processors spent on anything, and in all.
function readMachine() {
  const words = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).slice(1, 9).map(Number);
  const [user, nice, system, idle, iowait, irq, softirq, steal] = words;
  return { busy: user + nice + system + irq + softirq + steal, all: user + nice + system + idle + iowait + irq + softirq + steal };
}

function readProcesses() {
  const processes = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      processes.set(Number(pid), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
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
  const ours = [...processes.keys()].filter((pid) => isOurs(processes, pid));
  return new Map(ours.map((pid) => [pid, processes.get(pid).ticks]));
}

export class Machine {
  constructor() {
    this.before = { machine: readMachine(), ours: readOurs() };
  }

  // The share of all processors that others took since; those of ours that have ended meanwhile count as others.
  othersShare() {
    const machine = readMachine();
    let ours = 0;
    for (const [pid, ticks] of readOurs()) ours += ticks - (this.before.ours.get(pid) ?? 0);
    const { busy, all } = this.before.machine;
    return Math.max(0, machine.busy - busy - ours) / Math.max(1, machine.all - all);
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// bus.js: how the parts of the page hear of each other: one event target, plain values as details.

const target = new EventTarget();

export function on(name, listener) {
  target.addEventListener(name, (event) => listener(event.detail));
}

export function emit(name, detail) {
  target.dispatchEvent(new CustomEvent(name, { detail }));
}

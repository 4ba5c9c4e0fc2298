// SPDX-License-Identifier: LGPL-2.1-or-later
// dom.js: the few helpers for the document. Text enters it as text nodes only, never as HTML.

const SVG = 'http://www.w3.org/2000/svg';

// How long a passing message stays: long enough to read two lines.
const TOAST_MS = 5000;
// More at once would cover the picture.
const TOASTS_MAX = 3;
// Enough for a burst of joins; older ones were read long ago.
const ANNOUNCEMENTS_MAX = 5;

export function $(selector, root = document) {
  return root.querySelector(selector);
}

// el('button', {class: 'x', type: 'button', onclick: f}, 'text', child)
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export function setIcon(button, name) {
  $('use', button)?.setAttribute('href', `/assets/icons.svg#${name}`);
}

// A button with an icon and a name for screen readers; pressed shows a toggle's state.
export function iconButton(name, label, onclick, props = {}) {
  return el('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label,
    onclick, ...props }, icon(name));
}

export function relabel(button, label) {
  button.setAttribute('aria-label', label);
  button.title = label;
}

// Read out by screen readers at their next pause. Nodes are added, so that the same words twice are read
// twice and none is lost to the next; what has been read goes.
export function announce(text) {
  const region = $('#announcer');
  if (!region) return;
  region.append(el('p', {}, text));
  while (region.children.length > ANNOUNCEMENTS_MAX) region.firstElementChild.remove();
}

// A passing message on the picture. kind: 'info' or 'problem'. Also read out.
export function toast(text, kind = 'info') {
  const list = $('#toasts');
  if (!list) return;
  const item = el('div', { class: `toast ${kind}` }, text);
  list.append(item);
  while (list.children.length > TOASTS_MAX) list.firstElementChild.remove();
  setTimeout(() => item.remove(), TOAST_MS);
  announce(text);
}

export function show(node, visible) {
  node.hidden = !visible;
}

// Storage may be forbidden (private windows): then nothing is remembered.
export function remember(key, value) {
  try {
    localStorage.setItem(`tutti.${key}`, value);
  } catch { /* not remembered */ }
}

export function recall(key) {
  try {
    return localStorage.getItem(`tutti.${key}`);
  } catch {
    return null;
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// colours.mjs: telling the colours of the synthetic cameras apart after two encodes.

// Far from each other in hue and light, and from the canvas' dark ground and grey avatars.
export const COLOURS = { red: [192, 0, 0], green: [0, 160, 0], blue: [40, 60, 230], yellow: [220, 210, 0] };

// Chroma subsampling, colour ranges and two lossy encodes shift a flat colour by no more than that.
const NEAR = 60;

export function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}

export function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

// The name of the colour that it is, or null.
export function nameOf(colour) {
  const found = Object.entries(COLOURS).find(([, known]) => distance(colour, known) < NEAR);
  return found ? found[0] : null;
}

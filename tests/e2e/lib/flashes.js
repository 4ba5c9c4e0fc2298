// SPDX-License-Identifier: LGPL-2.1-or-later
// flashes.js: when a page's own camera becomes white and its own tone loud (see flashMs in synthetic.js), as
// both are handed to the call: what a recording is held against. Sent into the page whole by evaluate().

// window.flashes: {flashes: [ms], clicks: [ms]} by the wall clock.
export function startFlashes() {
  const WHITE = 600;
  const LOUD = 0.35;
  const QUIET_MS = 500;
  const found = { flashes: [], clicks: [] };
  window.flashes = found;
  const now = () => performance.timeOrigin + performance.now();
  const keep = (list, at) => {
    if (!list.length || at - list.at(-1) > QUIET_MS) list.push(at);
  };
  const track = (kind) => window.tutti.call.pc.getSenders().find((sender) => sender.track?.kind === kind).track;
  const each = async (kind, take) => {
    const reader = new MediaStreamTrackProcessor({ track: track(kind), maxBufferSize: 100 }).readable.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      take(value, now());
      value.close();
    }
  };

  const canvas = new OffscreenCanvas(4, 4);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  let wasWhite = true;
  each('video', (frame, at) => {
    pen.drawImage(frame, frame.displayWidth / 2 - 4, frame.displayHeight / 2 - 4, 8, 8, 0, 0, 4, 4);
    const [r, g, b] = pen.getImageData(2, 2, 1, 1).data;
    const isWhite = r + g + b > WHITE;
    if (isWhite && !wasWhite) keep(found.flashes, at);
    wasWhite = isWhite;
  });

  const chunk = new Float32Array(9600);
  each('audio', (sound, at) => {
    sound.copyTo(chunk, { planeIndex: 0, format: 'f32-planar' });
    const samples = chunk.subarray(0, sound.numberOfFrames);
    const first = samples.findIndex((sample) => Math.abs(sample) > LOUD);
    if (first >= 0) keep(found.clicks, at - ((samples.length - first) * 1000) / sound.sampleRate);
  });
}

export function takeFlashes() {
  return window.flashes;
}

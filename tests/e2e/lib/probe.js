// SPDX-License-Identifier: LGPL-2.1-or-later
// probe.js: measurements inside a page in a call; each function is sent there whole by evaluate().

// Levels in dB of some frequencies in the sound received: {hertz: dB}, medians of several looks.
export async function measureTones(frequencies) {
  const track = window.tutti.call.pc.getReceivers().find((receiver) => receiver.track.kind === 'audio').track;
  const context = new AudioContext();
  await context.resume();
  // Long windows: bins of 3 Hz, and leakage from a loud tone falls below -100 dB a few bins off.
  const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const width = context.sampleRate / analyser.fftSize;
  const looks = Object.fromEntries(frequencies.map((hertz) => [hertz, []]));
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  // The first window is full, and then each look has mostly what the one before had not.
  await pause(450);
  for (let look = 0; look < 5; look += 1) {
    await pause(250);
    analyser.getFloatFrequencyData(bins);
    for (const hertz of frequencies) {
      const middle = Math.round(hertz / width);
      looks[hertz].push(Math.max(...bins.slice(middle - 2, middle + 3)));
    }
  }
  await context.close();
  const middleOf = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return Object.fromEntries(frequencies.map((hertz) => [hertz, Math.round(middleOf(looks[hertz]) * 10) / 10]));
}

// Some seconds of the sound received as 16-bit samples at 48 kHz, base64: for browsers that can't run an
// AudioContext (without a sound card Firefox never starts one); see tone.mjs.
export async function recordSound(ms) {
  const track = window.tutti.call.pc.getReceivers().find((receiver) => receiver.track.kind === 'audio').track;
  const recorder = new MediaRecorder(new MediaStream([track]));
  const chunks = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  recorder.start();
  setTimeout(() => recorder.stop(), ms);
  await stopped;
  const encoded = await new Blob(chunks).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(encoded);
  const samples = Int16Array.from(sound.getChannelData(0), (value) => value * 32767);
  let text = '';
  for (const byte of new Uint8Array(samples.buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}

// The colour [r, g, b] at the middle of each tile of the last `layout`, as shown:
// [{participant, source, colour, x, y}].
export function sampleTiles() {
  const video = document.querySelector('#remote');
  const { layout } = window.tutti.state;
  if (!layout || !video.videoWidth) return [];
  const canvas = document.createElement('canvas');
  canvas.width = layout.canvas.width;
  canvas.height = layout.canvas.height;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  return layout.tiles.map((tile) => {
    const x = tile.x + Math.floor(tile.width / 2);
    const y = tile.y + Math.floor(tile.height / 2);
    const data = pen.getImageData(x - 4, y - 4, 8, 8).data;
    const colour = [0, 1, 2].map((channel) => {
      let sum = 0;
      for (let i = channel; i < data.length; i += 4) sum += data[i];
      return Math.round(sum / (data.length / 4));
    });
    return { participant: tile.participant, source: tile.source, colour, x, y };
  });
}

// The colour shown at a point of the canvas.
export function samplePoint({ x, y }) {
  const video = document.querySelector('#remote');
  const { canvas: size } = window.tutti.state.layout;
  const canvas = document.createElement('canvas');
  canvas.width = size.width;
  canvas.height = size.height;
  const pen = canvas.getContext('2d');
  pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  return [...pen.getImageData(x, y, 1, 1).data].slice(0, 3);
}

// The picture shown as cells, row after row: {columns, rows, cells: [[r, g, b]]}.
export function readCells() {
  const [columns, rows] = [80, 45];
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(document.querySelector('#remote'), 0, 0, columns, rows);
  const { data } = pen.getImageData(0, 0, columns, rows);
  return { columns, rows, cells: Array.from({ length: columns * rows }, (_, i) => [...data.slice(4 * i, 4 * i + 3)]) };
}

// {audio: […], video: […]}: the inbound streams' figures.
export async function inboundStats() {
  const report = await window.tutti.call.pc.getStats();
  const result = { audio: [], video: [] };
  for (const entry of report.values()) {
    if (entry.type === 'inbound-rtp') result[entry.kind].push({ ...entry });
  }
  return result;
}

// Milliseconds from the answer to the first picture shown and to the first sound decoded.
export async function firstMedia() {
  const deadline = performance.now() + 60000;
  const video = document.querySelector('#remote');
  const result = {};
  const tick = () => new Promise((resolve) => setTimeout(resolve, 5));
  video.requestVideoFrameCallback?.((now, frame) => {
    result.video ??= Math.max(now, frame.presentationTime);
  });
  while ((result.video === undefined || result.audio === undefined) && performance.now() < deadline) {
    const receiver = window.tutti?.call?.pc.getReceivers().find(({ track }) => track.kind === 'audio');
    if (result.audio === undefined && receiver?.getSynchronizationSources().length) result.audio = performance.now();
    await tick();
  }
  const { answeredAt } = window.synthetic;
  return { video: result.video - answeredAt, audio: result.audio - answeredAt };
}

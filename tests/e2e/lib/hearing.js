// SPDX-License-Identifier: LGPL-2.1-or-later
// hearing.js: a page's ears: what its decoder plays is listened to without a pause, in windows of 20 ms,
// and how loud each tone is in each of them is kept. Sent into the page whole by evaluate().

// window.hearing: {times: [wall clock ms, by window], levels: {hertz: [dB, by window]}}.
// Chunks come straight from the track, so no AudioContext's own clock or gaps are in it.
export function startHearing(frequencies) {
  const WINDOW = 960;
  const track = window.tutti.call.pc.getReceivers().find((receiver) => receiver.track.kind === 'audio').track;
  const hearing = { times: [], levels: Object.fromEntries(frequencies.map((hertz) => [hertz, []])), odd: 0 };
  window.hearing?.stop();
  window.hearing = hearing;
  // A page that the processor is taken from for a while loses nothing: 100 chunks are a second.
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 100 }).readable.getReader();
  hearing.stop = () => reader.cancel();

  // A bin of a Fourier transform under a Hann window: 100 Hz wide, so tones must be 200 Hz apart.
  const tables = frequencies.map((hertz) => {
    const real = new Float32Array(WINDOW);
    const imaginary = new Float32Array(WINDOW);
    for (let i = 0; i < WINDOW; i += 1) {
      const weight = (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW)) * (4 / WINDOW);
      real[i] = weight * Math.cos((2 * Math.PI * hertz * i) / 48000);
      imaginary[i] = weight * Math.sin((2 * Math.PI * hertz * i) / 48000);
    }
    return { hertz, real, imaginary };
  });
  const measure = (samples, at) => {
    hearing.times.push(at);
    for (const { hertz, real, imaginary } of tables) {
      let a = 0;
      let b = 0;
      for (let i = 0; i < WINDOW; i += 1) {
        a += samples[i] * real[i];
        b += samples[i] * imaginary[i];
      }
      hearing.levels[hertz].push(Math.round(200 * Math.log10(Math.hypot(a, b) + 1e-6)) / 10);
    }
  };

  const samples = new Float32Array(WINDOW);
  let filled = 0;
  let chunk = new Float32Array(WINDOW);
  const take = (data) => {
    if (data.sampleRate !== 48000) hearing.odd += 1;
    if (chunk.length < data.numberOfFrames) chunk = new Float32Array(data.numberOfFrames);
    data.copyTo(chunk, { planeIndex: 0, format: 'f32-planar' });
    for (let i = 0; i < data.numberOfFrames; i += 1) {
      samples[filled] = chunk[i];
      filled += 1;
      if (filled === WINDOW) {
        measure(samples, Date.now());
        filled = 0;
      }
    }
    data.close();
  };
  (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      take(value);
    }
  })();
}

// {times, levels} of what was heard between two moments of the wall clock.
export function takeHearing([from, to]) {
  const { times, levels, odd } = window.hearing;
  const first = times.findIndex((at) => at >= from);
  const beyond = times.findIndex((at) => at > to);
  const cut = (list) => (first < 0 ? [] : list.slice(first, beyond < 0 ? undefined : beyond));
  return { odd, times: cut(times), levels: Object.fromEntries(Object.entries(levels).map(([hertz, list]) => [hertz, cut(list)])) };
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// synthetic.js: runs inside a page before its own scripts: camera and microphone become a flat colour
// (with a bar that moves, so that each frame differs) and a tone. Also notes what goes over the socket.

// detail: how strong (0 to 1) the noise at both sides of the picture is, new in every frame: it takes bits,
// as a real scene does.
// flashMs: every so often the picture is white and the tone loud for a moment, both at once.
export function installSynthetic({ hertz, colour, screenColour, width, height, frameRate, volume = 0.3, detail = 0, flashMs = 0 }) {
  const FLASH_MS = 200;
  const LOUD = 0.5;
  const state = { log: [], sockets: [], volume: null };
  window.synthetic = state;

  const makeTone = () => {
    const context = new AudioContext();
    const oscillator = new OscillatorNode(context, { frequency: hertz });
    const gain = new GainNode(context, { gain: volume });
    state.volume = gain.gain;
    const sink = context.createMediaStreamDestination();
    oscillator.connect(gain).connect(sink);
    oscillator.start();
    context.resume();
    state.context = context;
    return sink.stream.getAudioTracks()[0];
  };

  // Coarse, smooth noise, four times as high as the picture.
  const makeNoise = () => {
    const canvas = new OffscreenCanvas(width / 8, height / 2);
    const pen = canvas.getContext('2d');
    const image = pen.createImageData(canvas.width, canvas.height);
    for (let i = 0; i < image.data.length; i += 1) image.data[i] = i % 4 === 3 ? 255 : Math.random() * 255;
    pen.putImageData(image, 0, 0);
    return canvas;
  };

  // Both sides, not the middle; each frame another part of it.
  const drawNoise = (pen, noise) => {
    pen.globalAlpha = detail;
    for (const x of [0, 0.8]) {
      const top = Math.floor(Math.random() * 0.75 * noise.height);
      pen.drawImage(noise, x * noise.width, top, 0.2 * noise.width, noise.height / 4, x * width, 0, 0.2 * width, height);
    }
    pen.globalAlpha = 1;
  };

  const isFlash = () => flashMs > 0 && performance.now() % flashMs < FLASH_MS;

  // The tone is as loud as the picture is bright.
  let flashed = false;
  const flash = () => {
    if (isFlash() === flashed) return;
    flashed = !flashed;
    state.volume?.setValueAtTime(flashed ? LOUD : volume, 0);
  };

  // The bar runs along the lower edge: tiles' middles stay flat.
  const makePicture = (fill) => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d');
    const noise = detail && makeNoise();
    let step = 0;
    const draw = () => {
      step += 1;
      flash();
      pen.fillStyle = isFlash() ? '#fff' : fill;
      pen.fillRect(0, 0, width, height);
      if (noise) drawNoise(pen, noise);
      pen.fillStyle = '#fff';
      pen.fillRect((step * 4) % width, height * 0.94, 16, height * 0.06);
    };
    draw();
    setInterval(draw, 1000 / frameRate);
    return canvas.captureStream(frameRate).getVideoTracks()[0];
  };

  // Without a sound card Firefox never starts an AudioContext; its own fake microphone works (hertz 0).
  const takeTone = async (open) => {
    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return (await open({ audio: raw })).getAudioTracks()[0];
  };

  if (navigator.mediaDevices) {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
      const tracks = [];
      if (wish.audio) tracks.push(hertz ? makeTone() : await takeTone(open));
      if (wish.video) tracks.push(makePicture(colour));
      return new MediaStream(tracks);
    };
    navigator.mediaDevices.getDisplayMedia = async () => new MediaStream([makePicture(screenColour)]);
  }

  const note = (way, data) => {
    const message = JSON.parse(data);
    state.log.push({ way, at: performance.now(), message });
    if (message.type === 'webrtc_answer') state.answeredAt ??= performance.now();
  };
  window.WebSocket = class extends WebSocket {
    constructor(...list) {
      super(...list);
      state.sockets.push(this);
      this.addEventListener('message', (event) => note('in', event.data));
    }

    send(data) {
      note('out', data);
      super.send(data);
    }
  };
}

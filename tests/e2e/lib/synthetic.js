// SPDX-License-Identifier: LGPL-2.1-or-later
// synthetic.js: runs inside a page before its own scripts: camera and microphone become a flat colour
// (with a bar that moves, so that each frame differs) and a tone. Also notes what goes over the socket.

export function installSynthetic({ hertz, colour, screenColour, width, height, frameRate }) {
  const state = { log: [], sockets: [] };
  window.synthetic = state;

  const makeTone = () => {
    const context = new AudioContext();
    const oscillator = new OscillatorNode(context, { frequency: hertz });
    const gain = new GainNode(context, { gain: 0.3 });
    const sink = context.createMediaStreamDestination();
    oscillator.connect(gain).connect(sink);
    oscillator.start();
    context.resume();
    state.context = context;
    return sink.stream.getAudioTracks()[0];
  };

  // The bar runs along the lower edge: tiles' middles stay flat.
  const makePicture = (fill) => {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext('2d');
    let step = 0;
    const draw = () => {
      step += 1;
      pen.fillStyle = fill;
      pen.fillRect(0, 0, width, height);
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

// SPDX-License-Identifier: LGPL-2.1-or-later
// lips.js: when a picture becomes white and when a tone becomes loud, as a page sends and as another
// shows and plays them (see flashMs in synthetic.js). Sent into pages whole by evaluate().

// Both ends look in the same way, so that what the looking takes falls out of the difference.
// window.lips: {flashes: [ms], clicks: [ms]} by the wall clock. spot: {x, y} in the canvas of the
// layout, where the flashing tile is; without, the page watches what it sends itself.
export function startLips(spot) {
  const WHITE = 600;
  const LOUD = 0.2;
  // As long as a flash, and the decoder's own blur.
  const QUIET_MS = 500;
  const lips = { flashes: [], clicks: [] };
  window.lips = lips;
  const keep = (list, at) => {
    if (!list.length || at - list.at(-1) > QUIET_MS) list.push(at);
  };

  const watchPicture = (video) => {
    const canvas = new OffscreenCanvas(4, 4);
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    let wasWhite = true;
    const look = (now, frame) => {
      const size = spot ? window.tutti.state.layout.canvas : { width: video.videoWidth, height: video.videoHeight };
      const at = spot ?? { x: size.width / 2, y: size.height / 2 };
      const scale = video.videoWidth / size.width;
      pen.drawImage(video, at.x * scale - 4, at.y * scale - 4, 8, 8, 0, 0, 4, 4);
      const [r, g, b] = pen.getImageData(2, 2, 1, 1).data;
      const isWhite = r + g + b > WHITE;
      if (isWhite && !wasWhite) keep(lips.flashes, performance.timeOrigin + frame.expectedDisplayTime);
      wasWhite = isWhite;
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  };

  const watchSound = async (track) => {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 100 }).readable.getReader();
    const chunk = new Float32Array(9600);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const arrived = performance.timeOrigin + performance.now();
      value.copyTo(chunk, { planeIndex: 0, format: 'f32-planar' });
      const samples = chunk.subarray(0, value.numberOfFrames);
      const first = samples.findIndex((sample) => Math.abs(sample) > LOUD);
      if (first >= 0) keep(lips.clicks, arrived - ((samples.length - first) * 1000) / value.sampleRate);
      value.close();
    }
  };

  const { pc } = window.tutti.call;
  const sent = (kind) => pc.getSenders().find(({ track }) => track?.kind === kind).track;
  if (spot) {
    watchPicture(document.querySelector('#remote'));
    watchSound(pc.getReceivers().find(({ track }) => track.kind === 'audio').track);
  } else {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream([sent('video')]);
    video.style.cssText = 'position:fixed;left:0;top:0;width:64px;height:36px';
    document.body.append(video);
    video.play();
    watchPicture(video);
    watchSound(sent('audio'));
  }
}

export function takeLips() {
  return window.lips;
}

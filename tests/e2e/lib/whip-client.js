// SPDX-License-Identifier: LGPL-2.1-or-later
// whip-client.js: runs inside a page: WHIP and WHEP as a plain client does them. Each function is sent there whole.

// Sends camera and microphone to a WHIP endpoint, or receives from a WHEP one. bare: the offer has no candidates
// and none follow, as OBS does it. Gives what the server said.
export async function openDoor({ url, kind, bare = false, headers = {} }) {
  const pc = new RTCPeerConnection();
  window.doors ??= {};
  window.doors[kind] = pc;
  if (kind === 'whip') {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    for (const track of stream.getTracks()) pc.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
  } else {
    for (const track of ['audio', 'video']) pc.addTransceiver(track, { direction: 'recvonly' });
    const video = Object.assign(document.createElement('video'), { id: 'remote', muted: true, autoplay: true });
    document.body.append(video);
    video.srcObject = new MediaStream(pc.getReceivers().map(({ track }) => track));
    // What probe.js measures.
    window.tutti = { call: { pc } };
  }
  await pc.setLocalDescription();
  if (!bare) {
    await new Promise((resolve) => {
      if (pc.iceGatheringState === 'complete') resolve();
      pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && resolve();
    });
  }
  const offer = bare ? pc.localDescription.sdp.replace(/^a=(candidate:|end-of-candidates).*\r\n/gm, '') : pc.localDescription.sdp;
  const response = await fetch(url, { method: 'POST', body: offer, headers: { 'Content-Type': 'application/sdp', ...headers } });
  const answer = await response.text();
  if (response.status === 201) await pc.setRemoteDescription({ type: 'answer', sdp: answer });
  return { status: response.status, answer, offer, location: response.headers.get('Location'), etag: response.headers.get('ETag'),
    type: response.headers.get('Content-Type'), expose: response.headers.get('Access-Control-Expose-Headers') };
}

export function doorState(kind) {
  return window.doors[kind].connectionState;
}

// The fragment of an ICE restart, and how the answer is taken.
export async function restartDoor({ url, kind, etag }) {
  const pc = window.doors[kind];
  pc.restartIce();
  await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
  await new Promise((resolve) => {
    if (pc.iceGatheringState === 'complete') resolve();
    pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && resolve();
  });
  const lines = pc.localDescription.sdp.split('\r\n');
  const wanted = lines.filter((line) => /^a=(ice-ufrag|ice-pwd|candidate|end-of)/.test(line));
  const response = await fetch(url, { method: 'PATCH', body: `${[...new Set(wanted)].join('\r\n')}\r\n`,
    headers: { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*' } });
  const fragment = await response.text();
  const take = (name) => new RegExp(`^a=${name}:(.*?)\\r?$`, 'm').exec(fragment)?.[1];
  const candidates = fragment.split('\r\n').filter((line) => line.startsWith('a=candidate:'));
  let sdp = pc.remoteDescription.sdp.replace(/^a=(candidate:|end-of-candidates).*\r\n/gm, '')
    .replace(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${take('ice-ufrag')}`).replace(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${take('ice-pwd')}`);
  sdp = sdp.replace(/^(m=.*\r\n)/m, `$1${candidates.map((line) => `${line}\r\n`).join('')}`);
  await pc.setRemoteDescription({ type: 'answer', sdp });
  return { status: response.status, etag: response.headers.get('ETag'), changed: response.headers.get('ETag') !== etag };
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// channel-page.js: runs inside a page: a microphone by WHIP, and two data channels. Each function is sent there whole.

// Gives the status that WHIP answers with.
export async function openChannels({ url }) {
  const pc = new RTCPeerConnection();
  const [tutti, other] = ['tutti', 'other'].map((label) => pc.createDataChannel(label));
  const told = [];
  tutti.onmessage = ({ data }) => told.push(data);
  window.channels = { pc, tutti, other, told };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  pc.addTrack(stream.getAudioTracks()[0], stream);
  await pc.setLocalDescription();
  await new Promise((resolve) => {
    if (pc.iceGatheringState === 'complete') resolve();
    pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && resolve();
  });
  const response = await fetch(url, { method: 'POST', body: pc.localDescription.sdp, headers: { 'Content-Type': 'application/sdp' } });
  const answer = await response.text();
  if (response.status === 201) await pc.setRemoteDescription({ type: 'answer', sdp: answer });
  return response.status;
}

export function sayOnChannel(text) {
  window.channels.tutti.send(text);
}

export function toldOnChannel() {
  return window.channels.told.splice(0);
}

export function channelStates() {
  const { tutti, other } = window.channels;
  return { tutti: tutti.readyState, other: other.readyState };
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// devices.js: asking for cameras, microphones and screens, and getting what there is when not all is.

// 720p is the canvas' usual size: more is never shown.
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
// Text stays readable at 15; more would cost the picture its sharpness.
const SCREEN = { frameRate: { ideal: 15, max: 30 } };

export function mediaPossible() {
  return Boolean(navigator.mediaDevices?.getUserMedia);
}

export function screenPossible() {
  return Boolean(navigator.mediaDevices?.getDisplayMedia);
}

function constrain(base, deviceId) {
  return deviceId ? { ...base, deviceId: { exact: deviceId } } : base;
}

export async function openMicrophone(deviceId) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: constrain(MICROPHONE, deviceId) });
  return stream.getAudioTracks()[0];
}

export async function openCamera(deviceId) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: constrain(CAMERA, deviceId) });
  return stream.getVideoTracks()[0];
}

export async function openScreen() {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: SCREEN, audio: false });
  const track = stream.getVideoTracks()[0];
  track.contentHint = 'detail';
  return track;
}

async function isDenied(name) {
  try {
    return (await navigator.permissions.query({ name })).state === 'denied';
  } catch {
    return false;
  }
}

async function attempt(open, deviceId) {
  try {
    return { track: await open(deviceId) };
  } catch (error) {
    // A remembered device may be gone: any other will do.
    if (deviceId && error.name === 'OverconstrainedError') return attempt(open);
    return { error };
  }
}

// After a refusal of both: the one that is not forbidden for good may still be had.
async function openEach(wish, refusal) {
  const forbidden = refusal.name === 'NotAllowedError';
  const result = { problems: [] };
  for (const [kind, name, open] of [['audio', 'microphone', openMicrophone], ['video', 'camera', openCamera]]) {
    const hopeless = forbidden && (!(await isDenied(kind === 'audio' ? 'camera' : 'microphone')) || (await isDenied(name)));
    const { track, error } = hopeless ? { error: refusal } : await attempt(open, wish[kind]);
    if (track) result[kind] = track;
    else result.problems.push({ what: name, error });
  }
  return result;
}

// wish: {audio, video}: device ids, '' for any. One question for both; gives {audio, video, problems:
// [{what, error}]}, tracks only where they could be had.
export async function openBoth(wish) {
  if (!mediaPossible()) {
    return { problems: [{ what: 'camera and microphone', error: { name: 'InsecureContext' } }] };
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: constrain(MICROPHONE, wish.audio), video: constrain(CAMERA, wish.video) });
    return { audio: stream.getAudioTracks()[0], video: stream.getVideoTracks()[0], problems: [] };
  } catch (error) {
    const result = await openEach(wish, error);
    const alike = result.problems.length === 2 && result.problems[0].error.name === result.problems[1].error.name;
    if (alike) result.problems = [{ what: 'camera and microphone', error: result.problems[0].error }];
    return result;
  }
}

// {audioinput: [{id, label}], videoinput: […], audiooutput: […]}; empty labels before permission.
export async function listDevices() {
  const lists = { audioinput: [], videoinput: [], audiooutput: [] };
  if (!navigator.mediaDevices?.enumerateDevices) return lists;
  for (const device of await navigator.mediaDevices.enumerateDevices()) {
    if (!device.deviceId || !lists[device.kind]) continue;
    lists[device.kind].push({ id: device.deviceId, label: device.label || 'Unnamed device' });
  }
  return lists;
}

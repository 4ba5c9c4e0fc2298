// SPDX-License-Identifier: LGPL-2.1-or-later
// uplink.js: the `uplink` event made into parameters of the camera's RTCRtpSender: nobody gains by a
// picture larger than the tile it is drawn into.

// wish: the event; size: {width, height} of the track as captured. The limit turns with the camera: a
// phone held upright may send 180x320 where 320x180 is asked for.
export function scaleFor(wish, size) {
  if (!size.width || !size.height) return 1;
  const upright = size.height > size.width;
  const limit = upright
    ? { width: wish.max_height, height: wish.max_width }
    : { width: wish.max_width, height: wish.max_height };
  return Math.max(1, size.width / limit.width, size.height / limit.height);
}

// Fills one encoding of RTCRtpSendParameters.
export function applyWish(encoding, wish, size) {
  encoding.active = wish.max_width > 0;
  if (!encoding.active) return;
  encoding.scaleResolutionDownBy = scaleFor(wish, size);
  if (wish.max_frame_rate > 0) encoding.maxFramerate = wish.max_frame_rate;
  else delete encoding.maxFramerate;
  if (wish.max_bitrate_bps > 0) encoding.maxBitrate = wish.max_bitrate_bps;
  else delete encoding.maxBitrate;
}

// Resolves when the sender has taken it; a sender that is not negotiated yet or already stopped is
// left as it is (the wish is applied again after the next answer).
export async function applyUplink(sender, wish) {
  const track = sender.track;
  if (!track || !wish) return;
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return;
  applyWish(parameters.encodings[0], wish, track.getSettings());
  try {
    await sender.setParameters(parameters);
  } catch (error) {
    console.warn('uplink parameters refused:', error.message);
  }
}

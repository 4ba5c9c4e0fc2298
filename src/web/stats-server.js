// SPDX-License-Identifier: LGPL-2.1-or-later
// stats-server.js: the server's own figures of this visit (the `stats` message) made into sections of the
// panel: what only it knows, above all what became of what we sent.

import { kbps, percent, milliseconds, rateOf, lossOf, size } from './stats-format.js';

const RATES = ['a quarter of the pictures', 'half of the pictures', 'all pictures'];

function microseconds(us) {
  return us ? milliseconds(us / 1e6) : '–';
}

function concealed(voice, before, seconds) {
  const samples = rateOf(voice, before, 'concealed_samples', seconds);
  return samples === undefined ? '–' : percent((100 * samples) / 48000);
}

function voiceSection(voice, before, seconds) {
  const buffer = voice.delay_us ? `${microseconds(voice.delay_us)}, aims at ${microseconds(voice.target_delay_us)}` : '–';
  return { title: 'Sound from you, at the server', rows: [
    ['Bit rate', kbps(rateOf(voice, before, 'bytes', seconds))],
    ['Loss', lossOf(voice, before, 'packets_lost', 'packets')],
    ['Jitter', microseconds(voice.jitter_us)],
    ['Jitter buffer', buffer],
    ['Concealed', concealed(voice, before, seconds)],
    ['Recovered', `${voice.recovered_by_red} by RED, ${voice.recovered_by_fec} by FEC`],
    ['Time-scaled', `${Math.round((voice.shortened_samples + voice.stretched_samples) / 48)} ms`]] };
}

function cameraSection(title, camera, before, seconds) {
  const framesPerSecond = rateOf(camera, before, 'decoded_frames', seconds);
  return { title, rows: [
    ['Resolution', size({ frameWidth: camera.width, frameHeight: camera.height, framesPerSecond })],
    ['Bit rate', kbps(rateOf(camera, before, 'bytes', seconds))],
    ['Loss', lossOf(camera, before, 'packets_lost', 'packets')],
    ['Repaired', `${camera.repaired_packets} of ${camera.nacks_sent} asked for`],
    ['Key frames asked for', String(camera.plis_sent)],
    ['Held for the sound', microseconds(camera.held_us)]] };
}

function rendition(video) {
  if (video.audio_only) return 'sound only: the connection is slow';
  if (!video.width) return 'none';
  return `${video.width}×${video.height} at ${video.frame_rate}/s, ${kbps(video.bitrate_bps / 8)}`;
}

function downSection(down) {
  const { video } = down;
  const rows = [['Picture chosen', rendition(video)],
    ['Way to you carries', down.estimate_bps ? kbps(down.estimate_bps / 8) : '–'],
    ['Sent', kbps(down.send_rate_bps / 8)],
    ['Waits', `${Math.round(down.pacer_queue_us / 1000)} ms here, ${Math.round(down.link_queue_us / 1000)} ms on the way`],
    ['Loss', percent(video.loss_percent)]];
  if (video.codec === 'VP8' && video.width) rows.splice(1, 0, ['Of it you get', RATES[video.temporal_layer] ?? '–']);
  return { title: 'To you, at the server', rows };
}

// now, before: `stats` messages (before may be null). Gives sections as summarise() of stats.js does.
export function summariseServer(now, before) {
  if (!now) return [];
  const seconds = before ? (now.time_us - before.time_us) / 1e6 : 0;
  const up = now.uplink;
  const last = before?.uplink;
  const sections = [downSection(now.downlink)];
  if (up.audio.packets) sections.push(voiceSection(up.audio, last?.audio, seconds));
  if (up.camera.packets) sections.push(cameraSection('Picture from you, at the server', up.camera, last?.camera, seconds));
  if (up.screen.packets) sections.push(cameraSection('Screen from you, at the server', up.screen, last?.screen, seconds));
  return sections;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// stats-server.js: the server's own figures of this visit (the `stats` message) made into sections of the
// panel: what only it knows, above all what became of what we sent.

import { kbps, percent, milliseconds, rateOf, lossOf, size } from './stats-format.js';

// By how many temporal layers are left out.
const RATES = ['all', 'half', 'a quarter'];

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
  if (video.audio_only) return 'sound only';
  if (!video.width) return 'none';
  return `${video.width}×${video.height} at ${video.frame_rate}/s`;
}

function downSection(down) {
  const { video } = down;
  const rows = [['Picture chosen', rendition(video)],
    ['Way to you carries', down.estimate_bps ? kbps(down.estimate_bps / 8) : '–'],
    ['Sent', kbps(down.send_rate_bps / 8)],
    ['Waits before it is sent', milliseconds(down.pacer_queue_us / 1e6)],
    ['Waits on the way', milliseconds(down.link_queue_us / 1e6)],
    ['Loss', percent(video.loss_percent)]];
  if (video.width) {
    rows.splice(1, 0, ['Its bit rate', kbps(video.bitrate_bps / 8)], ['Pictures of it sent', RATES[video.layers_left_out] ?? '–']);
  }
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

// SPDX-License-Identifier: LGPL-2.1-or-later
// hls-player.js: plays a live playlist of fragmented MP4 in a video element, by Media Source Extensions:
// most browsers know no HLS by themselves. One loop: read the playlist, append what is new, stay near
// the end; when anything goes wrong, begin anew.

import { readPlaylist, readType } from './hls-playlist.js';

// Nothing is sent at the moment, or it broke: as often as a person would look again.
const RETRY_MS = 2000;
// Where to begin and how far one may fall behind, in segments (RFC 8216 section 6.3.3 wants three).
const BEHIND_SEGMENTS = 3;
const BEHIND_MAX_SEGMENTS = 6;
// What is left to play when the broadcast has ended.
const END_MAX_MS = 20000;
// Of what was played: enough to look at again.
const KEEP_S = 30;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function once(target, event) {
  return new Promise((resolve, reject) => {
    target.addEventListener(event, resolve, { once: true });
    target.addEventListener('error', () => reject(new Error(`no ${event}`)), { once: true });
  });
}

export class HlsPlayer {
  #video;
  #address;
  #url;
  #onstate;
  #buffer = null;
  #source = null;
  #last = -1;
  #init = null;
  #idle = 'waiting';

  // onstate('live' | 'waiting' | 'ended' | 'unauthorized' | 'unsupported')
  constructor(video, url, onstate) {
    this.#video = video;
    this.#address = new URL(url, location.href).href;
    this.#onstate = onstate;
  }

  async run() {
    for (;;) {
      try {
        await this.#play();
      } catch (error) {
        if (error.message === 'unauthorized' || error.message === 'unsupported') {
          this.#onstate(error.message);
          return;
        }
        this.#onstate(this.#idle);
      }
      await sleep(RETRY_MS);
    }
  }

  async #fetch(url) {
    const response = await fetch(url);
    if (response.status === 401) throw new Error('unauthorized');
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return response;
  }

  async #readPlaylist() {
    const playlist = readPlaylist(await (await this.#fetch(this.#url)).text());
    if (!playlist.variant) return playlist;
    this.#url = new URL(playlist.variant, this.#url).href;
    return this.#readPlaylist();
  }

  // Until it ends or breaks.
  async #play() {
    this.#url = this.#address;
    let playlist = await this.#readPlaylist();
    if (playlist.ended || !playlist.segments.length) throw new Error('nothing yet');
    await this.#begin(playlist);
    for (;;) {
      const fresh = playlist.segments.filter(({ sequence }) => sequence > this.#last);
      for (const segment of fresh) await this.#append(segment);
      if (playlist.ended) break;
      if (fresh.length) this.#stayNear(playlist.targetMs / 1000);
      await sleep(fresh.length ? playlist.targetMs / 2 : playlist.targetMs / 4);
      playlist = await this.#readPlaylist();
      this.#checkSame(playlist);
    }
    this.#source.endOfStream();
    this.#idle = 'ended';
    await Promise.race([once(this.#video, 'ended'), sleep(END_MAX_MS)]);
    this.#onstate(this.#idle);
  }

  async #begin({ init, segments }) {
    const header = new Uint8Array(await (await this.#fetch(new URL(init, this.#url))).arrayBuffer());
    const type = readType(header);
    if (!type || !MediaSource.isTypeSupported(type)) throw new Error('unsupported');
    this.#source = new MediaSource();
    this.#video.src = URL.createObjectURL(this.#source);
    await once(this.#source, 'sourceopen');
    URL.revokeObjectURL(this.#video.src);
    this.#buffer = this.#source.addSourceBuffer(type);
    this.#init = init;
    this.#last = segments.at(-Math.min(BEHIND_SEGMENTS, segments.length)).sequence - 1;
    await this.#put(header);
  }

  // Another header, or numbers that don't go on: the output was started again, or we were away too long.
  #checkSame({ init, segments }) {
    const goesOn = segments.length === 0 || (segments[0].sequence <= this.#last + 1 && segments.at(-1).sequence >= this.#last);
    if (init !== this.#init || !goesOn) throw new Error('another stream');
  }

  async #put(bytes) {
    const done = once(this.#buffer, 'updateend');
    this.#buffer.appendBuffer(bytes);
    await done;
    if (this.#video.error) throw new Error(this.#video.error.message);
  }

  async #append({ sequence, uri }) {
    await this.#put(await (await this.#fetch(new URL(uri, this.#url))).arrayBuffer());
    this.#last = sequence;
    await this.#forget();
    const { buffered } = this.#buffer;
    if (this.#video.currentTime === 0 && buffered.length) this.#video.currentTime = buffered.start(0);
    this.#onstate('live');
  }

  async #forget() {
    const { buffered } = this.#buffer;
    const until = this.#video.currentTime - KEEP_S;
    if (!buffered.length || buffered.start(0) >= until) return;
    const done = once(this.#buffer, 'updateend');
    this.#buffer.remove(0, until);
    await done;
  }

  // After a pause, a stall or a gap: live is what this page is for.
  #stayNear(segmentS) {
    const { buffered } = this.#buffer;
    if (!buffered.length || this.#video.paused) return;
    const end = buffered.end(buffered.length - 1);
    if (end - this.#video.currentTime > BEHIND_MAX_SEGMENTS * segmentS) this.#video.currentTime = end - BEHIND_SEGMENTS * segmentS;
  }
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// channel.mjs: clients with media by WHIP and no WebSocket, of several makers, as far as their data channels go: one labelled
// `tutti`, and one that nobody knows.

import assert from 'node:assert/strict';

import wrtc from '@roamhq/wrtc';

import { launchFirefox, newPage } from './browser.mjs';
import { request } from './by-whip.mjs';
import { channelStates, openChannels, sayOnChannel, toldOnChannel } from './channel-page.js';
import { PionClient } from './pion-client.mjs';
import { until } from './wait.mjs';

const FIREFOX_HERTZ = 743;

// Derived classes: enter(url, room, name), write(text), read() gives the texts told since the last time, states() gives
// {tutti, other}, close().
class ChannelClient {
  #told = [];

  say(message) {
    return this.write(typeof message === 'string' ? message : JSON.stringify(message));
  }

  // The first of that type that was not taken before.
  take(type) {
    return until(`${type} on the data channel`, async () => {
      this.#told.push(...(await this.read()).map((text) => JSON.parse(text)));
      const at = this.#told.findIndex((message) => message.type === type);
      return at >= 0 && this.#told.splice(at, 1)[0];
    }, { everyMs: 20 });
  }
}

export class WrtcChannel extends ChannelClient {
  #pc = new wrtc.RTCPeerConnection();
  #side = this.#pc.createDataChannel('tutti');
  #other = this.#pc.createDataChannel('other');
  #texts = [];

  async enter(url, room, name) {
    this.#side.onmessage = ({ data }) => this.#texts.push(data);
    this.#pc.addTrack(new wrtc.nonstandard.RTCAudioSource().createTrack());
    await this.#pc.setLocalDescription(await this.#pc.createOffer());
    await until('candidates are gathered', () => this.#pc.iceGatheringState === 'complete');
    const answer = await request(`${url}/whip/${room}?participant=${name}`, 'POST', { body: this.#pc.localDescription.sdp, 'Content-Type': 'application/sdp' });
    assert.equal(answer.status, 201);
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: answer.text });
  }

  write(text) {
    this.#side.send(text);
  }

  read() {
    return this.#texts.splice(0);
  }

  states() {
    return { tutti: this.#side.readyState, other: this.#other.readyState };
  }

  close() {
    this.#pc.close();
  }
}

export class PageChannel extends ChannelClient {
  #browser;
  #page;
  #own = null;

  constructor(browser) {
    super();
    this.#browser = browser;
  }

  static async firefox() {
    const browser = await launchFirefox(FIREFOX_HERTZ);
    const client = new PageChannel(browser);
    client.#own = browser;
    return client;
  }

  async enter(url, room, name) {
    this.#page = await newPage(this.#browser);
    await this.#page.goto(url);
    assert.equal(await this.#page.evaluate(openChannels, { url: `/whip/${room}?participant=${name}` }), 201);
  }

  write(text) {
    return this.#page.evaluate(sayOnChannel, text);
  }

  read() {
    return this.#page.evaluate(toldOnChannel);
  }

  states() {
    return this.#page.evaluate(channelStates);
  }

  async close() {
    await this.#page?.close();
    await this.#own?.close();
  }
}

export class PionChannel extends ChannelClient {
  #pion = null;
  #taken = 0;

  async enter(url, room, name) {
    this.#pion = await PionClient.start('channel', '-', `${url}/whip/${room}?participant=${name}`, '-', '-');
    await until('Pion is answered', () => this.#pion.find('status'));
    assert.equal(this.#pion.find('status'), 201);
  }

  write(text) {
    this.#pion.write(text);
  }

  read() {
    const told = this.#pion.said.filter(({ text }) => text !== undefined).slice(this.#taken);
    this.#taken += told.length;
    return told.map(({ text }) => text);
  }

  states() {
    return Object.fromEntries(this.#pion.said.filter(({ channel }) => channel).map(({ channel, is }) => [channel, is]));
  }

  async close() {
    await this.#pion?.end();
  }
}

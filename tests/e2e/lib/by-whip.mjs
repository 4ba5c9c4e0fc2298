// SPDX-License-Identifier: LGPL-2.1-or-later
// by-whip.mjs: the signalling of visit.mjs by WHIP instead of the WebSocket, for the same clients.

import assert from 'node:assert/strict';
import https from 'node:https';

// As a client that is no browser, and takes the server's own certificate.
export function request(url, method, { body, ...headers } = {}) {
  return new Promise((resolve, reject) => {
    const asked = https.request(url, { method, headers, rejectUnauthorized: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.once('end', () => resolve({ status: response.statusCode, headers: new Headers(response.headers), text: Buffer.concat(parts).toString() }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

// RFC 8840: which description it belongs to, which of its parts, the candidate.
function makeFragment(sdp, { candidate, mid, index }) {
  const media = sdp.split(/^(?=m=)/m)[index + 1];
  const line = (name) => new RegExp(`^a=${name}:.*$`, 'm').exec(sdp)[0].trimEnd();
  return [line('ice-ufrag'), line('ice-pwd'), media.split('\r\n')[0], `a=mid:${mid}`, candidate ? `a=${candidate}` : 'a=end-of-candidates', ''].join('\r\n');
}

// Client: derived from Visit. What WHIP answers is kept in `answers`: {offer, patches, end}, statuses.
export const byWhip = (Client) => class extends Client {
  answers = { patches: [] };
  #endpoint;
  #session = null;
  #sdp;
  #early = [];

  async enter(url, room, name) {
    this.#endpoint = new URL(`/whip/${room}?participant=${encodeURIComponent(name)}`, url);
  }

  async offer(sdp) {
    this.#sdp = sdp;
    const { status, headers, text } = await request(this.#endpoint, 'POST', { body: sdp, 'Content-Type': 'application/sdp' });
    this.answers.offer = status;
    assert.equal(status, 201, text);
    this.#session = new URL(headers.get('Location'), this.#endpoint);
    await this.onAnswer(text);
    for (const candidate of this.#early) await this.#patch(candidate);
  }

  // Without If-Match, as whip-whep-js does it.
  trickle(candidate, mid, index) {
    if (this.#session) this.#patch({ candidate, mid, index });
    else this.#early.push({ candidate, mid, index });
  }

  async #patch(candidate) {
    const { status } = await request(this.#session, 'PATCH', { body: makeFragment(this.#sdp, candidate), 'Content-Type': 'application/trickle-ice-sdpfrag' });
    this.answers.patches.push(status);
  }

  leave() {}

  async end() {
    if (this.#session) this.answers.end = (await request(this.#session, 'DELETE')).status;
    await this.stop();
  }
};

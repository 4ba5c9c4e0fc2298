// SPDX-License-Identifier: LGPL-2.1-or-later
// view.js: the one remote picture, and the own camera painted over one's own tile: that shows no delay.
// Where there is no such tile (personal views leave oneself out) the own camera stands in a corner.

import { on } from './bus.js';
import { $, show } from './dom.js';

// Where a picture of that shape is shown in a box with object-fit: contain. All in CSS pixels.
export function contentRect(box, picture) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { x: (box.width - width) / 2, y: (box.height - height) / 2, width, height };
}

// A tile in canvas pixels as a rectangle of the box. picture: the decoded video's size, of the canvas'
// shape but not always its size.
export function placeTile(tile, canvas, box, picture) {
  const content = contentRect(box, picture);
  const scaleX = content.width / canvas.width;
  const scaleY = content.height / canvas.height;
  return { x: content.x + tile.x * scaleX, y: content.y + tile.y * scaleY,
    width: tile.width * scaleX, height: tile.height * scaleY };
}

export class View {
  #session;
  #media;
  #wanted = true;
  #remote = $('#remote');
  #sound = $('#sound');
  #self = $('#self');
  #camera = $('#self-video');

  constructor(session, media) {
    this.#session = session;
    this.#media = media;
    this.#camera.srcObject = media.preview;
    new ResizeObserver(() => this.#place()).observe($('#stage'));
    this.#remote.addEventListener('resize', () => this.#place());
    this.#remote.addEventListener('playing', () => $('#stage').classList.add('playing'));
    $('#enable-sound').addEventListener('click', () => this.#play());
    for (const event of ['layout', 'speakers', 'people', 'media', 'phase']) on(event, () => this.#place());
    on('remote', (tracks) => this.#attach(tracks));
    on('downlink', ({ downlink }) => document.body.classList.toggle('slow', Boolean(downlink?.audio_only)));
  }

  // Whether the own camera is shown at all.
  setSelfView(wanted) {
    this.#wanted = wanted;
    this.#place();
  }

  // Rejects when the browser can't play to that device.
  async setSpeaker(id) {
    await this.#sound.setSinkId(id);
  }

  // Two elements: muted video may always start by itself, sound sometimes only after a click.
  #attach({ audio, video }) {
    this.#remote.srcObject = new MediaStream([video]);
    this.#sound.srcObject = new MediaStream([audio]);
    this.#play();
  }

  async #play() {
    this.#remote.play().catch(() => {});
    try {
      await this.#sound.play();
      show($('#enable-sound'), false);
    } catch (error) {
      if (error.name === 'NotAllowedError') show($('#enable-sound'), true);
    }
  }

  #ownTile() {
    const { layout, self } = this.#session.state;
    return layout?.tiles?.find((tile) => tile.participant === self?.id && tile.source !== 'screen');
  }

  // Somebody waiting alone wants to know that all is well, and to call the others.
  #showAlone() {
    const { phase, people } = this.#session.state;
    const alone = phase === 'live' && people.size === 1;
    show($('#alone'), alone);
    $('#stage').classList.toggle('alone', alone);
  }

  #place() {
    this.#showAlone();
    const camera = this.#wanted && Boolean(this.#media.video);
    show(this.#self, camera);
    if (!camera) return;
    if (this.#camera.paused) this.#camera.play().catch(() => {});
    const tile = this.#ownTile();
    this.#self.classList.toggle('corner', !tile);
    this.#self.classList.toggle('speaking', this.#session.state.speakers.includes(this.#session.state.self?.id));
    if (tile) this.#paintOver(tile);
    else this.#clearPlace();
  }

  #paintOver(tile) {
    const { canvas } = this.#session.state.layout;
    const box = $('#stage').getBoundingClientRect();
    const { videoWidth, videoHeight } = this.#remote;
    const picture = videoWidth ? { width: videoWidth, height: videoHeight } : canvas;
    const place = placeTile(tile, canvas, box, picture);
    this.#self.style.transform = `translate(${place.x}px, ${place.y}px)`;
    this.#self.style.width = `${place.width}px`;
    this.#self.style.height = `${place.height}px`;
  }

  #clearPlace() {
    this.#self.style.transform = '';
    this.#self.style.width = '';
    this.#self.style.height = '';
  }
}

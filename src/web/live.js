// SPDX-License-Identifier: LGPL-2.1-or-later
// live.js: the page of a room's live picture: a player, and what to say while there is none.

import { $, announce, show } from './dom.js';
import { HlsPlayer } from './hls-player.js';

const PLAYLIST = 'index.m3u8';
const NOTES = { waiting: 'Nothing is sent at the moment. It begins by itself.', ended: 'The broadcast has ended.',
  unauthorized: 'This server lets people watch with a personal link. Yours is missing, for another room, or no longer valid.',
  unsupported: 'This browser can’t play what is sent.' };

const video = $('#video');
let shown = '';

function setState(state) {
  if (state === shown) return;
  shown = state;
  show($('#state'), state === 'live');
  show($('#note'), state !== 'live');
  video.classList.toggle('idle', state !== 'live');
  $('#note').textContent = NOTES[state] ?? '';
  announce(state === 'live' ? 'Live' : NOTES[state]);
  if (state === 'live') play();
}

// Browsers let pictures start by themselves, but not always sound.
async function play() {
  try {
    await video.play();
  } catch (error) {
    if (error.name !== 'NotAllowedError') return;
    video.muted = true;
    show($('#unmute'), true);
    video.play().catch(() => {});
  }
}

function readRoom() {
  const room = location.pathname.split('/')[2] ?? '';
  try {
    return decodeURIComponent(room);
  } catch {
    return room;
  }
}

// iPhones have no Media Source Extensions, but know HLS.
function playNatively() {
  video.src = PLAYLIST;
  video.addEventListener('playing', () => setState('live'));
  video.addEventListener('error', () => setState('waiting'));
  play();
}

$('#room').textContent = readRoom();
document.title = `${readRoom()} live · tutti`;
$('#unmute').addEventListener('click', () => {
  video.muted = false;
  show($('#unmute'), false);
});
// The cookie has it now: not to be copied along with the address.
if (new URLSearchParams(location.search).has('token')) history.replaceState(null, '', location.pathname);
if (window.MediaSource) new HlsPlayer(video, PLAYLIST, setState).run();
else playNatively();

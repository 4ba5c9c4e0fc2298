// SPDX-License-Identifier: LGPL-2.1-or-later
// room.js: the room page's entry: reads the address, builds the parts, moves from pre-join to the call
// to the end.
//
//   prejoin -> session (signal + call) --bus--> view, people, chat, stats, controls, settings

import { on } from './bus.js';
import { Chat } from './chat.js';
import { Controls, Panels } from './controls.js';
import { $, announce, recall, show } from './dom.js';
import { Keys } from './keys.js';
import { LocalMedia } from './media.js';
import { People } from './people.js';
import { PreJoin } from './prejoin.js';
import { Session } from './session.js';
import { Settings } from './settings.js';
import { Stats } from './stats.js';
import { endingText } from './texts.js';
import { View } from './view.js';

const ROLES = ['participant', 'listener', 'moderator'];

const PHASES = { joining: 'Entering the room…', unreachable: 'The server can’t be reached. Trying again…',
  reconnecting: 'Connection lost. Connecting again…' };

// A token in the fragment stays out of servers' logs; the query is what links from elsewhere have.
function readAddress() {
  const query = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const role = query.get('role') ?? fragment.get('role');
  let room = location.pathname.split('/')[2] ?? '';
  try {
    room = decodeURIComponent(room);
  } catch { /* the server will say what is wrong with it */ }
  return { room, role: ROLES.includes(role) ? role : 'participant', name: query.get('name') ?? '',
    token: fragment.get('token') ?? query.get('token') ?? '' };
}

function showPhase(phase) {
  const text = PHASES[phase];
  $('#banner-text').textContent = text ?? '';
  show($('#banner'), Boolean(text));
  if (text) announce(text);
}

function showPath(state) {
  $('#banner-text').textContent = 'The network is shaky. Looking for a better path…';
  show($('#banner'), state === 'shaky');
}

function showEnding({ code, reason }) {
  const ending = endingText(code, reason);
  $('#ending-title').textContent = ending.title;
  $('#ending-text').textContent = ending.text;
  show($('#rejoin'), ending.again);
  for (const id of ['prejoin', 'room', 'banner']) show($(`#${id}`), false);
  if ($('#help').open) $('#help').close();
  show($('#ending'), true);
  $('#ending-title').focus();
  announce(`${ending.title}. ${ending.text}`);
}

// A phone's screen must not go dark in a call. Allowed to fail.
async function keepAwake() {
  if (document.visibilityState !== 'visible') return;
  await navigator.wakeLock?.request('screen').catch(() => {});
}

function enter(address, name, media) {
  const session = new Session({ ...address, name }, media);
  const panels = new Panels();
  const view = new View(session, media);
  const controls = new Controls({ session, media, panels });
  const keys = new Keys(controls.shortcuts(), (pressed) => !session.listener && controls.pushToTalk(pressed));
  new Chat(session, panels);
  new People(session);
  new Stats(session);
  new Settings({ session, media, view, keys });
  const speaker = recall('audiooutput');
  if (speaker && 'setSinkId' in HTMLMediaElement.prototype) view.setSpeaker(speaker).catch(() => {});
  on('phase', (state) => showPhase(state.phase));
  on('path', showPath);
  on('recording', (state) => show($('#recording'), state.recording === 'on'));
  on('ended', () => media.close());
  $('#self-video').addEventListener('resize', () => session.updateUplink());
  show($('#room'), true);
  session.start();
  keepAwake();
  document.addEventListener('visibilitychange', () => session.state.phase !== 'ended' && keepAwake());
  // For debugging and for the tests: the peer connection is tutti.call.pc.
  window.tutti = { session, get call() { return session.call; }, get state() { return session.state; } };
}

function main() {
  const address = readAddress();
  document.title = `${address.room} · tutti`;
  $('#room-name').textContent = address.room;
  on('ended', showEnding);
  $('#rejoin').addEventListener('click', () => location.reload());
  if (!window.RTCPeerConnection) {
    showEnding({ code: 'unsupported_browser' });
    return;
  }
  const media = new LocalMedia();
  const listener = address.role === 'listener';
  const prejoin = new PreJoin({ media, listener, room: address.room, name: address.name,
    onjoin: (name) => enter(address, name, media) });
  show($('#prejoin'), true);
  prejoin.start();
}

main();

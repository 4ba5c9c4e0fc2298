// SPDX-License-Identifier: LGPL-2.1-or-later
// room.js: the room page's entry: reads the address, builds the parts, moves from pre-join to the call
// to the end.
//
//   prejoin -> session (signal + call) --bus--> door, view, people, lobby, chat, stats, controls, settings, rules

import { on } from './bus.js';
import { Chat } from './chat.js';
import { takeComeback } from './comeback.js';
import { Controls, Panels } from './controls.js';
import { Door } from './door.js';
import { $, announce, recall, show } from './dom.js';
import { Keys } from './keys.js';
import { Lobby } from './lobby.js';
import { LocalMedia } from './media.js';
import { People } from './people.js';
import { PreJoin } from './prejoin.js';
import { Recording } from './recording.js';
import { Rules } from './rules.js';
import { Session } from './session.js';
import { Settings } from './settings.js';
import { Stats } from './stats.js';
import { endingText } from './texts.js';
import { readClaims } from './token.js';
import { View } from './view.js';

const ROLES = ['participant', 'listener', 'moderator'];

const PHASES = { joining: 'Entering the room…', unreachable: 'The server can’t be reached. Trying again…',
  reconnecting: 'Connection lost. Reconnecting…' };
const SHAKY = 'The network is shaky. Reconnecting…';

// A token in the fragment stays out of servers' logs; the query is what links from elsewhere have. role: undefined: what
// the token says, or else a participant.
function readAddress() {
  const query = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const asked = query.get('role') ?? fragment.get('role');
  const role = ROLES.includes(asked) ? asked : undefined;
  const token = fragment.get('token') ?? query.get('token') ?? '';
  const claims = readClaims(token);
  let room = location.pathname.split('/')[2] ?? '';
  try {
    room = decodeURIComponent(room);
  } catch { /* the server will say what is wrong with it */ }
  return { room, role, token, name: query.get('name') ?? claims.sub ?? '', pin: fragment.get('pin') ?? '',
    listener: (role ?? claims.role) === 'listener' };
}

// path: 'live' or 'shaky'.
function showBanner(phase, path) {
  const text = PHASES[phase] ?? (path === 'shaky' && phase === 'live' ? SHAKY : '');
  if (text === $('#banner-text').textContent) return;
  $('#banner-text').textContent = text;
  show($('#banner'), text !== '');
  if (text) announce(text);
}

function showEnding({ code, reason }) {
  const ending = endingText(code, reason);
  $('#ending-title').textContent = ending.title;
  $('#ending-text').textContent = ending.text;
  show($('#rejoin'), ending.again);
  for (const id of ['prejoin', 'door', 'room', 'banner']) show($(`#${id}`), false);
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

function enter(address, name, media, resume) {
  const session = new Session({ ...address, name, resume }, media);
  let path = 'live';
  const panels = new Panels();
  const view = new View(session, media);
  const controls = new Controls({ session, media, panels });
  const keys = new Keys(controls.shortcuts(), (pressed) => !session.listener && controls.pushToTalk(pressed));
  new Door(session);
  new Chat(session, panels);
  new People(session);
  new Lobby(session);
  new Recording(session);
  new Rules(session);
  new Stats(session);
  new Settings({ session, media, view, keys });
  const speaker = recall('audiooutput');
  if (speaker && 'setSinkId' in HTMLMediaElement.prototype) view.setSpeaker(speaker).catch(() => {});
  on('phase', (state) => showBanner(state.phase, path));
  on('path', (state) => showBanner(session.state.phase, path = state));
  on('ended', () => media.close());
  $('#self-video').addEventListener('resize', () => session.updateUplink());
  show($('#room'), true);
  session.start();
  keepAwake();
  document.addEventListener('visibilitychange', () => session.state.phase !== 'ended' && keepAwake());
  // For debugging and for the tests: the peer connection is tutti.call.pc.
  window.tutti = { session, get call() { return session.call; }, get state() { return session.state; } };
}

// The page was here a moment ago: back at once, with devices as they were as soon as they can be had.
async function comeBack(address, visit, media) {
  document.body.classList.toggle('listener', address.listener);
  media.audioMuted = visit.audioMuted;
  media.videoMuted = visit.videoMuted;
  enter(address, visit.name, media, visit.resume);
  if (!address.listener) await media.open();
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
  const { listener } = address;
  const visit = takeComeback(address.room);
  if (visit) {
    comeBack(address, visit, media);
    return;
  }
  const prejoin = new PreJoin({ media, listener, room: address.room, name: address.name,
    onjoin: (name) => enter(address, name, media) });
  show($('#prejoin'), true);
  prejoin.start();
}

main();

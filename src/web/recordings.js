// SPDX-License-Identifier: LGPL-2.1-or-later
// recordings.js: the page for recordings: signs a moderator in, lists what there is, deletes.

import { $, announce, show } from './dom.js';
import { RecordingItem } from './recording-item.js';

// While something is being recorded its size grows, and in the end it can be played.
const REFRESH_MS = 10000;

let items = [];

async function problemOf(response) {
  try {
    return await response.json();
  } catch {
    return { code: 'internal', detail: `The server answered ${response.status}.` };
  }
}

function tell(text) {
  $('#problem').textContent = text;
  show($('#problem'), text !== '');
}

// From a token in the address to one in a cookie: players can send that.
async function signIn(token) {
  const response = await fetch('/recordings/session', { method: 'POST', body: new URLSearchParams({ token }) });
  return response.ok ? null : problemOf(response);
}

function askForToken(text) {
  show($('#sign-in'), true);
  $('#sign-in-problem').textContent = text;
  show($('#sign-in-problem'), text !== '');
  $('#token').focus();
}

function draw(recordings) {
  items = recordings.map((recording) => new RecordingItem(recording, { ondelete: askDelete,
    onplay: (item) => items.filter((other) => other !== item).forEach((other) => other.close()) }));
  $('#list').replaceChildren(...items.map((item) => item.node));
  show($('#none'), recordings.length === 0);
  if (recordings.some(({ state }) => state === 'running')) setTimeout(() => items.some((item) => item.playing) || load(), REFRESH_MS);
}

async function load() {
  const response = await fetch('/recordings.json', { headers: { Accept: 'application/json' } });
  tell('');
  show($('#refresh'), response.ok);
  show($('#sign-in'), false);
  show($('#sign-out'), false);
  if (response.ok) {
    const { recordings, room } = await response.json();
    show($('#sign-out'), room !== undefined);
    draw(recordings);
    return;
  }
  const { code, detail } = await problemOf(response);
  $('#list').replaceChildren();
  if (code === 'unauthorized') askForToken('');
  else if (code === 'forbidden') tell('Recordings are shown on the server’s own machine only. With tokens (see [auth] in tuttid.conf) moderators see them from anywhere.');
  else if (code === 'unsupported') tell('This server keeps no recordings: [record] directory is not set.');
  else tell(detail);
}

async function askDelete({ name, room }) {
  $('#question-text').textContent = `${room}, ${name}: the film and all files beside it. They can’t be brought back.`;
  $('#question').returnValue = '';
  $('#question').showModal();
  await new Promise((resolve) => $('#question').addEventListener('close', resolve, { once: true }));
  if ($('#question').returnValue !== 'yes') return;
  const response = await fetch(`/recordings/${encodeURIComponent(name)}`, { method: 'DELETE' });
  const { detail } = response.ok ? {} : await problemOf(response);
  await load();
  if (response.ok) announce('Deleted');
  else tell(`It was not deleted: ${detail}`);
}

async function submit(event) {
  event.preventDefault();
  const problem = await signIn($('#token').value.trim());
  $('#token').value = '';
  if (problem) askForToken(problem.code === 'rate_limited' ? 'Too many tries. Wait a minute.' : `This token is refused: ${problem.detail}.`);
  else await load();
}

async function signOut() {
  await fetch('/recordings/session', { method: 'DELETE' });
  await load();
}

async function main() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  $('#sign-in').addEventListener('submit', submit);
  $('#sign-out').addEventListener('click', signOut);
  $('#refresh').addEventListener('click', load);
  if (token) {
    history.replaceState(null, '', location.pathname);
    await signIn(token);
  }
  await load();
}

main().catch(() => tell('The server can’t be reached.'));

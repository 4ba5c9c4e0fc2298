// SPDX-License-Identifier: LGPL-2.1-or-later
// start.js: the start page: a room's name and one's own, then on to the room's page.

import { $, recall, remember, show } from './dom.js';

const ROOM = /^[A-Za-z0-9._-]{1,64}$/;
const WORDS = [['calm', 'bright', 'brisk', 'gentle', 'merry', 'quiet', 'swift', 'warm'],
  ['cello', 'clarinet', 'flute', 'harp', 'horn', 'oboe', 'piano', 'viola']];

// Without letters and digits that are easily mistaken for each other when read aloud.
const DIGITS = '23456789abcdefghijkmnpqrstuvwxyz';

// Not guessable by trying: 64 pairs of words and 40 bits.
function makeUpRoom() {
  const [a, b, ...rest] = crypto.getRandomValues(new Uint8Array(10));
  const tail = rest.map((byte) => DIGITS[byte % DIGITS.length]).join('');
  return `${WORDS[0][a % 8]}-${WORDS[1][b % 8]}-${tail}`;
}

// What people type when they mean a name: blanks become hyphens.
function readRoom() {
  return $('#room-field').value.trim().replace(/\s+/g, '-');
}

function check() {
  const room = readRoom();
  const good = ROOM.test(room);
  $('#room-field').setAttribute('aria-invalid', String(!good));
  show($('#room-problem'), !good);
  return good ? room : null;
}

function submit(event) {
  event.preventDefault();
  const room = check();
  if (!room) {
    $('#room-field').focus();
    return;
  }
  remember('name', $('#name-field').value.trim());
  location.assign(`/r/${encodeURIComponent(room)}`);
}

$('#name-field').value = recall('name') ?? '';
$('#start-form').addEventListener('submit', submit);
$('#room-field').addEventListener('input', () => $('#room-problem').hidden || check());
$('#make-up').addEventListener('click', () => {
  $('#room-field').value = makeUpRoom();
  check();
});

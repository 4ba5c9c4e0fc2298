// SPDX-License-Identifier: LGPL-2.1-or-later
// comeback.js: what a page that is loaded anew (by a person, or by a phone that had thrown it away) needs
// to be the same participant again. Kept in this tab only, and only while the page is out of sight: a tab
// that is duplicated must not take the place of the first.

const KEY = 'tutti.comeback';
// The server keeps a participant for 30 s after its media, which it misses after 5 s.
const FRESH_MS = 35000;

// visit: {room, name, resume, audioMuted, videoMuted}
export function keepComeback(visit) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...visit, at: Date.now() }));
  } catch { /* then the page comes back as somebody new */ }
}

export function dropComeback() {
  try {
    sessionStorage.removeItem(KEY);
  } catch { /* there was none */ }
}

// What was kept for this room, if it can still be good; once.
export function takeComeback(room, now = Date.now()) {
  let visit = null;
  try {
    visit = JSON.parse(sessionStorage.getItem(KEY));
  } catch { /* as if there were none */ }
  dropComeback();
  return visit?.resume && visit.room === room && now - visit.at < FRESH_MS ? visit : null;
}

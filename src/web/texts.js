// SPDX-License-Identifier: LGPL-2.1-or-later
// texts.js: what people read when something ends or goes wrong, by the protocol's codes.

// Screens that end the visit: {title, text, more: after the server's reason, again: may one try once more}.
// By code or, where the reason is a word of the protocol, by both.
const ENDINGS = {
  left: { title: 'You left the room', text: 'Come back whenever you like.', again: true },
  full_room: { title: 'This room is full',
    text: 'It takes no more people at the moment. Try again when somebody has left.', again: true },
  locked: { title: 'This room is locked',
    text: 'Whoever leads it lets nobody in right now. Ask them to unlock it.', again: true },
  kicked: { title: 'You were removed from the room', text: 'Your visit was ended',
    more: ' Whoever leads the room can let you come back.', again: false },
  'kicked:rejected': { title: 'You were not let in', text: 'Whoever leads the room turned you away.', again: false },
  'forbidden:banned': { title: 'You can’t come back',
    text: 'You were removed from this room. Whoever leads it can let you come again.', again: true },
  'forbidden:time': { title: 'The room is closed', text: 'The time it was open for is over.', again: false },
  'room_closed:time': { title: 'Time is up', text: 'The room was open until now. The conversation has ended for everyone.', again: false },
  replaced: { title: 'You are in the room elsewhere', text: 'Another window has taken this one’s place.', again: true },
  room_closed: { title: 'The room was closed', text: 'The conversation has ended for everyone', again: true },
  unauthorized: { title: 'You need an invitation',
    text: 'This server lets people in with a personal link. Yours is missing, for another room, or no longer valid.',
    again: false },
  bad_room: { title: 'There can be no such room',
    text: 'Room names have 1 to 64 letters, digits, dots, hyphens or underscores.', again: false },
  forbidden: { title: 'You may not enter',
    text: 'Only people with more rights may open or lead this room.', again: false },
  overloaded: { title: 'The server is busy', text: 'It takes no further rooms or people right now. Try again in a minute.',
    again: true },
  rate_limited: { title: 'Too many attempts', text: 'Wait a little, then try again.', again: true },
  unsupported_browser: { title: 'This browser can’t do video calls',
    text: 'Use a current Firefox, Chrome, Edge or Safari, and open the page with https.', again: false },
  internal: { title: 'Something went wrong', text: 'The server met an error. Try again.', again: true },
};

const ERRORS = {
  forbidden: 'Only moderators may do that.',
  rate_limited: 'That was too fast. Wait a moment.',
  unsupported: 'This server can’t do that.',
  overloaded: 'The server is busy. Try again in a moment.',
  bad_sdp: 'The server refused the media settings of this browser.',
};

// reason: a word of the protocol, or free text from the server, which is shown as it is.
export function endingText(code, reason) {
  const known = ENDINGS[`${code}:${reason}`];
  if (known) return known;
  const ending = ENDINGS[code] ?? ENDINGS.internal;
  const text = reason ? `${ending.text.replace(/\.$/, '')} (${reason}).` : ending.text;
  return { ...ending, text: (/[.?]$/.test(text) ? text : `${text}.`) + (ending.more ?? '') };
}

export function errorText(code, message) {
  return ERRORS[code] ?? `The server refused: ${message || code}`;
}

export const ONLY_MODERATORS_SHARE = 'Only moderators may share a screen here.';

// What is said when the room's rules change: to those whom it concerns.
export function ruleChanges(before, after, role) {
  const texts = [];
  if (before.share !== after.share && role !== 'listener') {
    texts.push(after.share === 'moderator' ? 'Only moderators may share a screen now' : 'Everyone may share a screen now');
  }
  if (role !== 'moderator') return texts;
  if (before.waiting_room !== after.waiting_room) {
    texts.push(after.waiting_room ? 'Who comes now waits to be let in' : 'Who comes now is let in at once');
  }
  if (before.pin !== after.pin) texts.push(after.pin ? 'The room has a PIN now' : 'The room has no PIN any more');
  return texts;
}

// What getUserMedia's refusals mean. what: 'camera and microphone', 'camera', 'microphone'.
export function deviceProblemText(error, what) {
  switch (error?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return `The browser was not allowed to use your ${what}. Allow it in the address bar’s site settings, then try again, or join without.`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `No ${what} was found. Plug one in, or join without.`;
    case 'NotReadableError':
    case 'AbortError':
      return `Your ${what} can’t be started. Perhaps another program is using it.`;
    case 'InsecureContext':
      return 'Cameras and microphones work on https pages only. You can still watch and listen.';
    default:
      return `Your ${what} can’t be used (${error?.message || error?.name || 'unknown reason'}).`;
  }
}

export const LAYOUTS = { auto: 'Automatic: a shared screen is large', grid: 'Grid: everyone alike', speaker: 'Speaker: who talks is large',
  presenter: 'Presenter: the screen is large' };

export const QUALITIES = { auto: 'Automatic', high: 'High', medium: 'Medium', low: 'Low (saves data)',
  audio: 'Sound only' };

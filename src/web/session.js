// SPDX-License-Identifier: LGPL-2.1-or-later
// session.js: one visit of a room: joins, keeps roster and state as the server tells them, joins again
// after a loss. What changes is told on the bus: 'phase', 'people', 'layout', 'speakers', 'chat',
// 'recording', 'self', 'lobby', 'rules', 'remote', 'downlink', 'server-stats', 'ended'.

import { emit } from './bus.js';
import { Call } from './call.js';
import { dropComeback, keepComeback } from './comeback.js';
import { announce, toast } from './dom.js';
import { Signal } from './signal.js';
import { ONLY_MODERATORS_SHARE, errorText, ruleChanges } from './texts.js';

// Answers to a join that no further try can better, unless a person does something.
const FATAL = ['unauthorized', 'bad_room', 'locked', 'forbidden', 'bad_message', 'unsupported'];
// Answers that a person has an answer to.
const PIN_REASONS = ['pin_required', 'pin_wrong'];
// After a loss the server may still count our old self: the room looks full until it gives up on it.
const FULL_RETRIES_MAX = 8;
// How long the echo of our own change may take; a change that changes nothing has none.
const ECHO_MS = 2000;

export class Session {
  // For the page and for tests (window.tutti.state); changed here only.
  state = { room: '', phase: 'idle', self: null, people: new Map(), layout: null, speakers: [], uplink: null, downlink: null,
    canvas: null, locked: false, recording: 'off', handRaised: false, view: {}, pinWrong: false, waiting: new Map(),
    rules: { waiting_room: false, share: 'anyone', pin: false, ends_at: '' } };
  call = null;
  #join;
  #media;
  #signal;
  #resume;
  #iceServers = [];
  #everJoined = false;
  #callIsDead = false;
  #wasOffline = false;
  #fullTries = 0;
  #changedAt = 0;
  #echoes = 0;

  // join: {room, name, role, listener, token, pin, resume: of a page that was here before}
  constructor(join, media) {
    this.#join = join;
    this.#media = media;
    this.#resume = join.resume;
    this.state.room = join.room;
    const scheme = location.protocol === 'http:' ? 'ws' : 'wss';
    this.#signal = new Signal(`${scheme}://${location.host}/ws`, {
      onopen: () => this.#sendJoin(),
      onmessage: (message) => this.#take(message),
      ondown: () => this.#setPhase(this.#everJoined ? 'reconnecting' : 'unreachable'),
      onreplaced: () => this.#end('replaced'),
    });
    this.#listen('addEventListener');
  }

  get listener() {
    return this.#join.listener;
  }

  // The one that let us in; '' if there was no need.
  get token() {
    return this.#join.token ?? '';
  }

  get mayShare() {
    return !this.listener && (this.state.rules.share !== 'moderator' || this.state.self?.role === 'moderator');
  }

  start() {
    this.#setPhase('joining');
    this.#signal.open();
  }

  // In answer to the phase 'pin'.
  givePin(pin) {
    this.#join.pin = pin;
    this.start();
  }

  leave() {
    this.#signal.send('leave');
    this.#end('left');
  }

  // fields: any of audio_muted, video_muted, hand_raised, name
  setState(fields) {
    this.#changedAt = performance.now();
    this.#echoes += 1;
    if ('hand_raised' in fields) this.state.handRaised = fields.hand_raised;
    if ('name' in fields) this.#join.name = fields.name;
    Object.assign(this.state.people.get(this.state.self?.id) ?? {}, fields);
    this.#signal.send('set_state', fields);
    emit('people', this.state);
  }

  setView(fields) {
    Object.assign(this.state.view, fields);
    this.#signal.send('set_view', fields);
  }

  chat(text, to) {
    return this.#signal.send('chat', to ? { text, to } : { text });
  }

  moderate(action, participant, value) {
    this.#signal.send('moderate', { action, ...(participant && { participant }), ...(value && { value }) });
  }

  // Answered by 'server-stats' on the bus.
  askStats() {
    this.#signal.send('get_stats');
  }

  updateTracks() {
    this.call?.setTracks(this.#media);
  }

  // The camera's size changed: a phone was turned.
  updateUplink() {
    if (this.state.uplink) this.call?.setUplink(this.state.uplink);
  }

  #sendJoin() {
    const { room, name, role, token, pin } = this.#join;
    const resume = this.#resume;
    this.#signal.send('join_room', { room, ...(role && { role }), ...(name && { name }), ...(token && { token }), ...(pin && { pin }),
      ...(resume && { resume }) });
  }

  #take(message) {
    const handler = this.#handlers[message.type];
    if (handler) handler(message);
  }

  #handlers = {
    room_created: (message) => this.#onJoined(message),
    room_joined: (message) => this.#onJoined(message),
    full_room: () => this.#onFull(),
    waiting: () => this.#onWaiting(),
    participant_waiting: (message) => this.#onGuest(message),
    participant_waiting_left: ({ participant }) => this.state.waiting.delete(participant) && emit('lobby', this.state),
    webrtc_answer: (message) => this.call?.takeAnswer(message.sdp),
    webrtc_ice_candidate: (message) => this.call?.takeCandidate(message),
    participant_joined: (message) => this.#onPersonJoined(message),
    participant_updated: (message) => this.#onPersonUpdated(message),
    participant_left: (message) => this.#onPersonLeft(message),
    active_speaker: (message) => this.#set('speakers', message.participants, 'speakers'),
    layout: (message) => this.#set('layout', message, 'layout'),
    uplink: (message) => this.#onUplink(message),
    downlink: (message) => this.#onDownlink(message),
    stats: (message) => emit('server-stats', message),
    recording: (message) => this.#onRecording(message),
    room_updated: (message) => this.#onRoomUpdated(message),
    chat: (message) => emit('chat', message),
    kicked: (message) => this.#end('kicked', message.reason),
    room_closed: (message) => this.#end('room_closed', message.reason),
    error: (message) => this.#onError(message),
  };

  #onJoined(message) {
    if (this.call && this.state.phase === 'live' && this.state.self?.id === message.participant) return;
    const back = this.#everJoined;
    const goesOn = message.resumed && this.call && !this.#callIsDead;
    this.#everJoined = true;
    this.#fullTries = 0;
    this.#signal.settled();
    this.#resume = message.resume;
    this.#iceServers = message.ice_servers;
    this.state.self = { id: message.participant, role: message.role };
    this.state.canvas = message.canvas;
    this.state.people = new Map((message.participants ?? []).map((person) => [person.id, person]));
    if (!message.resumed) this.state.layout = null;
    this.state.speakers = [];
    // The server says so after this if it is not.
    this.state.recording = 'off';
    this.state.waiting.clear();
    this.#takeRules(message);
    this.#echoes = 0;
    this.#addSelf();
    if (goesOn) this.call.renew();
    else this.#startCall();
    this.#tellState();
    this.#setPhase('live');
    if (goesOn) this.updateTracks();
    emit('people', this.state);
    emit('recording', this.state);
    emit('rules', this.state);
    emit('self', this.state.self);
    if (back) announce('Connected again');
    else announce(`You are in room ${this.state.room}`);
  }

  // The roster may or may not name ourselves: it does from here on.
  #addSelf() {
    const { id, role } = this.state.self;
    if (this.state.people.has(id)) return;
    this.state.people.set(id, { id, role, name: this.#join.name || 'You' });
  }

  #startCall() {
    this.call?.close();
    this.#callIsDead = false;
    const call = new Call({
      iceServers: this.#iceServers,
      listener: this.listener,
      send: (type, fields) => this.call === call && this.#signal.send(type, fields),
      onremote: (audio, video) => emit('remote', { audio, video }),
      onstate: (state) => emit('path', state),
      onrefused: (text) => toast(`Picture and sound can’t be set up: ${text}`, 'problem'),
      onunanswered: () => this.call === call && this.#signal.renew(),
      ondead: () => this.call === call && this.#replaceCall(),
    });
    this.call = call;
    this.#signal.send('start_call');
    call.start(this.#media);
  }

  // By way of a new connection, whose waits keep it from being done too often.
  #replaceCall() {
    this.#callIsDead = true;
    this.#signal.drop();
  }

  #tellState() {
    const { audio, audioMuted, video } = this.#media;
    const handRaised = this.state.handRaised;
    if (!this.listener) this.setState({ audio_muted: audioMuted || !audio, video_muted: !video, hand_raised: handRaised });
    if (Object.keys(this.state.view).length) this.#signal.send('set_view', this.state.view);
  }

  #onFull() {
    if (this.#everJoined && this.#fullTries < FULL_RETRIES_MAX) {
      this.#fullTries += 1;
      this.#signal.drop();
    } else {
      this.#end('full_room');
    }
  }

  // The connection is as good as joined: it is kept, and comes back here when it is lost.
  #onWaiting() {
    this.#signal.settled();
    this.#setPhase('waiting');
  }

  #onGuest({ participant, name }) {
    const known = this.state.waiting.has(participant);
    this.state.waiting.set(participant, { id: participant, name });
    emit('lobby', this.state);
    if (!known) toast(`${name} waits to be let in`);
  }

  #onPersonJoined(person) {
    const known = this.state.people.has(person.id);
    this.#putPerson(person);
    if (!known && person.id !== this.state.self?.id) toast(`${person.name} joined`);
  }

  #onPersonUpdated(person) {
    const before = this.state.people.get(person.id);
    if (person.id === this.state.self?.id) {
      this.#onSelfUpdated(person, before);
      return;
    }
    this.#putPerson(person);
    if (person.hand_raised && !before?.hand_raised) toast(`${person.name} raised a hand`);
  }

  // Echoes of changes of ours come in order: while more are to come, this one is old news.
  #onSelfUpdated(person, before) {
    this.#echoes = Math.max(0, this.#echoes - 1);
    if (this.#echoes > 0 && performance.now() - this.#changedAt < ECHO_MS) {
      const { audio_muted, video_muted, hand_raised } = before ?? {};
      this.#putPerson({ ...person, audio_muted, video_muted, hand_raised });
      return;
    }
    this.#echoes = 0;
    this.state.handRaised = Boolean(person.hand_raised);
    this.#putPerson(person);
    this.#followMute(Boolean(person.audio_muted));
  }

  // Others may close the microphone, and take that back; what its owner has closed only its owner opens.
  #followMute(muted) {
    const { audio, audioMuted, mutedByOthers } = this.#media;
    if (!audio || muted === audioMuted) return;
    if (!muted && !mutedByOthers) {
      this.setState({ audio_muted: true });
      return;
    }
    toast(muted ? 'A moderator muted you' : 'You can be heard again: a moderator unmuted you');
    this.#media.setAudioMuted(muted, true);
  }

  // lost: its media was there and is not. Who is only just coming is not lost.
  #putPerson({ type, ...person }) {
    const before = this.state.people.get(person.id);
    const lost = person.connected === false && Boolean(before?.connected || before?.lost);
    this.state.people.set(person.id, { ...before, ...person, lost });
    emit('people', this.state);
  }

  #onPersonLeft({ participant, reason }) {
    if (participant === this.state.self?.id) {
      // The server gave up on our media: only a new join helps.
      if (reason === 'lost') this.#replaceCall();
      return;
    }
    const person = this.state.people.get(participant);
    if (!this.state.people.delete(participant)) return;
    emit('people', this.state);
    toast(reason === 'lost' ? `${person.name} lost the connection` : `${person.name} left`);
  }

  #onUplink(message) {
    this.state.uplink = message;
    this.updateUplink();
  }

  // The server sends no picture over a link that can't carry one beside the sound.
  #onDownlink(message) {
    const slow = Boolean(message.audio_only);
    if (slow && !this.state.downlink?.audio_only) announce('Your connection is slow: sound only');
    this.#set('downlink', message, 'downlink');
  }

  #onRecording({ state }) {
    const before = this.state.recording;
    const spoken = { on: before === 'paused' ? 'The recording goes on' : 'This room is being recorded',
      paused: 'The recording is paused', off: 'The recording has ended' };
    if (state !== before && spoken[state]) toast(spoken[state]);
    this.#set('recording', state, 'recording');
  }

  #onRoomUpdated(message) {
    const { rules, locked } = this.state;
    this.#takeRules(message);
    if (locked !== this.state.locked) toast(this.state.locked ? 'The room is locked now' : 'The room is open again');
    for (const text of ruleChanges(rules, this.state.rules, this.state.self?.role)) toast(text);
    if (this.#media.screen && !this.mayShare) this.#media.stopScreen();
    emit('rules', this.state);
    emit('people', this.state);
  }

  // What the message does not name stays.
  #takeRules(message) {
    this.state.locked = message.locked ?? this.state.locked;
    this.state.rules = Object.fromEntries(Object.entries(this.state.rules).map(([key, value]) => [key, message[key] ?? value]));
  }

  #onError({ code, message, reason, in_reply_to: about }) {
    if (about === 'join_room') this.#onJoinRefused(code, message, reason);
    else if (code === 'not_joined') this.#signal.drop();
    else if (reason === 'share') this.#onShareRefused();
    else if (about === 'webrtc_offer') this.call?.refuseOffer(message);
    else if (about !== 'webrtc_ice_candidate') toast(errorText(code, message), 'problem');
  }

  // Perhaps the room's rule changed in the very moment when the share began.
  #onShareRefused() {
    this.#media.stopScreen();
    toast(ONLY_MODERATORS_SHARE, 'problem');
  }

  #onJoinRefused(code, message, reason) {
    if (code === 'already_joined') return;
    if (PIN_REASONS.includes(reason)) this.#askPin(reason);
    else if (FATAL.includes(code) || !this.#everJoined) this.#end(code, reason ?? (code === 'internal' ? message : undefined));
    else this.#signal.drop();
  }

  // A person may take longer than the server waits for a join.
  #askPin(reason) {
    this.#signal.rest();
    this.state.pinWrong = reason === 'pin_wrong';
    this.#setPhase('pin');
  }

  #set(key, value, event) {
    this.state[key] = value;
    emit(event, this.state);
  }

  #setPhase(phase) {
    if (this.state.phase === 'ended' || this.state.phase === phase) return;
    this.#set('phase', phase, 'phase');
  }

  #end(code, reason) {
    if (this.state.phase === 'ended') return;
    this.#setPhase('ended');
    this.#listen('removeEventListener');
    dropComeback();
    this.call?.close();
    this.#signal.close();
    emit('ended', { code, reason });
  }

  // how: 'addEventListener' or 'removeEventListener'
  #listen(how) {
    window[how]('offline', this.#onOffline);
    window[how]('online', this.#onOnline);
    navigator.connection?.[how]('change', this.#onNetwork);
    window[how]('pagehide', this.#onPageHide);
    document[how]('visibilitychange', this.#onVisibility);
  }

  #onNetwork = () => {
    if (this.state.phase === 'live') this.call?.checkPath();
    else this.#signal.renew();
  };

  // There was no network at all: no socket lives through that with another address.
  #onOffline = () => {
    this.#wasOffline = true;
  };

  #onOnline = () => {
    if (this.#wasOffline) this.#signal.renew();
    else this.#onNetwork();
    this.#wasOffline = false;
  };

  // A phone may throw a page away that is out of sight, without another word.
  #onVisibility = () => {
    if (document.visibilityState === 'hidden') this.#keepComeback();
    else dropComeback();
  };

  #keepComeback() {
    const { audioMuted, videoMuted } = this.#media;
    const { room, name } = this.#join;
    if (this.#resume) keepComeback({ room, name, resume: this.#resume, audioMuted, videoMuted });
  }

  // Closed, or loaded anew: nobody can tell.
  #onPageHide = () => {
    this.#keepComeback();
    this.#signal.send('leave', { may_return: true });
    this.#callIsDead = true;
  };
}

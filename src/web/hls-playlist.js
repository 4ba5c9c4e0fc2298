// SPDX-License-Identifier: LGPL-2.1-or-later
// hls-playlist.js: reads what a playlist (RFC 8216) of fragmented MP4 says, and what its header says of
// the codecs. Pure functions.

// {variant: another playlist to read instead} or {ended, targetMs, init, segments: [{sequence, uri}]}
export function readPlaylist(text) {
  const playlist = { ended: false, targetMs: 2000, init: null, segments: [] };
  let sequence = 0;
  let variant = false;
  for (const line of text.split(/\r?\n/)) {
    const [, tag, value] = /^#(EXT[A-Z0-9-]+):?(.*)$/.exec(line) ?? [];
    if (tag === 'EXT-X-MEDIA-SEQUENCE') sequence = Number(value);
    else if (tag === 'EXT-X-TARGETDURATION') playlist.targetMs = 1000 * Number(value);
    else if (tag === 'EXT-X-MAP') playlist.init = /URI="([^"]*)"/.exec(value)?.[1] ?? null;
    else if (tag === 'EXT-X-ENDLIST') playlist.ended = true;
    else if (tag === 'EXT-X-STREAM-INF') variant = true;
    else if (line && !line.startsWith('#')) {
      if (variant) return { variant: line };
      playlist.segments.push({ sequence, uri: line });
      sequence += 1;
    }
  }
  return playlist;
}

const hex = (byte) => byte.toString(16).padStart(2, '0');

// The MIME type for a SourceBuffer, from the header's sample entries (ISO 14496-12 and -15): null if it
// knows none of them.
export function readType(init) {
  const text = new TextDecoder('latin1').decode(init);
  const codecs = [];
  const avc = text.indexOf('avcC');
  // configurationVersion, then profile, compatibility, level (ISO 14496-15 section 5.3.3.1).
  if (avc >= 0) codecs.push(`avc1.${[...init.subarray(avc + 5, avc + 8)].map(hex).join('')}`);
  else if (text.includes('vp09')) codecs.push('vp09.00.10.08');
  else if (text.includes('vp08')) codecs.push('vp08.00.10.08');
  if (text.includes('mp4a')) codecs.push('mp4a.40.2');
  else if (text.includes('Opus')) codecs.push('opus');
  return codecs.length ? `video/mp4; codecs="${codecs.join(',')}"` : null;
}

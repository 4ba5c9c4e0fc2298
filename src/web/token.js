// SPDX-License-Identifier: LGPL-2.1-or-later
// token.js: what a join token says of its bearer (RFC 7519), so that the page asks for no more than its role needs. Whether it
// is good is for the server to say.

export function readClaims(token) {
  const [, payload = ''] = token.split('.');
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    const { role, sub } = JSON.parse(new TextDecoder().decode(bytes));
    return { role, sub: typeof sub === 'string' ? sub : undefined };
  } catch {
    return {};
  }
}

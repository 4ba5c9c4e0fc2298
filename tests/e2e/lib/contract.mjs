// SPDX-License-Identifier: LGPL-2.1-or-later
// contract.mjs: the admin API held against the description that it serves: each request that is made through
// here is looked up there, and its answer's status, type and body must be as described.

import assert from 'node:assert/strict';
import http from 'node:http';

import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
const DOCUMENT = 'openapi.json';
const pointer = (...parts) => `${DOCUMENT}#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

// {status, headers, text} of a request over a Unix socket, or a URL.
export function ask(where, method, path, { body, headers = {} } = {}) {
  const place = where.socketPath ? where : { host: where.hostname, port: where.port };
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = http.request({ ...place, method, path, headers: { ...(text && { 'Content-Length': Buffer.byteLength(text) }), ...headers } }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }));
    });
    request.once('error', reject);
    request.end(text);
  });
}

export class Contract {
  document;
  // 'get /v1/rooms 200' …: what was answered.
  seen = new Set();
  #where;
  #ajv = new Ajv({ strict: false, allErrors: true });

  static async read(socketPath) {
    const contract = new Contract();
    contract.#where = { socketPath };
    contract.document = JSON.parse((await ask(contract.#where, 'GET', '/v1/openapi.json')).text);
    addFormats(contract.#ajv);
    contract.#ajv.addSchema(contract.document, DOCUMENT);
    return contract;
  }

  // [method, path, operation] of each.
  get operations() {
    return Object.entries(this.document.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => [method, path, item[method]]));
  }

  resolve(part) {
    if (!part?.$ref) return part;
    const found = part.$ref.slice(2).split('/').reduce((inner, key) => inner[key], this.document);
    return { ...this.resolve(found), ...Object.fromEntries(Object.entries(part).filter(([key]) => key !== '$ref')) };
  }

  // The schema of a request's body, or nothing.
  bodySchema(operation) {
    return this.resolve(operation.requestBody)?.content['application/json'].schema;
  }

  // Throws unless the value is as the component says.
  check(name, value) {
    this.#checkBy(this.#ajv.getSchema(pointer('components', 'schemas', name)), name, value);
  }

  // Asks, and holds request and answer against the description; gives the answer with its body parsed.
  // where: another place than the socket.
  async call(method, path, options = {}, where = this.#where) {
    const [, template, operation] = this.#find(method, path);
    const answer = await ask(where, method, path, options);
    const key = operation.responses[answer.status] ? String(answer.status) : 'default';
    const what = `${method} ${path} ${JSON.stringify(options)}: ${answer.status} ${answer.text}`;
    if (answer.status < 400) this.#checkRequest(operation, options.body ?? {}, what);
    assert.ok(key !== 'default' || answer.status >= 400, `${what}: not described`);
    this.#checkAnswer(operation.responses[key], answer, what);
    this.seen.add(`${method.toLowerCase()} ${template} ${key}`);
    return answer;
  }

  #find(method, path) {
    const parts = path.replace(/\?.*/, '').split('/');
    const matches = (template) => {
      const wanted = template.split('/');
      return wanted.length === parts.length && wanted.every((part, index) => part[0] === '{' || part === parts[index]);
    };
    const found = this.operations.find(([name, template]) => name === method.toLowerCase() && matches(template));
    assert.ok(found, `${method} ${path} is not described`);
    return found;
  }

  #checkRequest(operation, body, what) {
    const schema = this.bodySchema(operation);
    if (schema) this.#checkBy(this.#compile(schema), `body of ${what}`, body);
  }

  #checkAnswer(described, answer, what) {
    const { content } = this.resolve(described);
    if (!content) {
      assert.equal(answer.text, '', what);
      return;
    }
    const type = answer.headers['content-type']?.split(';')[0];
    assert.ok(content[type], `${what}: ${type}`);
    if (!/json$/.test(type)) return;
    answer.body = JSON.parse(answer.text);
    this.#checkBy(this.#compile(content[type].schema), what, answer.body);
  }

  #compiled = new Map();

  // A part of the document, with what it refers to.
  #compile(schema) {
    if (!this.#compiled.has(schema)) {
      const whole = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${DOCUMENT}#/`));
      this.#compiled.set(schema, this.#ajv.compile(whole));
    }
    return this.#compiled.get(schema);
  }

  #checkBy(validate, what, value) {
    if (validate(value)) return;
    assert.fail(`${what}: ${this.#ajv.errorsText(validate.errors)} ${JSON.stringify(validate.errors.map(({ params }) => params))}: ${JSON.stringify(value)}`);
  }
}

// Schemas of objects that would let anything pass; [] is as it should be. Those that others are made of are
// closed where they are used.
export function openSchemas(document) {
  const parts = new Set(JSON.stringify(document).match(/"(?:allOf|oneOf)":.*?"unevaluatedProperties"/gs)?.join().match(/schemas\/\w+/g));
  const found = [];
  const walk = (node, place) => {
    if (node === null || typeof node !== 'object') return;
    const isPart = parts.has(place.replace(/^.*\/(schemas\/\w+)$/, '$1')) || /\/(allOf|oneOf)\/\d+/.test(place);
    if (node.type === 'object' && node.properties && !isPart && node.additionalProperties !== false && node.unevaluatedProperties !== false) found.push(place);
    for (const [key, inner] of Object.entries(node)) walk(inner, `${place}/${key}`);
  };
  walk(document, '');
  return found;
}

const WRONG = { string: 7, number: 'x', integer: 'x', boolean: 'x', array: 'x' };

// Bodies that differ from a good one in a way that the schema forbids: [what, body, the field].
export function badBodies(contract, schema, good) {
  const whole = contract.resolve(schema);
  const all = [whole, ...(whole.allOf ?? []).map((part) => contract.resolve(part))];
  const properties = Object.assign({}, ...all.map((part) => part.properties));
  const bodies = [['unknown', { ...good, nonsense: 1 }, 'nonsense']];
  for (const name of all.flatMap((part) => part.required ?? [])) {
    bodies.push([`no ${name}`, Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)), name]);
  }
  for (const [name, { type, enum: names, minimum, maximum, minLength, maxLength, const: only }] of Object.entries(properties)) {
    const put = (what, value) => bodies.push([`${name}: ${what}`, { ...good, [name]: value }, name]);
    put('mistyped', WRONG[[type].flat()[0]] ?? { object: 1 });
    if (type === 'integer') put('a fraction', minimum + 0.5);
    if (names) put('no such', 'nonsense');
    if (minimum !== undefined) put('too little', minimum - 1);
    if (maximum !== undefined) put('too much', maximum + 1);
    if (minLength) put('too short', '');
    if (maxLength) put('too long', 'x'.repeat(maxLength + 1));
    if (only === true) put('false', false);
  }
  return bodies;
}

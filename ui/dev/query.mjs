// A small part of the query language: words, phrases, level:, source:, -. For looks only.

import { LEVELS, SOURCES, levelOf, messageOf, sourceOf } from './data.mjs';

/** @typedef {{ start: number, end: number, kind: string }} Token */

/** @param {string} query */
export function read(query) {
  /** @type {Token[]} */
  const tokens = [];
  const hints = [];
  for (const match of query.matchAll(/"[^"]*"?|[()]|[^\s()"]+(?:"[^"]*"?)?/g)) {
    const text = match[0];
    let start = match.index;
    const end = start + text.length;
    const put = (/** @type {number} */ to, /** @type {string} */ kind) => {
      if (to > start) tokens.push({ start, end: to, kind });
      start = to;
    };
    if (/^(AND|OR|NOT)$/.test(text)) put(end, 'boolean');
    else if (/^[()]$/.test(text)) put(end, 'bracket');
    else {
      if (/^[-!]./.test(text)) put(start + 1, 'boolean');
      const rest = query.slice(start, end);
      const qualifier = /^([A-Za-z_@][\w.@-]*)(:?(?:>=|<=|!=|[:=><~])=?)(.*)$/s.exec(rest);
      if (qualifier && qualifier[3]) {
        const at = start + qualifier[1].length;
        put(at, 'field');
        put(at + qualifier[2].length, 'operator');
        put(end, 'value');
      } else if (/^\/.+\/c?$/.test(rest)) put(end, 'regex');
      else if (rest.startsWith('"')) {
        if (!/^".*"$/.test(rest)) hints.push({ start, end, message: 'The quote is not closed: read up to the end.' });
        put(end, 'phrase');
      } else {
        if (qualifier) hints.push({ start, end, message: `\`${rest}\` has no value: searched as text.` });
        put(end, 'word');
      }
    }
  }
  return { tokens, hints, printed: query.trim() };
}

/**
 * @param {string} query
 * @returns {{ words: string[], matches: (seq: number) => boolean }}
 */
export function compile(query) {
  /** @type {((seq: number) => boolean)[]} */
  const tests = [];
  const words = [];
  for (const match of query.matchAll(/(-?)(?:(\w+):)?(?:"([^"]*)"?|(\S+))/g)) {
    const not = match[1] === '-';
    const value = (match[3] ?? match[4]).toLowerCase();
    const list = value.split(',').map((one) => one.replaceAll('"', ''));
    let test;
    if (match[2] === 'level') {
      const codes = new Set(list.map((one) => LEVELS.indexOf(one)));
      if (value.startsWith('>=')) {
        for (let code = LEVELS.indexOf(value.slice(2)); code < 7; code += 1) codes.add(code);
      }
      test = (/** @type {number} */ seq) => codes.has(levelOf(seq));
    } else if (match[2] === 'source') {
      const ids = new Set(list.map((one) => SOURCES.indexOf(one) + 1));
      test = (/** @type {number} */ seq) => ids.has(sourceOf(seq));
    } else {
      if (!not && !match[2]) words.push(value);
      const field = match[2];
      test = (/** @type {number} */ seq) => {
        const [msg, fields] = messageOf(seq);
        if (field) return fields.some(([name, text]) => name === field && text.includes(value));
        return msg.toLowerCase().includes(value);
      };
    }
    const chosen = test;
    tests.push(not ? (seq) => !chosen(seq) : chosen);
  }
  return { words, matches: (seq) => tests.every((test) => test(seq)) };
}

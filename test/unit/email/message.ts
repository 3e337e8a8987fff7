import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A message written as a template: without its first line end, with CRLF line ends, one byte a character (latin1). */
export const crlf = (text: string): Buffer => Buffer.from(text.replace(/^\n/, '').replace(/\n/g, '\r\n'), 'latin1');

/** Bytes of a message in test/fixtures/email. */
export const fixture = (name: string): Buffer => readFileSync(join(__dirname, '../../fixtures/email', name));

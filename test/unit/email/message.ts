import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Email } from '../../../lib/email';

/** A message written as a template: without its first line end, with CRLF line ends, one byte a character (latin1). */
export const crlf = (text: string): Buffer => Buffer.from(text.replace(/^\n/, '').replace(/\n/g, '\r\n'), 'latin1');

/** Bytes of a message in test/fixtures/email. */
export const fixture = (name: string): Buffer => readFileSync(join(__dirname, '../../fixtures/email', name));

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What an empty file would hash to. */
export const NOTHING = sha256(Buffer.alloc(0));

/** The codes of a message's warnings, in order. */
export const codes = ({ warnings }: Pick<Email, 'warnings'>): string[] => warnings.map(({ code }) => code);

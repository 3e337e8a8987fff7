import type { EmailAddress } from '../email';
import { decodeHeaderText, protectWords } from './encodedWord';
import { lazy } from '../../lazy';
const addressparser = lazy(
	() => require('nodemailer/lib/addressparser') as typeof import('nodemailer/lib/addressparser').default,
);

/**
 * Reads an address list (RFC 5322 section 3.4 with the obsolete forms of section 4.4), given as bytes in a `latin1`
 * string, by nodemailer's addressparser: groups are flattened and named, source routes dropped, comments taken as the
 * name when there is no other. What holds no address is left out. Linear; of more than `maxAddresses` one is decoded.
 */
export function parseAddresses(
	raw: string,
	maxAddresses: number,
	charset?: string,
): { addresses: EmailAddress[]; cut: boolean } {
	const addresses: EmailAddress[] = [];
	const isFull = (): boolean => addresses.length > maxAddresses;
	const add = (entry: { name: string; address?: string }, group?: string): void => {
		const address = decodeHeaderText((entry.address ?? '').replace(/^mailto:/i, '')).trim();
		if (address === '') return;
		const name = decodeHeaderText(entry.name, charset).trim();
		addresses.push({ address, ...(name === '' ? {} : { name }), ...(group === undefined ? {} : { group }) });
	};
	for (const entry of addressparser()(joinAtoms(closeAngles(dropUnclosed(protectWords(raw)))))) {
		if (isFull()) break;
		if (entry.group === undefined) {
			add(entry);
			continue;
		}
		const group = decodeHeaderText(entry.name, charset).trim();
		for (const member of entry.group) {
			if (isFull()) break;
			add(member, group);
		}
	}
	return { addresses: addresses.slice(0, maxAddresses), cut: isFull() };
}

/** A quote or parenthesis that is never closed would swallow every address behind it: from there on they are blanks. */
function dropUnclosed(raw: string): string {
	const from = unclosedAt(raw);
	return from === -1 ? raw : raw.slice(0, from) + raw.slice(from).replace(/["()]/g, ' ');
}

/** Offset of the quote or parenthesis that is open at the end; -1 when all are closed. */
function unclosedAt(raw: string): number {
	let opened = -1;
	let quoted = false;
	let depth = 0;
	for (let i = 0; i < raw.length; i++) {
		const character = raw[i];
		if (character === '\\' && (quoted || depth > 0)) i++;
		else if (character === '"' && depth === 0) {
			quoted = !quoted;
			if (quoted) opened = i;
		} else if (character === '(' && !quoted) {
			if (depth++ === 0) opened = i;
		} else if (character === ')' && !quoted && depth > 0) depth--;
	}
	return quoted || depth > 0 ? opened : -1;
}

/** `<a@example.org, <b@example.org>`: an angle bracket that is never closed ends with its address, as a quote does above. */
function closeAngles(raw: string): string {
	return raw.replace(/\\.|"(?:[^"\\]|\\.)*"|<(?!\s*@)[^<>",;]*(?=[,;<]|$)/gs, (part) =>
		part.startsWith('<') ? `${part}>` : part,
	);
}

/** `user . name @ host` (RFC 5322 section 4.4) in a list without names: addressparser joins only what stands around the @. */
function joinAtoms(raw: string): string {
	if (/["(<]/.test(raw) || !/[ \t]\./.test(raw)) return raw;
	const atoms = raw.split('.');
	return atoms
		.map((atom, i) => (i > 0 && /[ \t]$/.test(atoms[i - 1]!) ? atom.trimStart() : atom))
		.map((atom, i) => (i < atoms.length - 1 ? atom.trimEnd() : atom))
		.join('.');
}

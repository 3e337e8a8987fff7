import { algorithmOfLength, hashValue, type FileValue } from '../../values';
import { isHex } from '../characters';
import type { IndicatorFlag } from '../indicator';
import type { Surroundings } from './surroundings';

/** One case throughout, but for a first letter that a word processor made a capital. */
const ONE_CASE = /^(?:[0-9A-Fa-f][0-9a-f]+|[0-9A-F]+)$/;
const BESIDE = /[-_=+/@%]/;
const EXTENSION = /^\.[A-Za-z0-9]{1,12}$/;

/** How far back a label may stand. */
const MOST_BEFORE = 64;
/** What may stand between a label and the hash: punctuation, and words that say no more than the label. */
const BETWEEN = String.raw`(?:[\W_]|hash|value|digest|md5|sha-?\d{1,3}|fingerprint|of|is|the|hex){1,6}$`;
/** `md5: …`, `sha256=…`, `hash …` */
const HASH_LABEL = /\b(?:md-?5|sha-?(?:1|256|512)|(?:file ?)?hash(?:es)?|checksum)\b[\W_]{0,4}$/i;
/** Digests of something else than the bytes of a file: of imports, handshakes, certificates, sessions. */
const OTHER_DIGEST = new RegExp(
	String.raw`(?:\b(?:imp-?hash|imports?[ _-]?hash|imphash\w{0,12}|gimphash|authenti-?hash|ja3s?|ja4[a-z]{0,2}|jarm|hassh(?:server)?|vhash|telfhash|symhash|dhash|tlsh|rich(?:[ _-]?(?:pe|header))?[ _-]?hash|rich[ _-]?header|icon[ _-]?hash|favicon(?:[ _-]?hash)?|exports?[ _-]?hash|thumb[ _-]?print|serial(?:[ _-]?(?:no\.?|nr\.?|number))?|certificates?|cert|fingerprint|session(?:[ _-]?id)?|tracking[ _-]?id|token|api[ _-]?key|etag|nonce|pe[ _-]?hash|public[ _-]?key|(?:subject|authority)[ _-]?key[ _-]?id(?:entifier)?|(?:transaction|order|invoice|request|trace|correlation|customer|account)[ _-]?(?:id|number|no\.?|ref(?:erence)?)|licen[cs]e[ _-]?key|(?:client|app|api|shared)[ _-]?secret|password|passphrase)|\b(?:boundary|pdb)(?:[ _-]?guid)?)(?=\W|_)${BETWEEN}`,
	'i',
);
const REPOSITORY_BEFORE = /\b(?:commit|tree|parent)\W{0,3}$/i;
const UUID_BEFORE = /\b(?:[a-z]{0,20}_)?[ug]uid\W{0,3}$/i;
const ID_BEFORE = /(?<!\b(?:sample|file|malware|hash)[ _-])\bid\W{0,3}$/i;

/**
 * Reads a word as a hash, alone or as the name of a file (`<hash>.exe`). One case throughout, letters and digits:
 * everything else of that length is an identifier, unless a label says otherwise. `floor`: where the value before it ended.
 */
export function hashOfWord(
	word: string,
	text: string,
	start: number,
	{ floor, surroundings }: { floor: number; surroundings: Surroundings },
): { found: FileValue; flags: IndicatorFlag[]; start: number; end: number } | undefined {
	const named = NAMED_FILE.exec(word);
	if (named !== null && named[2] !== word) {
		const hex = named[2]!;
		const digest = plainHash(hex);
		// 64 digits are nothing else; fewer are an identifier, unless it is a file that has them.
		if (digest !== undefined && (hex.length === 64 || word.includes('.') || isEmphasized(word, text, start))) {
			const at = start + named[1]!.length;
			return { found: digest, flags: [], start: at, end: at + hex.length };
		}
	}
	const dot = word.indexOf('.');
	const written = dot < 0 ? word : EXTENSION.test(word.slice(dot)) ? word.slice(0, dot) : '';
	// A letter that slipped in behind it: nothing else has 64 digits.
	const hex = written.length === 65 && /[g-z]$/i.test(written) ? written.slice(0, -1) : written;
	const found = plainHash(hex);
	if (found === undefined) return undefined;
	const { value } = found;

	const label = labelBefore(text, start, floor);
	const isLabelled = HASH_LABEL.test(label);
	if (OTHER_DIGEST.test(label)) return undefined;
	const broken = isLabelled ? brokenHash(label, text, start, hex) : undefined;
	if (broken !== undefined) return { ...broken, flags: [], start };
	if (!isLabelled) {
		if (!ONE_CASE.test(hex) || !standsAlone(text, start, start + hex.length)) return undefined;
		const heading = surroundings.heading(start);
		if (heading !== '' && OTHER_DIGEST.test(`${heading.trim()} `)) return undefined;
	}
	const isIdentifier =
		!isLabelled &&
		((hex.length === 40 && REPOSITORY_BEFORE.test(label)) ||
			(hex.length === 32 && (UUID_BEFORE.test(label) || (isUuid(value) && ID_BEFORE.test(label)))));
	return { found, flags: isIdentifier ? ['id-like'] : [], start, end: start + value.length };
}

/** `sample-<hash>.zip`, `<hash>_unpacked.bin`, `_<hash>_` */
const NAMED_FILE =
	/^((?:[\w-]{0,40}[-_])?)([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?:(?:[-_][\w-]{0,40})?\.[A-Z0-9.]{1,20}|[-_][\w-]{0,40})?$/i;

/** Digits and letters of the length of a hash, in one case. */
function plainHash(hex: string): FileValue | undefined {
	const algorithm = algorithmOfLength(hex.length);
	if (algorithm === undefined || !/[a-f]/i.test(hex) || !/\d/.test(hex)) return undefined;
	const value = hashValue(algorithm, hex);
	return value === undefined || new Set(value).size < 5
		? undefined
		: { type: 'file', value, hashes: { [algorithm]: value } };
}

/** Between the marks of Markdown's emphasis. */
function isEmphasized(word: string, text: string, start: number): boolean {
	return word.startsWith('_') && text[start + word.length] === '_' && !/\w/.test(text[start - 1] ?? ' ');
}

const NEXT_LINE = /^[ \t]{0,8}\r?\n[ \t>]{0,20}([0-9a-f]{8,64})(?![0-9a-z])/i;

/** A hash that was broken after half of its digits: its label says how many it has. */
function brokenHash(
	label: string,
	text: string,
	start: number,
	hex: string,
): { found: FileValue; end: number } | undefined {
	const bits = /sha-?(1|256|512)\W{0,4}$/i.exec(label)?.[1];
	const length = bits === undefined ? 0 : bits === '1' ? 40 : Number(bits) / 4;
	if (hex.length >= length) return undefined;
	const end = start + hex.length;
	const rest = NEXT_LINE.exec(text.slice(end, end + 120));
	const found = rest === null || rest[1]!.length + hex.length !== length ? undefined : plainHash(hex + rest[1]!);
	return found && { found, end: end + rest![0].length };
}

/** What stands before a value and after the one before it: on its line, or on the line above when it begins its own. */
function labelBefore(text: string, start: number, floor: number): string {
	const before = text.slice(Math.max(floor, start - MOST_BEFORE), start);
	const line = before.slice(before.lastIndexOf('\n') + 1);
	if (line.trim() !== '') return line;
	const lines = before.trimEnd();
	return `${lines.slice(lines.lastIndexOf('\n') + 1)} `;
}

/**
 * `sha256=<hash>`, `<md5>/<sha1>` and AsciiDoc's `+<hash>+` are hashes; `boundary_<hex>`, `<hex>==` and `<hex>@host` are not.
 */
function standsAlone(text: string, start: number, end: number): boolean {
	const before = text[start - 1] ?? ' ';
	const after = text[end] ?? ' ';
	if (before === '+' && after === '+') return true;
	if (text.startsWith('==', start - 2) && text.startsWith('==', end)) return true;
	if (before === '/' || after === '/') {
		// Another hash on the other side of the slash.
		const isPair =
			(before === '/' && isHex(text.charCodeAt(start - 2)) && isHex(text.charCodeAt(start - 9))) ||
			(after === '/' && isHex(text.charCodeAt(end + 1)) && isHex(text.charCodeAt(end + 8)));
		return isPair || (end - start > 32 && !/[-_=+@%]/.test(before === '/' ? after : before));
	}
	return (before === '=' || !BESIDE.test(before)) && !BESIDE.test(after);
}

/** A version 4 UUID (RFC 9562) without its dashes. */
function isUuid(value: string): boolean {
	return value.length === 32 && value[12] === '4' && /[89ab]/.test(value[16]!);
}

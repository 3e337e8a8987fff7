import { HUNT_LIMITS } from '../limits';

/*
 * Texts that Unicode calls the same (NFC) can be written in several ways: a letter and its accent as one character or as two; and some
 * characters, such as the Kelvin sign, become another one (K). LIKE compares what they become, and searches what is written.
 */

/** Where characters stand that become others, and those not by an accent alone: first and last code points. */
const CHANGING: ReadonlyArray<readonly [first: number, last: number]> = [
	[0x0374, 0x0387],
	[0x0958, 0x095f],
	[0x09dc, 0x09df],
	[0x0a33, 0x0a5e],
	[0x0b5c, 0x0b5d],
	[0x0f43, 0x0fb9],
	[0x1fbe, 0x1fbe],
	[0x1fef, 0x1ffd],
	[0x2000, 0x2001],
	[0x2126, 0x212a],
	[0x2329, 0x232a],
	[0x2adc, 0x2adc],
	[0xf900, 0xfaff],
	[0xfb1d, 0xfb4e],
	[0x1d15e, 0x1d1c0],
	[0x2f800, 0x2fa1f],
];

/** By a character, what becomes it; undefined where it is a part of what something becomes. */
let twins: ReadonlyMap<string, readonly string[] | undefined> | undefined;

/** What is written in place of a character; undefined where more than it is replaced. */
function twinsOf(character: string): readonly string[] | undefined {
	twins ??= findTwins();
	return twins.has(character) ? twins.get(character) : [];
}

function findTwins(): ReadonlyMap<string, readonly string[] | undefined> {
	const found = new Map<string, string[] | undefined>();
	for (const [first, last] of CHANGING) {
		for (let code = first; code <= last; code++) {
			const character = String.fromCodePoint(code);
			const becomes = character.normalize('NFC');
			if (becomes === character) continue;
			const parts = Array.from(becomes);
			for (const part of parts) {
				const known = found.has(part) ? found.get(part) : [];
				found.set(part, parts.length > 1 || known === undefined ? undefined : [...known, character]);
			}
		}
	}
	return found;
}

/** Whether no mark is part of it, nor it a mark that moves. */
const isUndivided = (character: string): boolean =>
	character.normalize('NFD') === character && !/\p{M}/u.test(character);

/** What is not ASCII, and the three of ASCII that something else becomes. */
const MAY_DIFFER = /[K;`\u0080-\uffff]/;

/** Whether a character of a composed text stands in every row just so. */
export const isSteady = (character: string): boolean =>
	!MAY_DIFFER.test(character) || (isUndivided(character) && twinsOf(character)?.length === 0);

/** Whether nothing in a text can be written otherwise, as it stands. */
export function isWrittenOneWay(text: string): boolean {
	return !MAY_DIFFER.test(text) || (text.normalize('NFC') === text && Array.from(text).every(isSteady));
}

/** All ways to write a composed text; undefined where they are many, or marks are among it. */
export function waysToWrite(composed: string): string[] | undefined {
	let ways = [''];
	for (const character of composed) {
		const others = MAY_DIFFER.test(character) ? twinsOf(character) : [];
		if (others === undefined || !isUndivided(character)) return undefined;
		const all = [character, ...others];
		if (ways.length * all.length > HUNT_LIMITS.maxWaysToWrite) return undefined;
		ways = ways.flatMap((way) => all.map((one) => way + one));
	}
	return ways;
}

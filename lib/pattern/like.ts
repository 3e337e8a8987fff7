import type { Budget } from './budget';

/** Tells whether a text matches. */
export type TextTest = (text: string) => boolean;

const ANY_ONE = -1;

/**
 * LIKE (STIX 2.1 section 9.2.1): `%` is any run of characters, `_` is one character, nothing escapes them. The whole text
 * has to match, in NFC both, character by character (code points).
 *
 * Never goes back behind a `%`: the parts between them are sought from left to right, the first hit of each is the best.
 */
export function likeTest(pattern: string, budget: Budget): TextTest {
	const segments = pattern
		.normalize('NFC')
		.split('%')
		.map((segment) => Array.from(segment, (c) => (c === '_' ? ANY_ONE : c.codePointAt(0)!)));
	const first = segments[0]!;
	const last = segments.at(-1)!;
	const middle = segments.slice(1, -1).filter((segment) => segment.length > 0);
	const needed = segments.reduce((sum, segment) => sum + segment.length, 0);
	return (text) => {
		budget.spend(text.length + needed);
		const points = Array.from(text.normalize('NFC'), (c) => c.codePointAt(0)!);
		if (points.length < needed || !matchesAt(points, first, 0)) return false;
		if (segments.length === 1) return points.length === needed;
		const end = points.length - last.length;
		if (!matchesAt(points, last, end)) return false;
		let at = first.length;
		for (const segment of middle) {
			while (at + segment.length <= end && !matchesAt(points, segment, at, budget)) at++;
			if (at + segment.length > end) return false;
			at += segment.length;
		}
		return at <= end;
	};
}

function matchesAt(points: readonly number[], segment: readonly number[], at: number, budget?: Budget): boolean {
	for (let i = 0; i < segment.length; i++) {
		if (segment[i] !== ANY_ONE && segment[i] !== points[at + i]) {
			budget?.spend(i + 1);
			return false;
		}
	}
	return true;
}

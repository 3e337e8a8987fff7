import {
	buildPattern,
	checkPattern,
	matchPattern,
	parsePattern,
	printPattern,
	validatePattern,
	type Pattern,
	type PatternVerdict,
} from '../../../lib/pattern';
import type { Bundle } from '../../../lib/stix';
import { somePattern } from '../inputs/patterns';
import { isSame, isTrue, jsonOf, unlessRefused } from '../invariants';
import type { Kind } from '../kind';

const NOT_A_PATTERN = ['PATTERN_SYNTAX', 'PATTERN_TOO_DEEP', 'PATTERN_TOO_LONG'];
const NOT_TO_MATCH = ['PATTERN_REGEX_INVALID', 'PATTERN_CIDR_INVALID', 'PATTERN_TOO_COMPLEX'];

const at = (second: number): string => new Date(Date.UTC(2024, 0, 1, 0, 0, second)).toISOString();
const FILES = [
	{ type: 'file', id: 'file--1', name: 'invoice', size: 1, hashes: { 'SHA-256': 'ab'.repeat(32) } },
	{ type: 'email-message', id: 'email-message--1', subject: 'invoice 2024', date: at(0), from_ref: 'email-addr--1', to_refs: ['email-addr--1'] },
	{ type: 'email-addr', id: 'email-addr--1', value: 'a@example.com' },
	{ type: 'ipv4-addr', id: 'ipv4-addr--1', value: '192.0.2.1' },
	{ type: 'x_y', id: 'x_y--1', name: null, value: [1, [2], { name: 'a' }], size: '1' },
]; // prettier-ignore
const OBSERVED = Array.from({ length: 6 }, (_, i) => ({
	type: 'observed-data',
	id: `observed-data--${i}`,
	first_observed: at(i),
	last_observed: at(i + (i % 3)),
	number_observed: 1,
	object_refs: FILES.map(({ id }) => id),
}));

interface Read {
	verdict: PatternVerdict;
	/** Undefined: the text is none. */
	pattern: Pattern | undefined;
}

/** The tree, without where its nodes stood in the text. */
const treeOf = (pattern: Pattern): string =>
	JSON.stringify(pattern, (name, value: unknown) =>
		name === 'at' ? undefined : typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : value,
	);

export const kind: Kind<string, Read> = {
	subject: 'patterns: parse, print, check, match, build',
	form: 'text',
	make: somePattern,
	run: (input) => ({
		verdict: validatePattern(input),
		pattern: unlessRefused(NOT_A_PATTERN, () => parsePattern(input)),
	}),
	refusals: [],
	isRead: ({ pattern }) => pattern !== undefined,
	invariants: {
		'the verdict is JSON, and that of the parser': ({ verdict, pattern }) => {
			jsonOf(verdict);
			isTrue(verdict.valid === (pattern !== undefined), `valid: ${verdict.valid}`);
			isTrue(verdict.valid || verdict.problems.length > 0, 'no pattern, and no problem');
		},
		'problems lie in the text': ({ verdict }, input) => {
			for (const { offset, line, column } of verdict.problems) {
				isTrue(offset >= 0 && offset <= input.length, `offset ${offset} of ${input.length}`);
				isTrue(line >= 1 && column >= 1, `line ${line}, column ${column}`);
			}
		},
		'what is printed reads as the same pattern, and prints the same': ({ pattern, verdict }) => {
			if (pattern === undefined) return;
			const printed = printPattern(pattern);
			const again = parsePattern(printed);
			isSame(treeOf(again), treeOf(pattern), 'the tree');
			isSame(printPattern(again), printed, 'the text');
			isSame(verdict.canonical ?? '', printed, 'the canonical text');
			isSame(
				jsonOf(checkPattern(again).map(({ code }) => code)),
				jsonOf(checkPattern(pattern).map(({ code }) => code)),
				'the problems',
			);
		},
		'it matches, or says why it cannot, and the same however it is written': ({ pattern }) => {
			if (pattern === undefined) return;
			for (const objects of [FILES, [...FILES, ...OBSERVED]]) {
				const result = unlessRefused(NOT_TO_MATCH, () => matchPattern(pattern, objects));
				const again = unlessRefused(NOT_TO_MATCH, () => matchPattern(printPattern(pattern), objects));
				isSame(JSON.stringify(again), JSON.stringify(result), 'the match of the printed pattern');
				if (result === undefined) continue;
				isTrue(
					result.observations.every((id) => objects.some((object) => object.id === id)),
					'an observation that is not there',
				);
			}
		},
		'a pattern that is built of it is one': ({ pattern, verdict }) => {
			if (pattern === undefined) return;
			const bundle = {
				type: 'bundle',
				id: 'bundle--1',
				objects: [{ type: 'indicator', pattern_type: 'stix', pattern: verdict.canonical }],
			};
			for (const combine of ['observations', 'comparisons', 'sets'] as const) {
				const built = unlessRefused(['PATTERN_TOO_MANY_TERMS', 'PATTERN_EMPTY', ...NOT_A_PATTERN], () =>
					buildPattern(bundle as unknown as Bundle, { combine }),
				);
				if (built !== undefined) parsePattern(built);
			}
		},
	},
};

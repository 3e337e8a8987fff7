import * as fc from 'fast-check';
import { matchPattern, parsePattern, type ObservationExpression } from '../../../lib/pattern';

interface Seen {
	id: string;
	first: number;
	last: number;
	values: string[];
}

const iso = (second: number): string => new Date(Date.UTC(2024, 0, 1) + second * 1000).toISOString();
const observed = ({ id, first, last, values }: Seen): object => ({
	type: 'observed-data',
	id,
	first_observed: iso(first),
	last_observed: iso(last),
	number_observed: 1,
	objects: Object.fromEntries(values.map((value, i) => [String(i), { type: 'x', value }])),
});

/** The specification word by word: every binding of every part, without a thought for cost. */
function bindings(node: ObservationExpression, seen: readonly Seen[]): Seen[][] {
	const disjoint = (a: Seen[], b: Seen[]): boolean => a.every((one) => !b.includes(one));
	const start = (set: Seen[]): number => Math.min(...set.map(({ first }) => first));
	const end = (set: Seen[]): number => Math.max(...set.map(({ last }) => last));
	const pairs = (left: Seen[][], right: Seen[][]): Array<[Seen[], Seen[]]> =>
		left.flatMap((a) => right.filter((b) => disjoint(a, b)).map((b): [Seen[], Seen[]] => [a, b]));
	switch (node.kind) {
		case 'observation': {
			const { expression } = node;
			if (expression.kind !== 'comparison') throw new Error('not generated');
			return seen.filter(({ values }) => values.includes(String(expression.value.value))).map((one) => [one]);
		}
		case 'observation-or':
			return node.operands.flatMap((operand) => bindings(operand, seen));
		case 'observation-and':
			return node.operands
				.map((operand) => bindings(operand, seen))
				.reduce((left, right) => pairs(left, right).map(([a, b]) => [...a, ...b]));
		case 'followed-by':
			return node.operands
				.map((operand) => bindings(operand, seen))
				.reduce((left, right) =>
					pairs(left, right)
						.filter(([a, b]) => end(a) <= start(b))
						.map(([a, b]) => [...a, ...b]),
				);
		case 'qualified':
			return node.qualifiers.reduce(
				(all, qualifier) => {
					switch (qualifier.kind) {
						case 'within':
							return all.filter((set) => end(set) - start(set) < Number(qualifier.seconds.value));
						case 'start-stop': {
							const second = (text: string): number => (Date.parse(text) - Date.UTC(2024, 0, 1)) / 1000;
							return all.filter(
								(set) => start(set) >= second(qualifier.start.value) && end(set) < second(qualifier.stop.value),
							);
						}
						case 'repeats': {
							let result = all;
							for (let i = 1n; i < qualifier.times.value; i++)
								result = pairs(result, all).map(([a, b]) => [...a, ...b]);
							return result;
						}
					}
				},
				bindings(node.operand, seen),
			);
	}
}

const leaf = fc.constantFrom('a', 'b', 'c').map((value) => `[x:value = '${value}']`);
const qualifier = fc.oneof(
	fc.integer({ min: 1, max: 6 }).map((seconds) => ` WITHIN ${seconds} SECONDS`),
	fc.integer({ min: 1, max: 3 }).map((times) => ` REPEATS ${times} TIMES`),
	fc.tuple(fc.nat(6), fc.nat(8)).map(([start, length]) => ` START t'${iso(start)}' STOP t'${iso(start + length)}'`),
);
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
	pattern: fc.oneof(
		{ depthSize: 'small', maxDepth: 3 },
		leaf,
		fc
			.tuple(tie('pattern'), fc.constantFrom(' AND ', ' OR ', ' FOLLOWEDBY '), tie('pattern'))
			.map(([a, word, b]) => `(${a})${word}(${b})`),
		fc.tuple(tie('pattern'), qualifier).map(([a, q]) => `(${a})${q}`),
	),
}));
const sightings = fc
	.array(fc.tuple(fc.nat(6), fc.constantFrom(0, 0, 0, 2), fc.subarray(['a', 'b', 'c'], { minLength: 1 })), {
		maxLength: 5,
	})
	.map((all) =>
		all.map(([first, length, values], i): Seen => ({ id: `observed-data--${i}`, first, last: first + length, values })),
	);

describe('combinations of observations', () => {
	it('are those of the specification, whatever the pattern and the observations', () => {
		let matches = 0;
		fc.assert(
			fc.property(pattern, sightings, (text, seen) => {
				const parsed = parsePattern(text);
				// Only patterns that the plain enumeration can bear.
				fc.pre(
					(text.match(/\[/g) ?? []).length *
						[...text.matchAll(/REPEATS (\d)/g)].reduce((n, [, times]) => n * Number(times), 1) <=
						6,
				);
				const taking = new Set(
					bindings(parsed.expression, seen)
						.flat()
						.map(({ id }) => id),
				);
				const { matched, observations } = matchPattern(parsed, seen.map(observed));
				expect(observations).toEqual(seen.map(({ id }) => id).filter((id) => taking.has(id)));
				expect(matched).toBe(taking.size > 0);
				if (matched) matches++;
			}),
			{ numRuns: 3000, seed: 20_240_131 },
		);
		expect(matches).toBeGreaterThan(500);
	});
});

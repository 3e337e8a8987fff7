import * as fc from 'fast-check';
import { checkPattern, parsePattern, PatternSyntaxError, printPattern, type Pattern } from '../../../lib/pattern';

/** A node of the tree, loosely. */
type Tree = { kind: string };
const at = { offset: 0, line: 1, column: 1 };
const withoutPositions = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(withoutPositions);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => key !== 'at')
			.map(([key, member]) => [key, withoutPositions(member)]),
	);
};

const node = <Shape extends Record<string, fc.Arbitrary<unknown>>>(kind: string, shape: Shape): fc.Arbitrary<Tree> =>
	fc.record(shape).map((fields) => ({ kind, at, ...fields }));

const text = fc.string({
	unit: fc.constantFrom("'", '\\', '/', '*', '%', '_', '\n', '\0', 'a', 'É', '😀', '\ud800', ' ', ']'),
});
const pad = (n: number): string => String(n).padStart(2, '0');
const timestamp = node('timestamp', {
	value: fc
		.tuple(
			fc.nat(9999),
			fc.integer({ min: 1, max: 12 }),
			fc.integer({ min: 1, max: 31 }),
			fc.nat(23),
			fc.nat(59),
			fc.nat(60),
			fc.constantFrom('', '.5', '.123456789012'),
		)
		.map(
			([y, mo, d, h, mi, s, f]) =>
				`${String(y).padStart(4, '0')}-${pad(mo)}-${pad(d)}T${pad(h)}:${pad(mi)}:${pad(s)}${f}Z`,
		),
});
const float = node('float', { value: fc.double({ noNaN: true, noDefaultInfinity: true }) });
const integer = node('integer', { value: fc.bigInt() });
const string = node('string', { value: text });
const orderable = fc.oneof(
	string,
	integer,
	float,
	timestamp,
	node('hex', { value: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('hex')) }),
	node('binary', { value: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString('base64')) }),
);
const literal = fc.oneof(orderable, node('boolean', { value: fc.boolean() }));
const key = fc
	.oneof(text, fc.constantFrom('value', 'hashes', 'SHA-256', 'AND', 'true', 'from_ref', 'LAST', '1a'))
	.map((name) => ({ kind: 'key', name }));
const step = fc.oneof(
	key,
	fc.maxSafeInteger().map((index) => ({ kind: 'index', index })),
	fc.constant({ kind: 'any' }),
);
const path = fc.record({
	at: fc.constant(at),
	objectType: fc.constantFrom('file', 'email-message', 'x_y', 'in', 'and', 't', 'b-', '_'),
	steps: fc.tuple(key, fc.array(step, { maxLength: 3 })).map(([first, more]) => [first, ...more]),
});
const negated = fc.boolean();
const test = fc.oneof(
	node('comparison', { path, negated, operator: fc.constantFrom('=', '!='), value: literal }),
	node('comparison', { path, negated, operator: fc.constantFrom('<', '<=', '>', '>='), value: orderable }),
	node('comparison', {
		path,
		negated,
		operator: fc.constantFrom('LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET'),
		value: string,
	}),
	node('in', { path, negated, values: fc.array(literal, { maxLength: 3 }) }),
	node('exists', { path, negated }),
);
const seconds = fc.oneof(
	fc.bigInt({ min: 0n }).map((value) => ({ kind: 'integer', at, value })),
	fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => ({ kind: 'float', at, value: value + 0 })),
);
const qualifiers = fc.uniqueArray(
	fc.oneof(
		node('start-stop', { start: timestamp, stop: timestamp }),
		node('within', { seconds }),
		node('repeats', { times: fc.bigInt({ min: 0n }).map((value) => ({ kind: 'integer', at, value })) }),
	),
	{ minLength: 1, selector: ({ kind }) => kind },
);
/** Chains are flat, as the parser makes them. */
const chain = (kind: string, operand: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
	node(kind, {
		operands: fc.array(
			operand.filter((inner) => inner.kind !== kind),
			{ minLength: 2, maxLength: 3 },
		),
	});
const { comparison } = fc.letrec<{ comparison: Tree }>((tie) => ({
	comparison: fc.oneof(
		{ maxDepth: 3, depthSize: 'small' },
		test,
		chain('and', tie('comparison')),
		chain('or', tie('comparison')),
	),
}));
const { observations } = fc.letrec<{ observations: Tree }>((tie) => ({
	observations: fc.oneof(
		{ maxDepth: 3, depthSize: 'small' },
		node('observation', { expression: comparison }),
		node('qualified', { operand: tie('observations'), qualifiers }),
		chain('observation-and', tie('observations')),
		chain('observation-or', tie('observations')),
		chain('followed-by', tie('observations')),
	),
}));
const pattern = observations.map((expression) => ({ kind: 'pattern', expression }) as unknown as Pattern);

describe('printing and parsing', () => {
	it('give back every tree', () => {
		fc.assert(
			fc.property(pattern, (tree) => {
				const printed = printPattern(tree);
				const read = parsePattern(printed);
				expect(withoutPositions(read)).toEqual(withoutPositions(tree));
				expect(printPattern(read)).toBe(printed);
			}),
			{ numRuns: 400 },
		);
	});

	it('write no parentheses that are not needed', () => {
		fc.assert(
			fc.property(pattern, (tree) => {
				const printed = printPattern(tree);
				const outside = printed
					.replace(/'(?:[^'\\]|\\.)*'/gs, (s) => '_'.repeat(s.length))
					.replace(/IN \([^)]*\)/g, (s) => '_'.repeat(s.length));
				const opens = [...outside.matchAll(/\(/g)].map(({ index }) => index);
				fc.pre(opens.length > 0 && opens.length < 20);
				for (const open of opens) {
					let close = open;
					for (let depth = 0; close < outside.length; close++) {
						if (outside[close] === '(') depth++;
						if (outside[close] === ')' && --depth === 0) break;
					}
					const without = `${printed.slice(0, open)} ${printed.slice(open + 1, close)} ${printed.slice(close + 1)}`;
					let same: unknown;
					try {
						same = withoutPositions(parsePattern(without));
					} catch {
						continue;
					}
					expect(same).not.toEqual(withoutPositions(tree));
				}
			}),
			{ numRuns: 150 },
		);
	});
});

describe('any text', () => {
	const piece = fc.constantFrom(
		'[', ']', '(', ')', ':', '.', ',', '*', '=', '!=', '<', '>', "'", '\\', '/*', '*/', '//', '\n', ' ', 'a', 'file:name', "'x'", '1', '-', '+', '.5',
		"t'", "h'0a'", "b'YQ=='", 'AND', 'OR', 'NOT', 'FOLLOWEDBY', 'IN', 'LIKE', 'EXISTS', 'WITHIN', 'REPEATS', 'START', 'STOP', 'SECONDS', 'TIMES',
		'true', '[a:b = 1]', '😀', '\ud800', '\u2028', 'constructor', '__proto__', "toString'", 'e5', '0',
	); // prettier-ignore
	const nearly = fc.constantFrom(
		'[a:b = 1]',
		'[a:b = 1]',
		' AND ',
		' OR ',
		' FOLLOWEDBY ',
		'(',
		')',
		' REPEATS 2 TIMES',
		'//\n',
	);
	const garbage = fc.oneof(
		fc.array(nearly, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')),
		fc.string({ unit: 'binary' }),
		fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
		fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' ')),
	);

	it('is a pattern that prints and checks, or a located error', () => {
		let patterns = 0;
		fc.assert(
			fc.property(garbage, (input) => {
				let read: Pattern;
				try {
					read = parsePattern(input);
				} catch (error) {
					expect(error).toBeInstanceOf(PatternSyntaxError);
					const { offset, line, column, message } = error as PatternSyntaxError;
					expect(offset).toBeGreaterThanOrEqual(0);
					expect(offset).toBeLessThanOrEqual(input.length);
					const before = input.slice(0, offset).split(/\r\n|\r|\n/);
					expect([line, column]).toEqual([before.length, Array.from(before.at(-1)!).length + 1]);
					expect(message.startsWith(`Line ${line}, column ${column}: `)).toBe(true);
					return;
				}
				patterns++;
				expect(withoutPositions(parsePattern(printPattern(read)))).toEqual(withoutPositions(read));
				checkPattern(read);
			}),
			{ numRuns: 5_000 },
		);
		expect(patterns).toBeGreaterThan(50);
	});

	it('that is a pattern with one character changed is no crash either', () => {
		fc.assert(
			fc.property(pattern, fc.nat(), fc.string({ maxLength: 2 }), (tree, where, instead) => {
				const printed = printPattern(tree);
				const at = where % (printed.length + 1);
				try {
					parsePattern(printed.slice(0, at) + instead + printed.slice(at + 1));
				} catch (error) {
					expect(error).toBeInstanceOf(PatternSyntaxError);
				}
			}),
			{ numRuns: 400 },
		);
	});
});

import fc from 'fast-check';
import { HuntError, planFor, runPlan, type HuntPlan } from '../../../lib/hunt';
import { HUNT_LIMITS } from '../../../lib/limits';
import { matchPattern } from '../../../lib/pattern';
import { FIELDS, MailLog, type LoggedMail } from './mailLog';

// What a target cannot be asked is left out where it is one of several; elsewhere it is an error. What is found is right in any case.

const FROM = Date.UTC(2026, 0, 31, 23, 30);
const WINDOW = `START t'${new Date(FROM).toISOString()}' STOP t'${new Date(FROM + 7_200_001).toISOString()}'`;
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA = 'a'.repeat(64);

/** The log, with hashes of files to be searched by, and rows that show no link. */
class HashLog extends MailLog {
	override readonly fields = new Map([
		...[...FIELDS].filter(([path]) => path !== 'url:value'),
		['file:hashes.SHA-256', FIELDS.get('file:name')!] as const,
	]);
}
const log = new HashLog();
const plan = (pattern: string): HuntPlan => planFor(log, pattern);
const refusalOf = (pattern: string): HuntError => {
	try {
		plan(pattern);
	} catch (error) {
		if (error instanceof HuntError) return error;
		throw error;
	}
	throw new Error('nothing was refused');
};
const URL = "url:value = 'https://evil.example/a'";
const IP = "ipv4-addr:value = '192.0.2.1'";

const mail = (change: Partial<LoggedMail>): LoggedMail => ({
	id: 'm', time: FROM + 1, from: 'ann@example.com', to: [], cc: [], subject: '', urls: [], ip: '198.51.100.7', score: 0, files: [],
	...change,
}); // prettier-ignore

async function hunted(pattern: string, mails: LoggedMail[]) {
	log.mails = mails;
	return await runPlan(log, plan(pattern));
}

describe('a hunt for what a mail holds', () => {
	it.each([
		['comparisons', `[${IP} OR ${URL}] ${WINDOW}`],
		['observations', `([${URL}] OR [${IP}]) ${WINDOW}`],
		['observations of windows of their own', `[${IP}] ${WINDOW} OR [${URL}] ${WINDOW}`],
		['an observation beside others that AND joins', `(([${IP}] AND [${IP}]) OR [${URL}] OR [${IP}]) ${WINDOW}`],
	])('leaves out what cannot be searched, and says so: %s', async (_, pattern) => {
		const { matches, complete, leftOut, warnings } = await hunted(pattern, [
			mail({ id: 'by address', ip: '192.0.2.1' }),
			mail({ id: 'by link', urls: ['https://evil.example/a'] }),
		]);
		expect(matches.map(({ row, matchedBy }) => [row.id, matchedBy])).toEqual([['by address', [IP]]]);
		expect(complete).toBe(false);
		expect(leftOut).toEqual([{ code: 'hunt-terms-not-searchable', count: 1, comparisons: [URL] }]);
		expect(warnings).toContainEqual({
			code: 'hunt-terms-not-searchable',
			message: `Left out of the hunt, because the log cannot search for them: ${URL}. Messages that match only these are not found. Search for them elsewhere. The supported object paths are in its manual`,
		});
	});

	it('is complete when nothing was left out', async () => {
		const { complete, leftOut, warnings } = await hunted(`[${IP}] ${WINDOW}`, []);
		expect([complete, leftOut, warnings]).toEqual([true, [], []]);
	});

	it.each([
		['no such column', "mutex:name = 'a'"],
		['no such operator, and rows do not show it', "file:name MATCHES 'a'"],
		['a value that cannot be sent', 'file:name = 5'],
	])('%s', (_, comparison) => {
		expect(plan(`[${comparison} OR ${IP}]`).leftOut).toMatchObject([{ count: 1, comparisons: [comparison] }]);
		expect(refusalOf(`[${comparison} AND ${IP}]`)).toMatchObject({ line: 1, column: 2 });
	});

	it('of a list, the values that can be sent are hunted', () => {
		const { terms, leftOut } = plan(`[file:name IN ('a.exe', 5, 'b.exe') OR ${IP}]`);
		expect(terms).toEqual(["file:name IN ('a.exe', 'b.exe')", IP]);
		expect(leftOut).toMatchObject([{ comparisons: ['file:name IN (5)'] }]);
	});

	it('names the first ones, and counts all', () => {
		const urls = Array.from({ length: 50 }, (_, i) => `url:value = 'https://evil.example/${i}'`);
		const { leftOut, warnings } = plan(`[${[...urls, IP].join(' OR ')}] ${WINDOW}`);
		expect(leftOut).toEqual([
			{ code: 'hunt-terms-not-searchable', count: 50, comparisons: urls.slice(0, HUNT_LIMITS.maxNamedTerms) },
		]);
		expect(warnings[0]?.message).toContain(`and ${50 - HUNT_LIMITS.maxNamedTerms} more`);
		expect(warnings[0]!.message.length).toBeLessThan(4_000);
	});

	it('when nothing remains, says what it would be, and that nothing else is wrong', () => {
		expect(refusalOf(`[${URL}]`)).toMatchObject({
			code: 'HUNT_NOT_SEARCHABLE',
			message: expect.stringContaining(`Line 1, column 2: ${URL}`),
			leftOut: [{ count: 1 }],
		});
		expect(refusalOf(`[${URL}] OR [file:hashes.MD5 = '${MD5}']`)).toMatchObject({
			code: 'HUNT_NOT_SEARCHABLE',
			message: expect.stringMatching(/^Nothing in the pattern can be searched by the log.*url:value.*MD5/),
			hint: expect.stringContaining('its manual'),
			leftOut: [{ count: 2 }],
		});
	});
});

describe('what is no alternative is hunted, or is an error that names it', () => {
	it.each([
		['AND', `[${IP} OR (${IP} AND ${URL})]`],
		['an OR below an AND', `[${IP} AND (${IP} OR ${URL})]`],
		['NOT', `[${IP} OR url:value NOT IN ('a')]`],
		['!=', `[${IP} OR url:value != 'a']`],
		['NOT EXISTS', `[${IP} OR NOT EXISTS url:value]`],
		['AND of observations', `([${IP}] OR [${URL}]) AND [${IP}]`],
		['FOLLOWEDBY', `[${IP}] FOLLOWEDBY [${URL} OR ${IP}]`],
		['REPEATS', `([${IP}] OR [${URL}]) REPEATS 2 TIMES`],
		['WITHIN', `[${IP} OR ${URL}] WITHIN 5 SECONDS`],
	])('%s', (_, pattern) => {
		const error = refusalOf(pattern);
		expect(error).toMatchObject({ code: 'HUNT_NOT_SEARCHABLE', line: 1, column: pattern.search(/(?:NOT EXISTS )?url:value/) + 1 });
		expect(error.message).toContain('url:value');
		expect(error.leftOut).toBeUndefined();
	}); // prettier-ignore

	it('NOT != is =, and may be left out', () => {
		expect(plan(`[${IP} OR url:value NOT != 'a']`).leftOut).toHaveLength(1);
	});
});

describe('hashes of one file', () => {
	const sha = `file:hashes.'SHA-256' = '${SHA}'`;
	const md5 = `file:hashes.MD5 = '${MD5}'`;

	it('that are joined by OR and nothing else are sought by the one that can be searched: nothing is missing', async () => {
		for (const pattern of [`[${md5} OR ${sha}] ${WINDOW}`, `([${IP}] OR [${sha} OR ${md5}]) ${WINDOW}`]) {
			const { complete, leftOut, warnings } = await hunted(pattern, []);
			expect([complete, leftOut]).toEqual([true, []]);
			expect(warnings).toEqual([
				{ code: 'hunt-note', message: expect.stringContaining('1 hashes are not searched for') },
			]);
		}
	});

	it.each([
		['two files', `[${md5} OR ${sha} OR file:hashes.MD5 = '${'0'.repeat(32)}']`],
		['brackets of their own', `[${md5}] OR [${sha}]`],
		['beside something else', `[${md5} OR ${sha} OR ${IP}]`],
		['none of them searchable', `[${md5} OR file:hashes.'SHA-1' = '${'0'.repeat(40)}'] OR [${IP}]`],
	])('are missing where the pattern does not show that they are of one: %s', async (_, pattern) => {
		expect(await hunted(`(${pattern}) ${WINDOW}`, [])).toMatchObject({
			complete: false,
			leftOut: [{ code: 'hunt-terms-not-searchable' }],
		});
	});
});

describe('more alternatives than a plan may have', () => {
	const hosts = (count: number) =>
		Array.from({ length: count }, (_, i) => `ipv4-addr:value = '10.0.${i >> 8}.${i & 255}'`);

	it('150 observations that OR joins are one hunt, in as few queries as the target has it', () => {
		const { queries, observations, leftOut } = plan(
			`(${hosts(150)
				.map((one) => `[${one}]`)
				.join(' OR ')}) ${WINDOW}`,
		);
		expect([queries.length, observations.length, leftOut]).toEqual([Math.ceil(150 / 4), 1, []]);
	});

	it('are left out behind the last that has room, and told', async () => {
		const all = hosts(1_010);
		const { matches, complete, leftOut, warnings } = await hunted(`[${all.join(' OR ')}] ${WINDOW}`, [
			mail({ id: 'first', ip: '10.0.0.0' }),
			mail({ id: 'last', ip: '10.0.3.241' }),
		]);
		expect(matches.map(({ row }) => row.id)).toEqual(['first']);
		expect(complete).toBe(false);
		expect(leftOut).toEqual([{ code: 'hunt-terms-beyond-limit', count: 210, comparisons: all.slice(800, 820) }]);
		expect(warnings[0]).toMatchObject({ code: 'hunt-terms-beyond-limit', message: expect.stringContaining('200 queries') });
	}); // prettier-ignore

	it('of a list too; a value that is there twice takes no room', () => {
		const values = hosts(300).map((_, i) => `'f${i}'`);
		expect(plan(`[file:name IN (${values.join(', ')})]`).leftOut).toEqual([]);
		const single = Object.assign(new HashLog(), { limits: { maxQueries: 20 } });
		const names = Array.from({ length: 60 }, (_, i) => `file:name = '${i % 30}'`);
		const { queries, leftOut } = planFor(single, `[${names.join(' OR ')}]`);
		expect([queries.length, leftOut]).toMatchObject([20, [{ count: 40 }]]);
	});

	it('are not written out: that costs no more than the pattern is long', () => {
		let written = 0;
		const counting = Object.assign(new HashLog(), {
			encode: (...given: Parameters<MailLog['encode']>) => {
				written++;
				return new HashLog().encode(...given);
			},
		});
		const or = (name: string) => `(${Array.from({ length: 12 }, (_, i) => `file:name = '${name}${i}'`).join(' OR ')})`;
		const ands = Array.from({ length: 300 }, (_, i) => `(${or(`a${i}`)} AND ${or(`b${i}`)})`);
		const { queries, leftOut } = planFor(counting, `[${ands.join(' OR ')}]`);
		expect([queries.length, leftOut]).toMatchObject([144, [{ count: 299 }]]);
		expect(written).toBeLessThan(3 * 144);
		expect(() => planFor(counting, `[${ands.join(' OR ')} OR (${IP} AND ${URL})]`)).toThrow('url:value');
	});

	it('that AND needs are an error', () => {
		expect(refusalOf(`[(${hosts(1_001).join(' OR ')}) AND ${IP}]`).code).toBe('HUNT_TOO_COMPLEX');
		expect(refusalOf(hosts(101).map((one) => `[${one}]`).join(' AND ')).code).toBe('HUNT_TOO_COMPLEX');
	}); // prettier-ignore
});

describe('how many messages each comparison has found', () => {
	it('is told for every one of them, the most first', async () => {
		const pattern = `[${IP} OR file:name = 'a.exe' OR email-message:subject = 'none'] ${WINDOW}`;
		const { counts } = await hunted(pattern, [
			mail({ id: '1', files: ['a.exe'] }),
			mail({ id: '2', files: ['a.exe'], ip: '192.0.2.1' }),
		]);
		expect(counts).toEqual([
			{ term: "file:name = 'a.exe'", matches: 2 },
			{ term: IP, matches: 1 },
			{ term: "email-message:subject = 'none'", matches: 0 },
		]);
	});
});

// ---- any pattern ----

const VALUES = {
	'ipv4-addr:value': ['192.0.2.1', '192.0.2.200', '198.51.100.7'],
	'email-message:subject': ['Invoice 17', 'invoice 17'],
	'file:name': ['invoice.pdf', 'a.exe'],
	'url:value': ['https://evil.example/a', 'http://example.com/'],
};
const SEARCHED = new Set(['ipv4-addr:value', 'email-message:subject', 'file:name']);

type Tree = { path: keyof typeof VALUES; test: string; negative: boolean } | { operator: string; operands: Tree[] };

const leaf: fc.Arbitrary<Tree> = fc.constantFrom(...(Object.keys(VALUES) as Array<keyof typeof VALUES>)).chain((path) =>
	fc
		.tuple(
			fc.constantFrom(...VALUES[path]),
			fc.constantFrom(...(path === 'file:name' ? ['='] : ['=', '=', '=', '!=', 'NOT =', 'NOT !='])),
		)
		.map(([value, operator]) => ({
			path,
			test: `${path} ${operator} '${value}'`,
			negative: operator === '!=' || operator === 'NOT =',
		})),
);

const comparison: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
	tree: fc.oneof(
		{ maxDepth: 2, depthSize: 'small' },
		{ weight: 3, arbitrary: leaf },
		{
			weight: 2,
			arbitrary: fc
				.record({
					operator: fc.constantFrom(' OR ', ' OR ', ' AND '),
					operands: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
				})
				// STIX joins by AND what one object has, a hunt what the message has: the same when the types differ.
				.filter((tree) => tree.operator === ' OR ' || isOnce(leavesOf(tree).map(({ path }) => path))),
		},
	),
})).tree;

const isOnce = (values: readonly string[]): boolean => new Set(values).size === values.length;

const pattern: fc.Arbitrary<Tree> = fc.letrec<{ pattern: Tree }>((tie) => ({
	pattern: fc.oneof(
		{ maxDepth: 2, depthSize: 'small' },
		{ weight: 2, arbitrary: comparison.map((one) => ({ operator: '[]', operands: [one] })) },
		{
			weight: 3,
			arbitrary: fc.record({
				operator: fc.constantFrom(' OR ', ' OR ', ' OR ', ' AND ', ' FOLLOWEDBY '),
				operands: fc.array(tie('pattern'), { minLength: 2, maxLength: 3 }),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				operator: fc.constantFrom(') REPEATS 2 TIMES', ') WITHIN 600 SECONDS'),
				operands: fc.array(tie('pattern'), { minLength: 1, maxLength: 1 }),
			}),
		},
	),
})).pattern;

function printed(tree: Tree): string {
	if ('test' in tree) return tree.test;
	const { operator, operands } = tree;
	if (operator === '[]') return `[${printed(operands[0]!)}]`;
	if (operator.startsWith(')')) return `(${printed(operands[0]!)}${operator}`;
	return `(${operands.map(printed).join(operator)})`;
}

/** Whether something stands where it may not be left out, and cannot be searched. */
function isNeeded(tree: Tree, isAlternative = true): boolean {
	if ('test' in tree) return !SEARCHED.has(tree.path) && (tree.negative || !isAlternative);
	const stays = isAlternative && (tree.operator === ' OR ' || tree.operator === '[]');
	return tree.operands.some((operand) => isNeeded(operand, stays));
}

const leavesOf = (tree: Tree): Array<Extract<Tree, { test: string }>> =>
	'test' in tree ? [tree] : tree.operands.flatMap(leavesOf);

const mails = fc
	.array(
		fc.record({
			time: fc.integer({ min: 0, max: 7_200 }).map((second) => FROM + second * 1000),
			ip: fc.constantFrom(...VALUES['ipv4-addr:value']),
			subject: fc.constantFrom(...VALUES['email-message:subject']),
			files: fc.subarray([...VALUES['file:name']]),
			urls: fc.subarray([...VALUES['url:value']]),
		}),
		{ minLength: 1, maxLength: 8 },
	)
	.map((list) => list.map((one, index) => mail({ ...one, id: `m${index}` })));

const knowledgeOf = (one: LoggedMail): object => ({
	type: 'observed-data',
	id: one.id,
	first_observed: new Date(one.time).toISOString(),
	last_observed: new Date(one.time).toISOString(),
	objects: [...log.observables(one), ...one.files.map((name) => ({ type: 'file', name }))],
});

it('what a hunt finds is a part of what matches, and all of it when nothing is left out; nothing below AND or NOT is left out', async () => {
	const seen = { parts: 0, wholes: 0, refused: 0 };
	await fc.assert(
		fc.asyncProperty(pattern, mails, async (tree, all) => {
			const text = `(${printed(tree)}) ${WINDOW}`;
			log.mails = all;
			let planned: HuntPlan;
			try {
				planned = planFor(log, text);
			} catch (error) {
				if (!(error instanceof HuntError)) throw error;
				expect(error.code).toBe('HUNT_NOT_SEARCHABLE');
				// Either something is needed that cannot be searched, or nothing can.
				expect(isNeeded(tree) || leavesOf(tree).every(({ path }) => !SEARCHED.has(path))).toBe(true);
				expect(error.leftOut === undefined).toBe(isNeeded(tree));
				seen.refused++;
				return;
			}
			expect(isNeeded(tree)).toBe(false);
			const { matches, complete, leftOut } = await runPlan(log, planned);
			const found = matches.map(({ row }) => row.id).sort();
			const due = [...matchPattern(text, all.map(knowledgeOf)).observations].sort();
			const missing = leavesOf(tree).filter(({ path }) => !SEARCHED.has(path));
			expect([complete, leftOut.reduce((sum, { count }) => sum + count, 0)]).toEqual([
				missing.length === 0,
				missing.length,
			]);
			if (complete) expect(found).toEqual(due);
			else expect(due).toEqual(expect.arrayContaining(found));
			seen[complete ? 'wholes' : 'parts']++;
		}),
		{ numRuns: 1_500 },
	);
	for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
}, 60_000);

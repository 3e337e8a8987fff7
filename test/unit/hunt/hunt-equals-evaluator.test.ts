import fc from 'fast-check';
import { HuntError, planFor, runPlan } from '../../../lib/hunt';
import { matchPattern } from '../../../lib/pattern';
import { MailLog, type LoggedMail } from './mailLog';

const FROM = Date.UTC(2026, 0, 31, 23, 30);
const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
const timestamp = (time: number): string => `t'${new Date(time).toISOString()}'`;

const ADDRESSES = ['ann@example.com', 'Ann@example.com', 'bob@example.org', "o'hara@example.net"];
const SUBJECTS = ['Invoice 17', 'invoice 17', 'Überweisung', 'U\u0308berweisung', '100% off_now', ''];
const URLS = ['https://evil.example/a', 'https://evil.example/A', 'http://example.com/?q=1&r=2'];
const FILES = ['invoice.pdf', 'a_b.exe', 'Rechnung.docx'];
const IPS = ['192.0.2.1', '192.0.2.200', '198.51.100.7'];

const some = (values: readonly string[]) => fc.subarray([...values], { maxLength: 2 });
const mails: fc.Arbitrary<LoggedMail[]> = fc
	.array(
		fc.record({
			time: fc.integer({ min: 0, max: 7_200 }).map((second) => FROM + second * 1000),
			from: fc.constantFrom(...ADDRESSES),
			to: some(ADDRESSES),
			cc: some(ADDRESSES),
			subject: fc.constantFrom(...SUBJECTS),
			urls: some(URLS),
			ip: fc.constantFrom(...IPS),
			score: fc.integer({ min: -2, max: 5 }),
			files: some(FILES),
		}),
		{ minLength: 1, maxLength: 12 },
	)
	.map((list) => list.map((mail, index) => ({ id: `m${index}`, ...mail })));

/** A constant, or a LIKE made of pieces of one. */
function texts(path: string, pool: readonly string[], isShown: boolean): fc.Arbitrary<string> {
	const value = fc.constantFrom(...pool, 'nothing like it');
	const like = fc
		.tuple(
			value,
			fc.nat(12),
			fc.nat(12),
			fc.constantFrom('', '%'),
			fc.constantFrom('', '%'),
			fc.constantFrom('', '_', '%'),
		)
		.map(([one, a, b, open, close, hole]) => {
			const points = Array.from(one).slice(Math.min(a, b), Math.max(a, b) + 1);
			if (hole !== '' && points.length > 2) points[1] = hole;
			return `${open}${points.join('')}${close}`;
		})
		.filter((one) => isShown || (one !== '' && !/^%+$/.test(one) && one.normalize('NFD') === one));
	const list = fc.array(value, { minLength: 1, maxLength: 3 }).map((all) => `(${all.map(quote).join(', ')})`);
	const searched = [
		value.filter((one) => isShown || one !== '').map((one) => `${path} = ${quote(one)}`),
		list.map((all) => `${path} IN ${all}`),
		like.map((one) => `${path} LIKE ${quote(one)}`),
	];
	const shown = [
		value.map((one) => `${path} != ${quote(one)}`),
		list.map((all) => `${path} NOT IN ${all}`),
		like.map((one) => `${path} NOT LIKE ${quote(one)}`),
		fc.constantFrom('^i', '[0-9]+$', 'e.*o').map((regex) => `${path} MATCHES ${quote(regex)}`),
		fc.constant(`EXISTS ${path}`),
	];
	return fc.oneof(...searched, ...(isShown ? shown : []));
}

const leaf: fc.Arbitrary<string> = fc.oneof(
	texts('email-message:from_ref.value', ADDRESSES, true),
	texts('email-message:subject', SUBJECTS, true),
	texts('email-addr:value', ADDRESSES, true),
	texts('url:value', URLS, true),
	// The log ignores the case of what no row shows: its own comparison stands.
	fc.constantFrom(...FILES).map((name) => `file:name = ${quote(name)}`),
	fc.constantFrom(...FILES).map((name) => `file:name LIKE ${quote(`%${name.slice(1, 5).replaceAll('_', '%')}%`)}`),
	fc
		.tuple(fc.constantFrom('=', '!=', '<', '>', '<=', '>='), fc.integer({ min: -2, max: 5 }))
		.map(([operator, score]) => `email-message:x_score ${operator} ${score}`),
	fc.constantFrom('192.0.2.0/24', '0.0.0.0/0', '198.51.100.7/32').map((net) => `ipv4-addr:value ISSUBSET '${net}'`),
	fc.constantFrom(...IPS).map((ip) => `ipv4-addr:value = '${ip}'`),
	fc
		.tuple(fc.constantFrom('<', '>='), fc.integer({ min: 0, max: 7_200 }))
		.map(([operator, second]) => `email-message:date ${operator} ${timestamp(FROM + second * 1000)}`),
);

type Tree = string | { operator: 'AND' | 'OR'; operands: Tree[] };
const printed = (tree: Tree): string =>
	typeof tree === 'string' ? tree : `(${tree.operands.map(printed).join(` ${tree.operator} `)})`;
const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
	tree: fc.oneof(
		{ maxDepth: 3, depthSize: 'small' },
		leaf,
		fc.record({
			operator: fc.constantFrom('AND' as const, 'OR' as const),
			operands: fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
		}),
	),
})).tree;

const windows = fc
	.tuple(fc.integer({ min: -100_000, max: 7_000_000 }), fc.integer({ min: 1, max: 7_300_000 }))
	.map(([start, length]) => [FROM + start, FROM + start + length] as const);

const log = new MailLog();

/** All that is true of a mail: what its row shows, and its files. */
const knowledgeOf = (mail: LoggedMail): object => ({
	type: 'observed-data',
	id: mail.id,
	first_observed: new Date(mail.time).toISOString(),
	last_observed: new Date(mail.time).toISOString(),
	objects: [...log.observables(mail), ...mail.files.map((name) => ({ type: 'file', name }))],
});

const isSaid = (comparison: string, mail: LoggedMail): boolean =>
	matchPattern(`[${comparison}]`, [knowledgeOf(mail)]).matched;

function holds(tree: Tree, mail: LoggedMail): boolean {
	if (typeof tree === 'string') return isSaid(tree, mail);
	const decide = (operand: Tree) => holds(operand, mail);
	return tree.operator === 'AND' ? tree.operands.every(decide) : tree.operands.some(decide);
}

/** The comparisons for which it holds: of an AND all, of an OR those that do. */
function reasons(tree: Tree, mail: LoggedMail): string[] {
	if (typeof tree === 'string') return isSaid(tree, mail) ? [tree] : [];
	const operands = tree.operands.filter((operand) => holds(operand, mail));
	if (tree.operator === 'AND' && operands.length < tree.operands.length) return [];
	return operands.flatMap((operand) => reasons(operand, mail));
}

async function hunted(pattern: string, all: LoggedMail[]) {
	log.mails = all;
	log.asked = [];
	return await runPlan(log, planFor(log, pattern));
}

describe('a hunt over another target: other fields, other operators, AND and OR in one query', () => {
	it('returns the mails that match, all of them and no others, and says by which comparisons', async () => {
		let found = 0;
		let shared = 0;
		await fc.assert(
			fc.asyncProperty(trees, windows, mails, async (tree, [start, stop], all) => {
				const pattern = `[${printed(tree)}] START ${timestamp(start)} STOP ${timestamp(stop)}`;
				const { matches } = await hunted(pattern, all);
				const due = all.filter((mail) => mail.time >= start && mail.time < stop && holds(tree, mail));
				expect(matches.map(({ row }) => row.id).sort()).toEqual(due.map(({ id }) => id).sort());
				for (const { row, matchedBy } of matches) expect(new Set(matchedBy)).toEqual(new Set(reasons(tree, row)));
				found += due.length;
				shared += log.asked.filter((query) => (JSON.parse(query) as { any: unknown[] }).any.length > 1).length;
			}),
			{ numRuns: 600 },
		);
		expect(found).toBeGreaterThan(200);
		expect(shared).toBeGreaterThan(50);
	}, 60_000);

	it('names every comparison of an OR that holds for a mail, in the order of the pattern', async () => {
		await fc.assert(
			fc.asyncProperty(fc.uniqueArray(leaf, { minLength: 2, maxLength: 6 }), mails, async (leaves, all) => {
				const window = `START ${timestamp(FROM)} STOP ${timestamp(FROM + 7_200_001)}`;
				const { matches } = await hunted(`[${leaves.join(' OR ')}] ${window}`, all);
				for (const { row, matchedBy } of matches) expect(matchedBy).toEqual(leaves.filter((one) => isSaid(one, row)));
			}),
			{ numRuns: 200 },
		);
	}, 60_000);

	it('whatever joins and qualifies the observations', async () => {
		let found = 0;
		const observation = leaf.map((one) => `[${one}]`);
		const patterns = fc.letrec<{ pattern: string }>((tie) => ({
			pattern: fc.oneof(
				{ maxDepth: 2, depthSize: 'small' },
				observation,
				fc
					.tuple(tie('pattern'), fc.constantFrom('AND', 'OR', 'FOLLOWEDBY'), tie('pattern'))
					.map(([left, operator, right]) => `(${left} ${operator} ${right})`),
				fc
					.tuple(tie('pattern'), fc.constantFrom('WITHIN 600 SECONDS', 'REPEATS 2 TIMES'))
					.map(([inner, qualifier]) => `(${inner}) ${qualifier}`),
			),
		})).pattern;
		await fc.assert(
			fc.asyncProperty(patterns, mails, async (inner, all) => {
				const pattern = `(${inner}) START ${timestamp(FROM)} STOP ${timestamp(FROM + 7_200_001)}`;
				const { matches } = await hunted(pattern, all);
				const { observations } = matchPattern(pattern, all.map(knowledgeOf));
				expect(matches.map(({ row }) => row.id).sort()).toEqual([...observations].sort());
				found += observations.length;
			}),
			{ numRuns: 300 },
		);
		expect(found).toBeGreaterThan(100);
	}, 60_000);
});

describe('a target decides itself what one query can say', () => {
	const WINDOW = `START ${timestamp(FROM)} STOP ${timestamp(FROM + 1)}`;
	const plan = (comparison: string) => planFor(log, `[${comparison}] ${WINDOW}`);
	const asks = (comparison: string) =>
		plan(comparison).queries.map((query) => (JSON.parse(query) as { any: Array<Array<{ operator: string }>> }).any);

	it('terms joined by AND stand in one query, lists and other operators included', () => {
		const [any, ...others] = asks(
			"email-message:from_ref.value IN ('a', 'b') AND email-message:subject LIKE '%x' AND email-message:x_score > 3 AND ipv4-addr:value ISSUBSET '192.0.2.0/24'",
		);
		expect(others).toEqual([]);
		expect(any).toHaveLength(1);
		expect(any?.[0]?.map(({ operator }) => operator).sort()).toEqual(['ends', 'in', 'more', 'network']);
	});

	it('alternatives that rows decide share queries, as many as it says; what no row shows is asked alone', () => {
		const subjects = Array.from({ length: 9 }, (_, i) => `email-message:subject = 's${i}'`).join(' OR ');
		expect(asks(subjects).map((any) => any.length)).toEqual([4, 4, 1]);
		expect(asks("file:name = 'a' OR file:name = 'b'").map((any) => any.length)).toEqual([1, 1]);
	});

	it('what it cannot be asked is refused in its own name', () => {
		expect(() => plan("file:name != 'a'")).toThrow(HuntError);
		expect(() => plan("mutex:name = 'a'")).toThrow('neither be searched by the log nor checked in its rows');
		expect(() => plan('file:name = 5')).toThrow('the column takes text');
		const { warnings } = planFor(log, "[email-addr:value = 'a']");
		expect(warnings).toContainEqual({
			code: 'hunt-note',
			message: expect.stringContaining('because the log cannot search Cc'),
		});
	});

	it('it may allow fewer queries than others do', () => {
		const files = Array.from({ length: 201 }, (_, i) => `file:name = '${i}'`).join(' OR ');
		expect(plan(files)).toMatchObject({
			queries: { length: 200 },
			leftOut: [{ code: 'hunt-terms-beyond-limit', count: 1, comparisons: ["file:name = '200'"] }],
		});
		expect(() => plan(`(${files}) AND ipv4-addr:value = '192.0.2.1'`)).toThrow(
			expect.objectContaining({ code: 'HUNT_TOO_COMPLEX' }),
		);
	});
});

describe('a window', () => {
	const WINDOW = "START t'2026-01-01T10:00:30.500Z' STOP t'2026-01-01T10:00:40Z'";
	const at = (time: string): LoggedMail => ({
		id: time,
		time: Date.parse(time),
		from: 'ann@example.com',
		to: [],
		cc: [],
		subject: '',
		urls: [],
		ip: '192.0.2.1',
		score: 0,
		files: [],
	});

	it('takes in its START and ends before its STOP', async () => {
		const times = [
			'2026-01-01T10:00:30.499Z',
			'2026-01-01T10:00:30.500Z',
			'2026-01-01T10:00:39.999Z',
			'2026-01-01T10:00:40.000Z',
		];
		const { matches } = await hunted(`[ipv4-addr:value = '192.0.2.1'] ${WINDOW}`, times.map(at));
		expect(matches.map(({ row }) => row.id)).toEqual(times.slice(1, 3));
	});

	it('lies in the year that it names, also in the first century', async () => {
		const { observations } = planFor(
			log,
			"[ipv4-addr:value = '192.0.2.1'] START t'0050-02-28T00:00:00Z' STOP t'0099-12-31T23:59:60Z'",
		);
		expect(observations[0]).toMatchObject({ start: '0050-02-28T00:00:00.000Z', stop: '0100-01-01T00:00:00.000Z' });
	});
});

describe('reading', () => {
	it('ends when it is cancelled', async () => {
		const plan = planFor(log, "[file:name = 'a' OR file:name = 'b']");
		const stop = new AbortController();
		log.asked = [];
		const reading = runPlan(
			Object.assign(Object.create(log) as MailLog, {
				read: async (...given: Parameters<MailLog['read']>) => {
					const rows = await log.read(...given);
					stop.abort();
					return rows;
				},
			}),
			plan,
			{ signal: stop.signal },
		);
		await expect(reading).rejects.toThrow('aborted');
		expect(plan.queries).toHaveLength(2);
		expect(log.asked).toHaveLength(1);
	});

	it('stops at the cap on rows, and says that there may be more', async () => {
		log.mails = Array.from({ length: 5 }, (_, i) => ({
			id: String(i), time: FROM, from: 'a', to: [], cc: [], subject: '', urls: [], ip: '192.0.2.1', score: 0, files: [],
		})); // prettier-ignore
		const plan = planFor(log, `[ipv4-addr:value = '192.0.2.1'] START ${timestamp(FROM)} STOP ${timestamp(FROM + 1)}`);
		const { matches, truncated, complete, warnings } = await runPlan(log, plan, { maxRows: 3 });
		expect([matches.length, truncated, complete]).toEqual([3, true, false]);
		expect(warnings).toEqual([{ code: 'hunt-incomplete', message: expect.stringContaining('stopped after 3 rows') }]);
	});
});

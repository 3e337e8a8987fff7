import { planFor, planTogether, runPlans, type HuntPlan, type HuntResult } from '../../../lib/hunt';
import { HUNT_LIMITS } from '../../../lib/limits';
import { MailLog, type LoggedMail } from './mailLog';

// Several hunts as one: what they ask alike is asked once, and each gets what it would have got alone.

const FROM = Date.UTC(2026, 0, 31, 23, 30);
const WINDOW = `START t'${new Date(FROM).toISOString()}' STOP t'${new Date(FROM + 3_600_000).toISOString()}'`;
const mails = Array.from({ length: 40 }, (_, index): LoggedMail => ({
	id: String(index), time: FROM + index * 1000, from: `s${index % 10}@example.com`, to: [], cc: [], subject: `subject ${index}`, urls: [], ip: '192.0.2.1', score: 0, files: [`f${index % 3}`],
})); // prettier-ignore

let log: MailLog;
beforeEach(() => {
	log = new MailLog();
	log.mails = mails;
});

const plansOf = (patterns: string[]) =>
	planTogether(
		log,
		patterns.map((one) => `[${one}] ${WINDOW}`),
	) as HuntPlan[];
const idsOf = (result: HuntResult<LoggedMail> | Error) => {
	if (result instanceof Error) throw result;
	return result.matches.map(({ row }) => row.id);
};
const fromOf = (index: number) => `email-message:from_ref.value = 's${index}@example.com'`;

it('alternatives of all patterns share queries, each asked once, and every hunt gets its own', async () => {
	const patterns = Array.from({ length: 12 }, (_, index) => `${fromOf(index % 6)} OR ${fromOf((index + 1) % 6)}`);
	const plans = plansOf(patterns);
	const results = await runPlans(log, plans);
	// Six different alternatives, four a query.
	expect(log.asked).toHaveLength(2);
	for (const [index, pattern] of patterns.entries()) {
		const [alone] = await runPlans(log, [planFor(log, `[${pattern}] ${WINDOW}`)]);
		expect(idsOf(results[index]!)).toEqual(idsOf(alone!));
	}
});

it('a pattern that cannot be hunted is an error in its place', () => {
	const [first, second, third] = planTogether(log, [`[${fromOf(1)}]`, '[broken', "[mutex:name = 'a']"]);
	expect(first).not.toBeInstanceOf(Error);
	expect(second).toMatchObject({ code: expect.stringMatching(/^PATTERN_/) });
	expect(third).toMatchObject({ code: 'HUNT_NOT_SEARCHABLE' });
});

it('a cap on rows holds for each hunt: none is worse off for the others', async () => {
	const plans = plansOf(["file:name = 'f0'", "file:name = 'f0' OR file:name = 'f1'", "file:name = 'f2'"]);
	const results = (await runPlans(log, plans, { maxRows: 14 })) as Array<HuntResult<LoggedMail>>;
	expect(results.map(({ truncated, matches }) => [truncated, matches.length])).toEqual([
		[false, 14],
		[true, 14],
		[false, 13],
	]);
});

it('a query that fails fails its hunts alone', async () => {
	const plans = plansOf(["file:name = 'f0'", "file:name = 'f1'", "file:name = 'f0' OR file:name = 'f2'"]);
	const read = log.read.bind(log);
	log.read = async (query, ...more) => {
		if (query.includes('f0')) throw Object.assign(new Error('refused'), { code: 'X_REFUSED' });
		return await read(query, ...more);
	};
	const results = await runPlans(log, plans);
	expect(results.map((result) => result instanceof Error)).toEqual([true, false, true]);
});

it('a target that refuses everything for the same cause is not asked on and on', async () => {
	const plans = plansOf(Array.from({ length: 30 }, (_, index) => `file:name = 'x${index}'`));
	let asked = 0;
	log.read = () => {
		asked++;
		return Promise.reject(Object.assign(new Error('down'), { code: 'X_UNAVAILABLE' }));
	};
	const results = await runPlans(log, plans);
	expect(asked).toBe(HUNT_LIMITS.firstFailures);
	expect(results.every((result) => result instanceof Error && result.message === 'down')).toBe(true);
});

it('as many queries are read side by side as the target bears, scans last', async () => {
	const plans = plansOf([
		...Array.from({ length: 8 }, (_, index) => `file:name = 'f${index}'`),
		'EXISTS email-message:date',
	]);
	const target = Object.assign(log, { parallel: 3 });
	const read = log.read.bind(log);
	let now = 0;
	let most = 0;
	const order: string[] = [];
	target.read = async (query, ...more) => {
		most = Math.max(most, ++now);
		order.push(query);
		await new Promise(setImmediate);
		now--;
		return await read(query, ...more);
	};
	await runPlans(target, plans);
	expect(most).toBe(3);
	expect(order).toHaveLength(9);
	expect(order.at(-1)).not.toContain('f0');
	expect(order.at(-1)).toContain('"any":[[]]');
});

it('more are read side by side where the target allows it and stays as quick', async () => {
	const plans = plansOf(Array.from({ length: 40 }, (_, index) => `email-message:subject = 'subject ${index}'`));
	const target = Object.assign(log, { parallel: 2, mostParallel: 6 });
	const read = log.read.bind(log);
	let now = 0;
	let most = 0;
	target.read = async (query, ...more) => {
		most = Math.max(most, ++now);
		await new Promise(setImmediate);
		now--;
		return await read(query, ...more);
	};
	const results = await runPlans(target, plans);
	expect(results.map((result) => idsOf(result))).toEqual(mails.map(({ id }) => [id]));
	expect(most).toBe(6);
});

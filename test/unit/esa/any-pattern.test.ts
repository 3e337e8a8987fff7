import fc from 'fast-check';
import { EsaClient, planHunt, translatePattern } from '../../../lib/esa';
import { HuntError } from '../../../lib/hunt';
import { PatternMatchError, PatternSyntaxError } from '../../../lib/pattern';
import { EsaLab, type RowProfile } from '../../lab/esa';
import { anyPattern } from './patterns';

/** What a pattern may be answered with. */
function attempt(run: () => unknown): void {
	try {
		run();
	} catch (error) {
		if (!(error instanceof PatternSyntaxError || error instanceof HuntError || error instanceof PatternMatchError))
			throw error;
	}
}

it('any text is planned and translated, or is an error that says where', () => {
	const pieces = fc.constantFrom(
		'[', ']', '(', ')', ' AND ', ' OR ', ' NOT ', ' IN ', ' LIKE ', '=', '!=', "'%a_b%'", "'x'", 'true', '5', '-7', 'email-message:subject', 'file:name',
		"t'2024-01-01T00:00:00Z'", ' START ', ' STOP ', ' WITHIN ', ' SECONDS', ' REPEATS ', ' TIMES', ' FOLLOWEDBY ', 'x-cisco-email-msgevent:mail_policy', ',',
	); // prettier-ignore
	const text = fc.oneof(
		fc.string({ unit: 'binary', maxLength: 200 }),
		fc.array(pieces, { maxLength: 30 }).map((list) => list.join('')),
		anyPattern,
	);
	fc.assert(
		fc.property(text, (pattern) => {
			attempt(() => planHunt(pattern));
			attempt(() => translatePattern(pattern));
		}),
		{ numRuns: 1000 },
	);
});

it.each([
	['a chain of ORs', `[${Array.from({ length: 2000 }, (_, i) => `file:name = 'f${i}'`).join(' OR ')}]`],
	[
		'ANDs of ORs',
		`[${Array.from({ length: 300 }, (_, i) => `(file:name = 'a${i}' OR file:name = 'b${i}')`).join(' AND ')}]`,
	],
	['a long IN', `[ipv4-addr:value IN (${Array.from({ length: 50_000 }, (_, i) => `'192.0.2.${i % 256}'`).join(',')})]`],
	['many observations', Array.from({ length: 5000 }, () => "[file:name = 'a']").join(' AND ')],
	['a long LIKE', `[email-message:subject LIKE '${'%_a'.repeat(50_000)}']`],
	[
		'many events',
		`[${Array.from({ length: 900 }, (_, i) => `x-cisco-email-msgevent:threat_name = 't${i}'`).join(' AND ')}]`,
	],
])('%s: an answer in less than 10 ms a kilobyte', (_, pattern) => {
	const started = process.cpuUsage();
	attempt(() => planHunt(pattern));
	attempt(() => translatePattern(pattern));
	const spent = process.cpuUsage(started).user / 1000;
	expect(spent).toBeLessThan(20 * Math.ceil(pattern.length / 1000));
});

test.each<[RowProfile]>([['esa-14'], ['esa-13'], ['sma']])(
	'10,000 messages in rows of %s: a hunt over a day finds its own',
	async (profile) => {
		const lab = await EsaLab.start({ switches: { profile } });
		const client = new EsaClient({ url: lab.url, user: 'admin', passphrase: 'Lab-Passphrase-1' });
		const pattern =
			"[email-message:subject LIKE '%budget' AND x-cisco-email-msgevent:virus_positive = 'true' AND x-cisco-email-msgevent:graymail = 'true'] START t'2023-08-29T00:00:00Z' STOP t'2023-08-30T00:00:00Z'";
		const { rows, truncated } = await client.hunt(planHunt(pattern));
		const due = lab.traffic.filter(
			({ subject, flags }) =>
				subject?.endsWith('budget') && flags.includes('virusPositive') && flags.includes('graymail'),
		);
		expect(lab.traffic).toHaveLength(10_000);
		expect(due.length).toBeGreaterThan(3);
		expect(rows.map(({ attributes }) => attributes.mid)).toEqual(due.map(({ mids }) => mids));
		expect(truncated).toBe(false);
		await client.close();
		await lab.stop();
	},
);

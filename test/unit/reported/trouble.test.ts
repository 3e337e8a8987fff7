import { isIncomplete, parseEmail, type Email } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { REPORTED_LIMITS } from '../../../lib/limits';
import { analysedMessage, REPORT_RULES, type AnalyseOptions } from '../../../lib/reported';
import { attached, bytes, MAILBOX, mixed, phish, plain, REPORTER, wrapper } from './corpus/mail';

const source = { kind: 'imap' as const, mailbox: MAILBOX };
const read = (raw: string) => parseEmail(bytes(raw), { source });
const analysed = async (raw: string, options?: AnalyseOptions) => analysedMessage(await read(raw), options);
const codes = ({ warnings }: Pick<Email, 'warnings'>) => warnings.map(({ code }) => code);
const values = (email: Email) => extractIndicators(email).map(({ value }) => value);
const PHISH = phish({ id: 'bad', subject: 'Invoice' });

describe('a report without its message', () => {
	it.each([
		['has none', plain('Erika reported a mail from billing@evil.example')],
		['has a damaged one', mixed('', [{ type: 'message/rfc822', content: '\u0000\u0001nothing\n' }])],
		[
			'has a damaged Outlook file',
			mixed('', [
				{ type: 'application/vnd.ms-outlook', name: 'x.msg', content: Buffer.from('d0cf11e0a1b11ae100', 'hex') },
			]),
		],
		[
			'has an encrypted one',
			mixed('', [{ type: 'application/octet-stream', name: 'mail.eml.zip', content: Buffer.from('504b0304', 'hex') }]),
		],
	])('%s: what is left of it is looked at, the reporter is not, and that is told', async (_what, body) => {
		const result = await analysed(wrapper({ id: 'r', subject: '3|Invoice', body }));
		expect(result.complete).toBe(false);
		expect(codes(result)).toEqual(['reported-message-missing']);
		expect(result.reported).toMatchObject({ way: 'microsoft', message: 'missing', by: { address: REPORTER } });
		expect(result.email).toMatchObject({ from: [], to: [], headers: [] });
		expect(values(result.email)).not.toContain(REPORTER);
		expect(result.email.subject).toBe('3|Invoice');
	});

	it('still gives what its text says', async () => {
		const result = await analysed(
			wrapper({ id: 'r', subject: '3|Invoice', body: plain('It came from billing@evil.example') }),
		);
		expect(codes(result)).toEqual(['reported-message-missing']);
		expect(values(result.email)).toEqual(['billing@evil.example', 'evil.example']);
	});
});

describe('a report of several messages', () => {
	it('is looked at as a whole, without the reporter', async () => {
		const other = phish({ id: 'bad2', subject: 'Parcel', from: 'post@other.example' });
		const result = await analysed(
			wrapper({ id: 'r', subject: 'phishing mails', body: mixed('two of them', [attached(PHISH), attached(other)]) }),
		);
		expect(codes(result)).toEqual(['reported-several']);
		expect(result.reported).toMatchObject({ message: 'several', by: { address: REPORTER } });
		expect(values(result.email)).toEqual(expect.arrayContaining(['billing@evil.example', 'post@other.example']));
		expect(values(result.email)).not.toContain(REPORTER);
	});
});

describe('reports of reports', () => {
	const passedOn = (inner: string, depth: number): string =>
		wrapper({
			id: `n${depth}`,
			subject: `Fwd: ${depth}`,
			from: `Person ${depth} <p${depth}@corp.example>`,
			body: mixed(`level ${depth}`, [attached(inner)]),
		});

	it('are followed to the mail that all of them are about', async () => {
		const result = await analysed(passedOn(passedOn(PHISH, 1), 2));
		expect(result.email.subject).toBe('Invoice');
		expect(result.reported).toMatchObject({
			by: { address: 'p2@corp.example' },
			through: [{ by: { address: 'p1@corp.example' } }],
		});
	});

	it('are followed so far, and the rest is told', async () => {
		let raw = PHISH;
		for (let depth = 1; depth <= REPORTED_LIMITS.maxDepth + 3; depth++) raw = passedOn(raw, depth);
		const result = await analysed(raw);
		expect(result.reported!.through).toHaveLength(REPORTED_LIMITS.maxDepth);
		expect(codes(result)).toContain('reported-nested');
		// The phish is looked at all the same.
		expect(values(result.email)).toContain('billing@evil.example');
	});

	it('tell of a message that lies too deep to be opened', async () => {
		let raw = PHISH;
		for (let depth = 1; depth <= 12; depth++) raw = passedOn(raw, depth);
		const { email } = await analysed(raw);
		expect(isIncomplete(email)).toBe(true);
	});
});

describe('whose mail it is, by choice', () => {
	const report = wrapper({ id: 'r', subject: '3|Invoice', body: mixed('', [attached(PHISH)]) });
	const hostile = wrapper({ id: 'h', subject: '3|Pay', from: 'x@evil.example', body: mixed('', [attached(PHISH)]) });

	it('the message itself', async () => {
		const { email, reported, warnings } = await analysed(report, { analyse: 'itself' });
		expect([email.subject, reported, warnings]).toEqual(['3|Invoice', undefined, []]);
	});

	it('the attached one, whoever sent it', async () => {
		const { email, reported } = await analysed(hostile, { analyse: 'attached' });
		expect([email.subject, reported?.by?.address]).toEqual(['Invoice', 'x@evil.example']);
	});

	it('the attached one where there is none: the message itself, told and not complete', async () => {
		const result = await analysed(wrapper({ id: 'r', subject: 'Lunch', body: plain('At noon?') }), {
			analyse: 'attached',
		});
		expect([result.email.subject, codes(result), result.complete]).toEqual([
			'Lunch',
			['reported-message-missing'],
			false,
		]);
	});

	it('the first of several attached ones, which is told', async () => {
		const result = await analysed(
			wrapper({
				id: 'r',
				subject: 'x',
				body: mixed('', [attached(PHISH), attached(phish({ id: 'b2', subject: 'Other' }))]),
			}),
			{ analyse: 'attached' },
		);
		expect([result.email.subject, codes(result), result.complete]).toEqual(['Invoice', ['reported-several'], false]);
	});
});

describe('who one’s own people are', () => {
	const report = wrapper({ id: 'r', subject: '3|Invoice', body: mixed('', [attached(PHISH)]) });

	it('is said by the user', async () => {
		expect((await analysed(report, { ownDomains: ['corp.example'] })).reported).toBeDefined();
		expect(codes(await analysed(report, { ownDomains: ['other.example'] }))).toEqual(['report-doubtful']);
	});

	it('is known by the mailbox, by whom one’s own servers delivered to, or by whom the mail is to', async () => {
		const of = async (raw: string) => analysedMessage(await parseEmail(bytes(raw))).reported !== undefined;
		expect(await of(report)).toBe(true);
		expect(await of(`Delivered-To: phishing@corp.example\n${report}`)).toBe(true);
		expect(await of(`Delivered-To: phishing@victim.example\n${report}`)).toBe(false);
	});

	it('may be anybody for an address that customers report to, where they were sent the message themselves', async () => {
		const customer = report.replace(`<${REPORTER}>`, '<customer@home.example>').replace('3|', '');
		expect(codes(await analysed(customer))).toEqual(['report-doubtful']);
		const theirs = wrapper({
			id: 'c',
			subject: 'Is this yours?',
			from: 'customer@home.example',
			body: mixed('', [attached(phish({ id: 'b', subject: 'Invoice', to: 'customer@home.example' }))]),
		});
		expect((await analysed(theirs)).reported).toMatchObject({
			by: { address: 'customer@home.example' },
			certainty: 'likely',
		});
	});
});

describe('the rules for report buttons', () => {
	it.each(REPORT_RULES.map((rule) => [rule.way, rule] as const))(
		'%s: says how well it is known, and by what',
		(_way, rule) => {
			expect(['documented', 'observed', 'believed']).toContain(rule.evidence);
			expect(rule.source.length).toBeGreaterThan(5);
		},
	);
});

describe('hostile mail', () => {
	it.each([
		['lines of labels', 'From: a\n'.repeat(50_000)],
		['heads without an end', 'From: a@x.example\nSubject: x\nTo: b\n'.repeat(20_000)],
		['announcements', '---------- Forwarded message ---------\n'.repeat(20_000)],
		['quote marks', '> > > > >\n'.repeat(50_000)],
		['one line', 'From: '.repeat(100_000)],
		['hyphens', '-'.repeat(500_000)],
		['a button’s markers', '---------- Begin Email Headers ----------\n'.repeat(10_000)],
	])('of %s is read in a moment', async (_what, text) => {
		const email = await read(wrapper({ id: 'h', subject: 'Fwd: Potential Phish: x', body: plain(text) }));
		const began = process.cpuUsage().user;
		analysedMessage(email);
		analysedMessage(email, { analyse: 'attached' });
		// Microseconds of work, not of a clock: some hundred times what it takes.
		expect(process.cpuUsage().user - began).toBeLessThan(5_000_000);
	});

	it('is what it is when it comes from JSON of another node', () => {
		const email = {
			references: [],
			from: [],
			replyTo: [],
			to: [],
			cc: [],
			bcc: [],
			headers: [],
			receivedLines: [],
			authenticationResults: [],
			isMultipart: false,
			parts: [],
			attachments: [],
			size: 0,
			sha256: '',
			truncated: false,
			warnings: [],
		};
		expect(analysedMessage(email).reported).toBeUndefined();
	});
});

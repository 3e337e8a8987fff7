import { OPENCTI_LIMITS } from '../../../lib/limits';
import { caseFromEmail, huntFindings, reportFromEmail } from '../../../lib/opencti';
import { email } from './messages';

// What a hunt found stands in the description of the report: who received it, and what became of it.

/** As Cisco Secure Email's rows are put out. */
const row = (more: object = {}) => ({
	timestamp: '19 Nov 2026 08:00:01 (GMT +00:00)',
	sender: 'it@evil.example.net',
	recipientMap: { '12': ['jo@example.com'], '13': ['al@example.com'] },
	subject: 'Your mailbox is full',
	messageStatus: { '12': 'Delivered', '13': 'Quarantined' },
	matchedBy: ["url:value = 'http://evil.example.net/login'"],
	...more,
});
const hunt = (more: object = {}) => ({
	matches: 1,
	queries: ['q'],
	rows: [row()],
	warnings: [],
	complete: true,
	...more,
});
const described = (result: object) => {
	const hunts = [huntFindings(result)!];
	const { description } = reportFromEmail(email(), { hunts });
	expect(caseFromEmail(email(), { hunts }).description).toBe(description);
	return description;
};

it('says how many messages match, and lists each with time, sender, recipients, subject, status and what it matched', () => {
	const text = described(hunt());
	expect(text).toContain('**Hunt**: 1 message matches.');
	expect(text).toContain('| Time | Sender | Recipients | Subject | Status | Matched |');
	expect(text).toContain(
		"| 19 Nov 2026 08:00:01 \\(GMT \\+00:00\\) | it@evil.example.net | jo@example.com, al@example.com | Your mailbox is full | Delivered, Quarantined | url:value = 'hxxp",
	);
});

it.each([
	[
		'Defender XDR',
		{
			Timestamp: '2026-11-19T08:00:00Z',
			SenderFromAddress: 'a@b.example',
			RecipientEmailAddress: 'c@d.example',
			Subject: 'Pay',
			DeliveryAction: 'Blocked',
		},
		'| 2026-11-19T08:00:00Z | a@b.example | c@d.example | Pay | Blocked |',
	],
	[
		'Exchange message trace',
		{
			receivedDateTime: '2026-11-19T08:00:00Z',
			senderAddress: 'a@b.example',
			recipientAddress: 'c@d.example',
			subject: 'Pay',
			status: 'delivered',
		},
		'| 2026-11-19T08:00:00Z | a@b.example | c@d.example | Pay | delivered |',
	],
	[
		'addresses as items have them',
		{ from: { address: 'a@b.example', name: 'A' }, to: [{ address: 'c@d.example' }] },
		'| a@b.example | c@d.example |',
	],
])('reads the rows of %s', (_target, given, line) => {
	expect(described(hunt({ rows: [given] }))).toContain(line);
});

it('is bounded: more rows, recipients and remarks are counted', () => {
	const { maxDescriptionRows, maxListedAddresses, maxDescriptionRemarks } = OPENCTI_LIMITS;
	const recipient = Array.from({ length: 5_000 }, (_, at) => `user${at}@example.com`);
	const text = described(
		hunt({
			matches: 2_000,
			rows: Array.from({ length: maxDescriptionRows + 10 }, () => row({ recipientMap: undefined, recipient })),
			warnings: Array.from({ length: maxDescriptionRemarks + 5 }, (_, at) => ({ code: 'x', message: `remark ${at}` })),
		}),
	);
	expect(text).toContain(`…and ${2_000 - maxDescriptionRows} more.`);
	expect(text).toContain(`and ${5_000 - maxListedAddresses} more`);
	expect(text).toContain('…and 5 more remarks');
	expect(text.length).toBeLessThan(100_000);
});

it('says what the hunt left out and that it did not finish', () => {
	const warnings = [
		{ code: 'hunt-incomplete', message: 'Reading stopped after 5 rows.' },
		'The appliance knows no file names.',
	];
	const text = described(hunt({ complete: false, warnings }));
	expect(text).toContain('The hunt is not complete: there may be more.');
	expect(text).toContain('- Reading stopped after 5 rows.');
	expect(text).toContain('- The appliance knows no file names.');
});

it('tells a hunt without a hit from one that had nothing to look for', () => {
	expect(described(hunt({ matches: 0, rows: [] }))).toContain('**Hunt**: 0 messages match.');
	const idle = described({ matches: 0, queries: [], rows: [], warnings: [], complete: true });
	expect(idle).toContain('nothing was looked for, the pattern was empty');
});

it('shows what a sender wrote as text: no markup, no links, no further columns', () => {
	const text = described(
		hunt({ rows: [row({ subject: '| x | [click](http://evil.example.net/) www.evil.example.net\n# <b>' })] }),
	);
	const [line] = text.split('\n').filter((one) => one.includes('click'));
	expect(line).toContain(
		'\\| x \\| \\[click\\]\\(hxxp\\[:\\]//evil\\[.\\]example\\[.\\]net/\\) www\\[.\\]evil.example.net \\# \\<b\\>',
	);
	expect(line!.replace(/\\\|/g, '').match(/\|/g)).toHaveLength(7);
});

it.each([[undefined], [null], [7], ['x'], [{}], [{ matches: 'x' }], [[]]])('%j is no hunt', (given) => {
	expect(huntFindings(given)).toBeUndefined();
});

it.each([
	[{ matches: -1, rows: [] }],
	[{ matches: 1e300, rows: [null, 7, 'x'] }],
	[{ matches: 1, rows: [{ __proto__: null, constructor: 'x' }] }],
	[{ matches: 1, rows: [{ subject: { a: { b: { c: { d: 'deep' } } } } }], warnings: { length: 9 } }],
])('a hunt of odd form (%j) makes no report stumble', (given) => {
	expect(described(given)).toContain('**Hunt**');
});

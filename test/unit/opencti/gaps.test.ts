import { OPENCTI_LIMITS } from '../../../lib/limits';
import { caseFromEmail, reportFromEmail } from '../../../lib/opencti';
import { attachment, email } from './messages';
import { closeWorlds, world } from './world';

afterEach(closeWorlds);

const { content: _content, ...lost } = attachment('report.pdf', 'application/pdf', 'x'.repeat(3_000), {
	contentOmitted: true,
});
const warned = ({ warnings }: { warnings: { code: string }[] }) => warnings.map(({ code }) => code);

describe('a draft says when something of the message is not in it', () => {
	it.each([
		['a file whose bytes are not here', email({ attachments: [lost] }), {}, 'attachments-omitted'],
		[
			'the original message, where it is wanted',
			{ ...email(), raw: undefined },
			{ originalEmail: true },
			'attachments-omitted',
		],
		[
			'more files than are taken',
			email({
				attachments: Array.from({ length: OPENCTI_LIMITS.maxFiles + 2 }, (_, index) =>
					attachment(`${index}.csv`, 'text/csv', `row ${index}`),
				),
			}),
			{},
			'files-too-many',
		],
		['a message that a limit cut', email({ truncated: true }), {}, 'message-incomplete'],
		[
			'messages inside of each other deeper than is read',
			email({ warnings: [{ code: 'too-deep', message: '' }] }),
			{},
			'message-incomplete',
		],
		[
			'a text longer than a report takes',
			email({ text: 'word '.repeat(OPENCTI_LIMITS.maxContentBytes / 4) }),
			{},
			'content-cut',
		],
		[
			'what a step before could not read',
			email(),
			{ gaps: [{ code: 'attachments-cut', message: '' }] },
			'attachments-cut',
		],
	])('%s', (_name, message, options, code) => {
		for (const draft of [reportFromEmail(message, options), caseFromEmail(message, options)]) {
			expect(draft.incomplete).toBe(true);
			expect(warned(draft).filter((told) => told === code)).toEqual([code]);
		}
	});

	it.each([
		['a type that is not asked for', attachment('a.exe', 'application/x-msdownload', 'x')],
		['an image of the text', attachment('logo.png', 'image/png', 'x', { related: true })],
		['an empty file', attachment('a.csv', 'text/csv', '')],
		['one that is not asked for and not here', { ...lost, contentType: 'application/zip', fileName: 'a.zip' }],
	])('%s is no gap', (_name, file) => {
		const draft = reportFromEmail(email({ attachments: [file] }));
		expect(draft.skippedFiles).toHaveLength(1);
		expect([draft.incomplete, draft.warnings]).toEqual([undefined, []]);
	});

	it('what is no file by itself, such as a message inside of an Outlook message, is no gap', () => {
		const none = { size: 0, md5: '', sha1: '', sha256: '', sha512: '', contentOmitted: true };
		const { content: _bytes, ...inner } = attachment('inner', 'application/vnd.ms-outlook', '', none);
		for (const draft of [reportFromEmail, caseFromEmail].map((make) =>
			make(email({ attachments: [inner] }), { attachmentTypes: 'all' }),
		)) {
			expect(draft.skippedFiles).toMatchObject([{ reason: 'no-bytes' }]);
			expect([draft.incomplete, draft.warnings]).toEqual([undefined, []]);
		}
	});

	it('a name that holds the beginning of the subject only makes the report incomplete', () => {
		const draft = reportFromEmail(email({ subject: 'word '.repeat(OPENCTI_LIMITS.maxNameCharacters) }));
		expect([draft.incomplete, warned(draft)]).toEqual([true, ['name-cut']]);
	});

	it.each([
		['webhook JSON', { partial: true as const }, /does not contain the raw message/],
		[
			"an item of n8n's own mail trigger",
			{ partial: true as const, source: { kind: 'imap' as const, uid: 7 } },
			/does not contain the raw message/,
		],
		[
			'an item of this pack',
			{ source: { kind: 'imap' as const, mailbox: 'soc@example.com', uid: 7 } },
			/'Include Raw Message' in the node that reads the mailbox/,
		],
	])('how to get the original message depends on where the item came from: %s', (_name, origin, how) => {
		const draft = reportFromEmail({ ...email(), raw: undefined, ...origin }, { originalEmail: true });
		const { message } = draft.warnings.find(({ code }) => code === 'attachments-omitted')!;
		expect(message).toMatch(how);
		expect(message.includes("'Include Raw Message'")).toBe(!('partial' in origin));
	});

	it('an image that is shown elsewhere and a file that is there twice are none either', () => {
		const file = attachment('a.csv', 'text/csv', 'x');
		const draft = reportFromEmail(email({ attachments: [file, file] }));
		expect(draft.skippedFiles).toMatchObject([{ reason: 'duplicate' }]);
		expect(draft.incomplete).toBeUndefined();
	});
});

it('the report of such a draft is made, and never called complete', async () => {
	const { client } = await world();
	const draft = reportFromEmail(email({ attachments: [lost, attachment('iocs.csv', 'text/csv', 'x')] }));
	for (const created of [true, false]) {
		const result = await client.createReport(draft);
		expect(result).toMatchObject({ created, complete: false, files: [{ originalName: 'iocs.csv' }] });
		expect(warned(result)).toContain('attachments-omitted');
	}
	const made = await client.createIncidentCase(caseFromEmail(email({ attachments: [lost] })));
	expect(made).toMatchObject({ created: true, complete: false });
});

it('a message without any date is refused with a hint that the item can follow', () => {
	const { date: _date, receivedAt: _receivedAt, ...undated } = email();
	expect(() => reportFromEmail(undated)).toThrow(
		expect.objectContaining({ code: 'OPENCTI_DATE_MISSING', hint: expect.stringMatching(/`date`.*JSON/) }),
	);
});

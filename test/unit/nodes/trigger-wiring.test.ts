import type { IDataObject, INodeProperties, IPollFunctions } from 'n8n-workflow';
import type { MailboxMessage, PollOptions } from '../../../lib/mailbox';
import { messageFiltersProperty } from '../../../nodes/shared/messageFilters';
import { openMailboxSource } from '../../../nodes/shared/mailboxSource';
import { triggerOptions, triggerOptionsProperty } from '../../../nodes/shared/triggerOptions';

/* Whether what a user sets reaches what it is meant for. Between the two lie names that no type checks. */

/** A trigger's parameters, and the options of the poll and of the sample that its mailbox is asked for. */
async function asked(parameters: IDataObject) {
	const context = {
		getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? (name === 'folder' ? 'INBOX' : fallback),
	} as unknown as IPollFunctions;
	const polls: PollOptions[] = [];
	const source = await openMailboxSource(context, async () => ({
		poll: async (_state: unknown, options: PollOptions = {}) => {
			polls.push(options);
			return { messages: [], state: 1, more: false, warnings: [] };
		},
		sample: async (options: PollOptions = {}) => {
			polls.push(options);
			return undefined;
		},
		close: async () => undefined,
	}));
	await source.changes(undefined, 1234);
	await source.sample();
	return { poll: polls[0]!, sample: polls[1]!, item: triggerOptions(context).item };
}

type Reached = { poll?: PollOptions; item?: object };

/** Option, value, and where it arrives. */
const OPTIONS: Array<[name: string, value: unknown, reached: Reached]> = [
	['messagesPerPoll', 7, { poll: { cap: 7 } }],
	['firstRunLimit', 8, { poll: { firstRunCap: 8 } }],
	['firstRunLookBack', 'P3D', { poll: { firstRunLookBack: 'P3D' } }],
	['maxMessageSize', 3, { poll: { maxMessageBytes: 3_000_000 } }],
	['order', 'newest', { poll: { order: 'newest' } }],
	['rawLimit', 2, { item: { rawLimitBytes: 2_000_000 } }],
	['attachments', true, { item: { attachments: { include: true } } }],
	['attachmentTypes', 'Image/*, application/pdf', { item: { attachments: { types: ['image/*', 'application/pdf'] } } }],
	['maxAttachmentSize', 4, { item: { attachments: { maxBytes: 4_000_000 } } }],
	['maxAttachments', 5, { item: { attachments: { maxNumber: 5 } } }],
];

describe('what a user sets at a mailbox trigger', () => {
	it.each(OPTIONS)('%s reaches what it is meant for', async (name, value, reached) => {
		const before = await asked({ options: { attachments: true } });
		const after = await asked({ options: { attachments: true, [name]: value } });
		expect(after).toMatchObject(reached);
		// A default that is the same would show nothing.
		if (name !== 'attachments') expect(before).not.toMatchObject(reached);
	});

	it('every option is in this list', () => {
		const names = (triggerOptionsProperty.options as INodeProperties[]).map((option) => option.name);
		expect(names.sort()).toEqual(OPTIONS.map(([name]) => name).sort());
	});

	it('so do the folder, the output and the time that n8n leaves', async () => {
		const { poll, sample, item } = await asked({ folder: 'Phishing', output: 'simple' });
		expect(poll).toMatchObject({ folder: 'Phishing', budgetMs: 1234 });
		expect(sample.folder).toBe('Phishing');
		expect(item.output).toBe('simple');
	});

	const message = (from: string, subject: string) => ({ from: [{ address: from }], to: [], subject, size: 0 });

	it.each([
		['senderContains', 'wanted@'],
		['senderRegex', '^wanted@'],
		['subjectContains', 'wanted subject'],
		['subjectRegex', '^wanted subject$'],
	])('so does the filter %s', async (name, value) => {
		const { poll, sample } = await asked({ filters: { [name]: value } });
		for (const { filter } of [poll, sample]) {
			expect(filter!(message('wanted@example.com', 'wanted subject'))).toBe(true);
			expect(filter!(message('other@example.com', 'other subject'))).toBe(false);
		}
	});

	it('every filter is in this list', () => {
		expect((messageFiltersProperty.options as INodeProperties[]).map(({ name }) => name)).toHaveLength(4);
	});
});

describe('what a mailbox tells of a poll', () => {
	it('its messages, its state and its warnings reach the trigger', async () => {
		const raw = Buffer.from('Subject: here\r\n\r\n');
		const message: MailboxMessage = {
			id: '1',
			source: { kind: 'imap', mailbox: 'm' },
			size: raw.length,
			raw,
			truncated: false,
		};
		const context = {
			getNodeParameter: (name: string, fallback: unknown) => (name === 'folder' ? 'INBOX' : fallback),
		} as unknown as IPollFunctions;
		const warnings = [{ code: 'first-run-capped', message: 'Older ones are left out.' }];
		const source = await openMailboxSource(context, async () => ({
			poll: async () => ({ messages: [message], state: { v: 1 }, more: false, warnings }),
			sample: async () => undefined,
			close: async () => undefined,
		}));
		expect(await source.changes(undefined, 1000)).toMatchObject({
			items: [{ json: { subject: 'here' } }],
			cursor: { v: 1 },
			warnings: ['Older ones are left out.'],
		});
	});
});

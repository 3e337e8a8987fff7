import type { IDataObject, INodeProperties, INodePropertyOptions, IPollFunctions } from 'n8n-workflow';
import type { MailboxMessage, PollOptions } from '../../../lib/mailbox';
import { messageFiltersProperty } from '../../../nodes/shared/messageFilters';
import { openMailboxSource } from '../../../nodes/shared/mailboxSource';
import { lookBackProperties } from '../../../nodes/shared/lookBackOption';
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
	['firstRunLookBack', 'P90D', { poll: { firstRunLookBack: 'P90D' } }],
	['firstRunLookBackNumber', 3, { poll: { firstRunLookBack: 'P3D' } }],
	['firstRunLookBackUnit', 'weeks', { poll: { firstRunLookBack: 'P14W' } }],
	['maxMessageSize', 3, { poll: { maxMessageBytes: 3_000_000 } }],
	['order', 'newest', { poll: { order: 'newest' } }],
	['analyse', 'itself', { item: { analyse: 'itself' } }],
	['attachments', true, { item: { attachments: { include: true } } }],
	['attachmentTypes', 'Image/*, application/pdf', { item: { attachments: { types: ['image/*', 'application/pdf'] } } }],
	['maxAttachmentSize', 4, { item: { attachments: { maxBytes: 4_000_000 } } }],
	['maxAttachments', 5, { item: { attachments: { maxNumber: 5 } } }],
];

describe('what a user sets at a mailbox trigger', () => {
	it.each(OPTIONS)('%s reaches what it is meant for', async (name, value, reached) => {
		const others = { attachments: true, ...(/(?:Number|Unit)$/.test(name) ? { firstRunLookBack: 'custom' } : {}) };
		const before = await asked({ options: others });
		const after = await asked({ options: { ...others, [name]: value } });
		expect(after).toMatchObject(reached);
		// A default that is the same would show nothing.
		if (name !== 'attachments') expect(before).not.toMatchObject(reached);
	});

	it('every option is in this list', () => {
		const names = (triggerOptionsProperty.options as INodeProperties[]).map((option) => option.name);
		expect(names.sort()).toEqual(OPTIONS.map(([name]) => name).sort());
	});

	it('so do the folder, the output, the switch for the raw message and the time that n8n leaves', async () => {
		const { poll, sample, item } = await asked({ folder: 'Phishing', output: 'full', includeRaw: false });
		expect(poll).toMatchObject({ folder: 'Phishing', budgetMs: 1234 });
		expect(sample.folder).toBe('Phishing');
		expect(item).toMatchObject({ output: 'full', includeRaw: false });
		expect((await asked({})).item).toMatchObject({ output: 'simple', includeRaw: true });
	});

	describe('First Run Look-Back', () => {
		const lookBack = async (options: IDataObject) => (await asked({ options })).poll.firstRunLookBack;
		const offered = lookBackProperties.choice.options as INodePropertyOptions[];

		it("offers only new messages, some days, everything, and a number of one's own", () => {
			expect(offered.map(({ name }) => name)).toEqual([
				'Only New Messages',
				'1 Day',
				'7 Days',
				'30 Days',
				'90 Days',
				'Everything',
				'Custom',
			]);
			expect(offered.map(({ value }) => value)).toContain(lookBackProperties.choice.default);
		});

		it('every entry of the list can be polled with', async () => {
			for (const { value } of offered) await expect(lookBack({ firstRunLookBack: value })).resolves.toBeDefined();
		});

		it.each([
			[{ firstRunLookBackNumber: 12, firstRunLookBackUnit: 'hours' }, 'PT12H'],
			[{ firstRunLookBackNumber: 5, firstRunLookBackUnit: 'days' }, 'P5D'],
			[{ firstRunLookBackNumber: '2', firstRunLookBackUnit: 'weeks' }, 'P2W'],
			[{ firstRunLookBackNumber: 6, firstRunLookBackUnit: 'months' }, 'P6M'],
			[{}, 'P14D'],
			[{ firstRunLookBackNumber: '', firstRunLookBackUnit: null }, 'P14D'],
		])('Custom with %j is %s', async (more, meant) => {
			expect(await lookBack({ firstRunLookBack: 'custom', ...more })).toBe(meant);
		});

		it.each([
			['P45D', 'P45D'],
			[' pt6h ', ' pt6h '],
			['ALL', 'ALL'],
			[10, 'P10D'],
			['10', 'P10D'],
		])('the text of a saved workflow, or what an expression gives, is still read: %j', async (given, meant) => {
			expect(await lookBack({ firstRunLookBack: given })).toBe(meant);
			// The list shows it as it is, and does not refuse it.
			expect(lookBackProperties.choice.allowArbitraryValues).toBe(true);
		});

		it.each([
			[
				{ firstRunLookBack: '30 days' },
				"'First Run Look-Back' must be an ISO 8601 duration or all, but it is '30 days'",
			],
			[{ firstRunLookBack: 1e9 }, "'First Run Look-Back' must be a whole number from 0 to 9,999"],
			[{ firstRunLookBack: 'custom', firstRunLookBackNumber: Number.NaN }, "'First Run Look-Back: Number' must be"],
			[
				{ firstRunLookBack: 'custom', firstRunLookBackUnit: 'constructor' },
				"'First Run Look-Back: Unit' must be one of",
			],
		])('what is none is an error already at the test event: %j', async (options, message) => {
			const opened = jest.fn();
			const context = {
				getNodeParameter: (name: string, fallback: unknown) =>
					({ options, folder: 'INBOX' })[name as 'options'] ?? fallback,
			} as unknown as IPollFunctions;
			await expect(openMailboxSource(context, opened)).rejects.toThrow(message);
			expect(opened).not.toHaveBeenCalled();
		});
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

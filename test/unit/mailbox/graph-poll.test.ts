import {
	GraphMailbox,
	type GraphFolderState,
	type GraphMailboxOptions,
	type PollOptions,
	type MailboxError,
} from '../../../lib/mailbox';
import { LAB_CLIENT, MicrosoftLab, type LabMailbox } from '../../lab/graph';

const DAY = 86_400_000;

describe('polling a Microsoft 365 folder', () => {
	let lab: MicrosoftLab;
	let box: LabMailbox;
	let time: number;
	let slept: number[];
	const clock = {
		now: () => time,
		sleep: async (ms: number) => {
			slept.push(ms);
			time += ms;
		},
		random: () => 0,
	};

	beforeEach(async () => {
		// Each test later than the one before: pauses that Graph asked for outlast a mailbox.
		time = Date.UTC(2026, 4, 1) + Math.floor(performance.now()) * 60_000;
		slept = [];
		lab = await MicrosoftLab.start({ now: () => time });
		box = lab.graph.mailbox('soc@example.com');
	});
	afterEach(async () => await lab.close());

	async function use<T>(
		act: (mailbox: GraphMailbox) => Promise<T>,
		options: Partial<GraphMailboxOptions> = {},
	): Promise<T> {
		const mailbox = new GraphMailbox({
			...lab.credential(),
			mailbox: 'soc@example.com',
			tokens: lab.tokens(),
			clock,
			...options,
		});
		try {
			return await act(mailbox);
		} finally {
			await mailbox.close();
		}
	}
	const poll = async (state?: GraphFolderState, options: PollOptions = {}) =>
		await use(
			async (mailbox) =>
				await mailbox.poll(
					state === undefined ? undefined : (JSON.parse(JSON.stringify(state)) as GraphFolderState),
					options,
				),
		);
	const inbox = () => box.folder('inbox');
	const deliver = (count: number, ageDays = 0) =>
		Array.from({ length: count }, (_unused, index) =>
			box.deliver(inbox(), { receivedAt: time - ageDays * DAY - index * 60_000 }),
		);
	const fails = async (promise: Promise<unknown>) =>
		await promise.then(
			() => {
				throw new Error('it should have failed');
			},
			(error: MailboxError) => error,
		);

	it('hands over the look-back, then only what is new, byte for byte', async () => {
		deliver(3, 1);
		deliver(4, 40);
		const first = await poll();
		expect(first.messages).toHaveLength(3);
		for (const message of first.messages) {
			const original = box.messages.get(message.id)!;
			expect(message.raw.equals(box.mimeOf(original))).toBe(true);
			expect(message).toMatchObject({
				size: message.raw.length,
				truncated: false,
				source: { kind: 'graph', mailbox: 'soc@example.com', folder: 'inbox', graphId: message.id },
			});
			expect(message.receivedAt!.getTime()).toBe(Math.floor(original.receivedAt / 1000) * 1000);
		}
		expect((await poll(first.state)).messages).toEqual([]);
		const [late] = deliver(1, 300);
		const second = await poll(first.state);
		expect(second.messages.map(({ id }) => id)).toEqual([late!.immutableId]);
		expect(second.more).toBe(false);
	});

	it('a cap leaves the rest for the next polls, oldest or newest first', async () => {
		deliver(7, 1);
		for (const order of ['oldest', 'newest'] as const) {
			const times: number[] = [];
			let state: GraphFolderState | undefined;
			let polls = 0;
			for (let more = true; more; polls++) {
				const result = await poll(state, { cap: 3, order });
				expect(result.messages.length).toBeLessThanOrEqual(3);
				times.push(...result.messages.map(({ receivedAt }) => receivedAt!.getTime()));
				({ state, more } = result);
			}
			expect(polls).toBe(3);
			expect(times).toEqual([...times].sort((a, b) => (order === 'oldest' ? a - b : b - a)));
			expect(new Set(times).size).toBe(7);
		}
	});

	it('the first-run cap takes the newest; a look-back of nothing takes only what comes', async () => {
		const all = deliver(6, 1);
		const capped = await poll(undefined, { firstRunCap: 2 });
		expect(capped.messages.map(({ id }) => id).sort()).toEqual(
			all
				.slice(0, 2)
				.map(({ immutableId }) => immutableId)
				.sort(),
		);
		const none = await poll(undefined, { firstRunLookBack: 'PT0S' });
		expect(none.messages).toEqual([]);
		deliver(1);
		expect((await poll(none.state)).messages).toHaveLength(1);
		expect((await poll(undefined, { firstRunLookBack: 'all' })).messages).toHaveLength(7);
	});

	it.each(['unavailable', 'throttled', 'timeout', 'reset', 'reset-in-body', 'bandwidth'] as const)(
		'%s is sat out',
		async (kind) => {
			deliver(3);
			lab.graph.faults.push({ kind, path: '/$value', times: 2, ...(kind === 'throttled' ? { retryAfter: 3 } : {}) });
			const result = await poll();
			expect(result.messages.filter(({ failure, raw }) => failure === undefined && raw.length > 0)).toHaveLength(3);
			if (kind === 'throttled') expect(slept).toContain(3000);
		},
	);

	it('when the requests of the application are used up, the poll waits as long as Graph says', async () => {
		deliver(12);
		lab.graph.throttling = { concurrency: 4, requests: 6, windowMs: 10_000 };
		const result = await poll();
		expect(result.messages.filter(({ failure }) => failure === undefined)).toHaveLength(12);
		expect(lab.graph.counts.throttled).toBeGreaterThan(0);
		expect(Math.max(...slept)).toBeLessThanOrEqual(10_000);
	});

	it('a Retry-After longer than the poll is passed on, and what was found is handed over first', async () => {
		deliver(5);
		const { state } = await poll(undefined, { cap: 2 });
		lab.graph.faults.push({ kind: 'throttled', retryAfter: 300, path: '/$value', times: 9 });
		expect(await fails(poll(state))).toMatchObject({
			code: 'MAILBOX_THROTTLED',
			transient: true,
			retryAfterMs: expect.any(Number),
		});
		lab.graph.faults.length = 0;
		time += 400_000;
		expect((await poll(state)).messages).toHaveLength(3);
	});

	it('a proxy page is neither a list nor a message', async () => {
		deliver(1);
		lab.graph.faults.push({ kind: 'html', times: 99 });
		expect(await fails(poll())).toMatchObject({
			code: 'MAILBOX_UNAVAILABLE',
			message: expect.stringMatching(/did not answer like Microsoft Graph/),
		});
	});

	it('a message whose MIME cannot be built is reported with its header, and stops no other', async () => {
		const broken = box.deliver(inbox(), { subject: 'broken', broken: true, receivedAt: time - 1000 });
		deliver(2);
		const result = await poll();
		const failed = result.messages.find(({ id }) => id === broken.immutableId)!;
		expect(failed).toMatchObject({
			truncated: true,
			failure: { code: 'MAILBOX_UNAVAILABLE', attempts: 1, retryAt: expect.any(Date) },
		});
		expect(failed.raw.toString()).toContain('Subject: broken');
		expect(result.messages.filter(({ failure }) => failure === undefined)).toHaveLength(2);
		expect(result.more).toBe(false);
		broken.broken = false;
		time += 120_000;
		expect((await poll(result.state)).messages).toMatchObject([{ id: broken.immutableId, truncated: false }]);
	});

	it('a message deleted before its bytes were read is told, not an error', async () => {
		const [first] = deliver(2);
		const { state } = await poll(undefined, { cap: 1, order: 'oldest' });
		box.remove(first!);
		const once = await poll(state);
		expect([once.messages, once.warnings]).toEqual([[], []]);
		time += 60_000;
		const result = await poll(once.state);
		expect(result.messages).toEqual([]);
		expect(result.warnings).toMatchObject([{ code: 'message-gone' }]);
		expect(result.state.missing).toBeUndefined();
	});

	it('a message moved away before its bytes were read is still read: its id survives the move', async () => {
		const [first] = deliver(2);
		const { state } = await poll(undefined, { cap: 1, order: 'oldest' });
		box.move(first!, box.folder('deleteditems'));
		expect((await poll(state)).messages.map(({ id }) => id)).toEqual([first!.immutableId]);
	});

	it('above the size limit there is the header, and the message is truncated', async () => {
		const header = 'Subject: large\r\nFrom: <a@example.com>\r\n';
		const raw = Buffer.concat([Buffer.from(`${header}\r\n`), Buffer.alloc(3_000_000, 'x')]);
		box.deliver(inbox(), { raw });
		const [message] = (await poll(undefined, { maxMessageBytes: 100_000 })).messages;
		expect(message).toMatchObject({ truncated: true, raw: Buffer.from(header) });
		expect((await poll(undefined, { maxMessageBytes: 4_000_000 })).messages[0]!.raw.equals(raw)).toBe(true);
	});

	it.each([
		['does not answer', { kind: 'unavailable' as const }],
		['answers with a page', { kind: 'html' as const }],
	])(
		'a message comes all the same, and says what may be missing, when Graph %s where its attachments are listed',
		async (_name, fault) => {
			box.deliver(inbox(), {
				subject: 'linked',
				attachments: [{ kind: 'reference', name: 'report.docx', url: 'https://example.sharepoint.com/report.docx' }],
			});
			lab.graph.faults.push({ ...fault, path: '/attachments', times: 100 });
			const { messages, state } = await poll();
			expect(messages).toEqual([
				expect.objectContaining({
					truncated: false,
					warnings: [{ code: 'links-missing', message: expect.stringContaining('Mailbox Reader') }],
				}),
			]);
			expect(messages[0]!.failure).toBeUndefined();
			expect(messages[0]!.raw.toString()).toContain('Subject: linked');
			expect((await poll(state)).messages).toEqual([]);
		},
	);

	it('files attached as links are named, for they are not in the bytes', async () => {
		box.deliver(inbox(), {
			attachments: [
				{ kind: 'file', name: 'a.pdf', bytes: Buffer.from('%PDF') },
				{ kind: 'reference', name: 'report.docx', url: 'https://example.sharepoint.com/report.docx' },
			],
		});
		expect((await poll()).messages[0]!.links).toEqual([
			{ name: 'report.docx', url: 'https://example.sharepoint.com/report.docx' },
		]);
	});

	it('a filter sees sender and subject; what it refuses costs no bytes and counts as handled', async () => {
		box.deliver(inbox(), { subject: 'Threat report', from: 'cti@example.org' });
		box.deliver(inbox(), { subject: 'Lunch', from: 'cook@example.com' });
		const result = await poll(undefined, {
			filter: ({ from, subject }) => from[0]?.address === 'cti@example.org' && /report/.test(subject),
		});
		expect(result.messages.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString())?.[1])).toEqual(['Threat report']);
		expect(result.state.todo).toEqual([]);
		expect(lab.graph.counts.byKind.value).toBe(1);
	});

	it('a forgotten delta link is a resync, not an error, and repeats nothing that was delivered lately', async () => {
		deliver(3, 40);
		deliver(5);
		const { state } = await poll();
		lab.graph.delta.forget();
		const [fresh] = deliver(1);
		const result = await poll(state);
		expect(result.messages.map(({ id }) => id)).toEqual([fresh!.immutableId]);
		expect(result.warnings).toMatchObject([{ code: 'resync' }]);
		expect(result.state.phase).toBe('steady');
	});

	it('the link may be forgotten in every phase: in the first round, between rounds, and in the middle of a resync', async () => {
		const handedOver: string[] = [];
		const phases: string[] = [];
		let state: GraphFolderState | undefined;
		let pages = 0;
		// Now and then Exchange has forgotten the link by the time that the next page is asked for.
		lab.graph.onRequest = (kind) => {
			if (kind === 'delta' && ++pages % 9 === 2) lab.graph.delta.forget();
		};
		deliver(250, 1);
		for (let round = 0; round < 3; round++) {
			for (let more = true; more;) {
				const result = await poll(state, { cap: 120 });
				handedOver.push(...result.messages.map(({ id }) => id));
				({ state, more } = result);
				phases.push(state.phase);
			}
			lab.graph.delta.forget();
			deliver(150);
		}
		const expected = [...inbox().members].slice(0, 250 + 2 * 150);
		expect(phases).toEqual(expect.arrayContaining(['initial', 'steady', 'resync']));
		expect(expected.filter((id) => !handedOver.includes(id))).toEqual([]);
		expect(new Set(handedOver).size).toBe(550);
	});

	it('an Exchange that forgets every link at once is not asked for ever', async () => {
		deliver(250, 1);
		lab.graph.onRequest = (kind) => kind === 'delta' && lab.graph.delta.forget();
		const result = await poll(undefined, { cap: 1000 });
		expect(result.more).toBe(true);
		expect(lab.graph.counts.byKind.delta).toBeLessThan(12);
		lab.graph.onRequest = undefined;
		expect(result.messages.length + (await poll(result.state, { cap: 1000 })).messages.length).toBe(250);
	});

	it('a folder that was deleted and made anew is found again by its name', async () => {
		const old = box.addFolder('Reports');
		box.deliver(old, {});
		const { state } = await poll(undefined, { folder: 'Reports' });
		box.removeFolder(old);
		expect(await fails(poll(state, { folder: 'Reports' }))).toMatchObject({
			code: 'MAILBOX_FOLDER_MISSING',
			transient: false,
		});
		const fresh = box.addFolder('Reports');
		const message = box.deliver(fresh, {});
		const result = await poll(state, { folder: 'Reports' });
		expect(result.messages.map(({ id }) => id)).toEqual([message.immutableId]);
		expect(result.warnings).toMatchObject([{ code: 'folder-replaced' }]);
	});

	it('a renamed folder is the same folder', async () => {
		const folder = box.addFolder('Reports');
		const { state } = await poll(undefined, { folder: 'Reports' });
		folder.displayName = 'Berichte';
		box.deliver(folder, {});
		expect((await poll(state, { folder: 'Reports' })).messages).toHaveLength(1);
	});

	it('a cursor of another mailbox or folder, or a damaged one, is not used, and that is said', async () => {
		deliver(2);
		const { state } = await poll();
		expect((await poll(state, { folder: 'archive' })).warnings).toMatchObject([{ code: 'other-mailbox' }]);
		expect((await poll({ ...state, account: 'x@y' })).messages).toHaveLength(2);
		expect((await poll({ ...state, todo: 'x' as never })).warnings).toMatchObject([{ code: 'cursor-unreadable' }]);
		expect((await poll({} as never)).messages).toHaveLength(2);
	});

	it.each([
		['a time that no calendar has', { method: 'modified', mark: { from: 1e300, lowest: 0, recent: [] } }],
		['rows seen that are none', { method: 'modified', mark: { from: 0, lowest: 0, recent: [null] } }],
		['a message without an id', { todo: [[null, 5]] }],
		['an id with half of a character', { todo: [['a\ud800', 5]] }],
		['a time of reception that is none', { todo: [['a', null]] }],
		['a retry that is none', { retry: { a: null } }],
		['a retry of no number of tries', { retry: { a: ['x', 0, 5] } }],
		['a link to another server', { link: 'https://graph.example.net/v1.0/x' }],
		['a link that is none', { link: '../x' }],
		['no folder', { folderId: '' }],
		['a cap that is none', { left: -1 }],
		['another version', { v: 2 }],
	] as const)('a saved state with %s is not used: the folder is read from its look-back on', async (_what, change) => {
		deliver(2);
		const { state } = await poll();
		const result = await poll({ ...state, ...change } as unknown as GraphFolderState);
		expect([result.warnings.map(({ code }) => code), result.messages.length]).toEqual([['cursor-unreadable'], 2]);
		expect((await poll(result.state)).warnings).toEqual([]);
	});

	it('a saved state whose folder has an id that is none: the folder is found again, and read anew', async () => {
		deliver(2);
		const { state } = await poll();
		deliver(1);
		const result = await poll({ ...state, link: '', folderId: 'no id, surely' });
		expect(result.warnings.map(({ code }) => code)).toEqual(['folder-replaced']);
		expect([result.messages.length, result.state.folderId]).toEqual([1, state.folderId]);
		expect((await poll(result.state)).warnings).toEqual([]);
	});

	it('no saved state at all is a first poll, also where the database gives null', async () => {
		deliver(2);
		const result = await poll(null as never);
		expect([result.warnings, result.messages.length]).toEqual([[], 2]);
	});

	it('a cloud without the delta query is polled by lastModifiedDateTime', async () => {
		lab.graph.hasDelta = false;
		deliver(60, 1);
		const first = await poll(undefined, { cap: 100 });
		expect(first.warnings).toMatchObject([{ code: 'no-delta' }]);
		expect(first.messages).toHaveLength(60);
		const moved = box.deliver(box.folder('archive'), { receivedAt: time - 500 * DAY });
		time += 60_000;
		box.move(moved, inbox());
		expect((await poll(first.state)).messages.map(({ id }) => id)).toEqual([moved.immutableId]);
	});

	it('an Exchange that does not sort the delta query is asked without', async () => {
		lab.graph.delta.sorts = false;
		deliver(5, 1);
		expect((await poll(undefined, { order: 'newest' })).messages).toHaveLength(5);
	});

	it('no permission to read bodies stops the poll before anything is set aside', async () => {
		deliver(9);
		const error = await fails(
			use(async (mailbox) => await mailbox.poll(undefined), {
				tokens: lab.tokens(['Mail.ReadBasic.All']),
				clientId: LAB_CLIENT,
			}).then((result) => {
				expect(result.messages).toEqual([]);
				return use(async (mailbox) => await mailbox.poll(result.state), { tokens: lab.tokens(['Mail.ReadBasic.All']) });
			}),
		);
		expect(error).toMatchObject({
			code: 'MAILBOX_NOT_ALLOWED',
			transient: false,
			hint: expect.stringMatching(/only has Mail\.ReadBasic/),
		});
	});

	it('the poll ends within its budget, and the rest waits', async () => {
		deliver(30);
		lab.graph.onRequest = () => void (time += 1000);
		const result = await poll(undefined, { budgetMs: 10_000 });
		expect(result.messages.length).toBeGreaterThan(0);
		expect(result.messages.length).toBeLessThan(30);
		expect(result.more).toBe(true);
		lab.graph.onRequest = undefined;
		expect(result.messages.length + (await poll(result.state)).messages.length).toBe(30);
	});

	it('however many mailboxes poll at once, the application has three requests in flight', async () => {
		for (const address of ['a@example.com', 'b@example.com']) lab.graph.mailboxes.set(address, box);
		deliver(40);
		lab.graph.latencyMs = 2;
		await Promise.all(
			['soc@example.com', 'a@example.com', 'b@example.com'].map(
				async (mailbox) => await use(async (opened) => await opened.poll(undefined), { mailbox }),
			),
		);
		expect(lab.graph.counts).toMatchObject({ inFlight: 3, throttled: 0 });
	});

	it('100,000 messages: fewer than 1,100 requests, over several polls, in a cursor of a few KB', async () => {
		const folder = inbox();
		for (let index = 0; index < 100_000; index++)
			box.deliver(folder, {
				receivedAt: time - (index < 60 ? 1 : 40) * DAY - index * 1000,
				subject: 'x',
				from: 'a@example.com',
				messageId: '<x@example.com>',
			});
		lab.graph.gzip = false;
		let state: GraphFolderState | undefined;
		let handedOver = 0;
		let largest = 0;
		lab.graph.onRequest = () => void (time += 100);
		for (let more = true; more;) {
			const result = await poll(state, { cap: 50 });
			({ state, more } = result);
			handedOver += result.messages.length;
			largest = Math.max(largest, JSON.stringify(state).length);
		}
		expect(handedOver).toBe(60);
		expect(lab.graph.counts.requests).toBeLessThan(1100);
		expect(largest).toBeLessThan(16_384);
	}, 120_000);
});

describe('reading a Microsoft 365 mailbox without a cursor', () => {
	let lab: MicrosoftLab;
	let box: LabMailbox;
	let mailbox: GraphMailbox;
	beforeEach(async () => {
		lab = await MicrosoftLab.start();
		box = lab.graph.mailbox('soc@example.com');
		mailbox = new GraphMailbox({ ...lab.credential(), mailbox: 'soc@example.com', tokens: lab.tokens() });
	});
	afterEach(async () => {
		await mailbox.close();
		await lab.close();
	});
	const inbox = () => box.folder('inbox');

	it('folders: by role in any language, by path with quotes and slashes, past the first page, or by id', async () => {
		const reports = box.addFolder("O'Brien's reports", { parent: inbox() });
		for (let index = 0; index < 120; index++) box.addFolder(`Feed ${index}`, { parent: reports });
		const deep = box.addFolder('TLP/AMBER', { parent: reports });
		const message = box.deliver(deep, {});
		for (const folder of [
			"inbox/O'Brien's reports/TLP\\/AMBER",
			"Posteingang/O'Brien's reports/TLP\\/AMBER",
			deep.id,
		]) {
			expect((await mailbox.sample({ folder }))?.id).toBe(message.immutableId);
		}
		const folders = await mailbox.listFolders();
		expect(folders).toHaveLength(7 + 122);
		expect(folders.find(({ id }) => id === deep.id)).toMatchObject({
			path: "Posteingang/O'Brien's reports/TLP\\/AMBER",
			name: 'TLP/AMBER',
			messages: 1,
		});
		expect(folders.find(({ name }) => name === 'Posteingang')?.specialUse).toBe('inbox');
	});

	it('a folder that is missing is told with those that are there', async () => {
		const error = await mailbox
			.poll(undefined, { folder: 'Posteingang/Reportz' })
			.catch((reason: MailboxError) => reason);
		expect(error).toMatchObject({ code: 'MAILBOX_FOLDER_MISSING', transient: false });
		box.addFolder('Reports', { parent: inbox() });
		const again = await mailbox
			.poll(undefined, { folder: 'Posteingang/Reportz' })
			.catch((reason: MailboxError) => reason);
		expect((again as MailboxError).hint).toContain('Reports');
	});

	it('one message by its id or Message-ID, as bytes or as a stream; a missing one is said', async () => {
		const raw = Buffer.concat([Buffer.from('Subject: large\r\n\r\n'), Buffer.alloc(5_000_000, 'y')]);
		const { immutableId, messageId } = box.deliver(inbox(), { raw, messageId: "<o'hara@example.com>" });
		expect((await mailbox.get({ messageId })).id).toBe(immutableId);
		expect((await mailbox.get({ messageId: "o'hara@example.com" })).raw.equals(raw)).toBe(true);
		const { stream } = await mailbox.download({ id: immutableId });
		const chunks: Buffer[] = [];
		for await (const chunk of stream) chunks.push(chunk as Buffer);
		expect(Buffer.concat(chunks).equals(raw)).toBe(true);
		await expect(mailbox.get({ id: 'AAkALgAAAAAAHYQ-nothing' })).rejects.toMatchObject({
			code: 'MAILBOX_MESSAGE_MISSING',
		});
		await expect(mailbox.get({ messageId: '<nothing@example.com>' })).rejects.toMatchObject({
			code: 'MAILBOX_MESSAGE_MISSING',
		});
	});

	it('attachments of all kinds; a link has no bytes', async () => {
		const { immutableId } = box.deliver(inbox(), {
			attachments: [
				{ kind: 'file', name: 'a.bin', contentType: 'application/pdf', bytes: Buffer.from([0, 255, 1]) },
				{
					kind: 'item',
					name: 'forwarded',
					contentType: 'message/rfc822',
					bytes: Buffer.from('Subject: inner\r\n\r\n'),
				},
				{ kind: 'reference', name: 'cloud' },
			],
		});
		const found = (await mailbox.attachments(immutableId)).attachments;
		expect(found.map(({ kind, name }) => [kind, name])).toEqual([
			['file', 'a.bin'],
			['item', 'forwarded'],
			['reference', 'cloud'],
		]);
		const chunks: Buffer[] = [];
		for await (const chunk of await mailbox.downloadAttachment(immutableId, found[0]!.id)) chunks.push(chunk as Buffer);
		expect([...Buffer.concat(chunks)]).toEqual([0, 255, 1]);
		await expect(mailbox.downloadAttachment(immutableId, found[2]!.id)).rejects.toMatchObject({
			code: 'MAILBOX_PROTOCOL',
		});
	});

	it('search by words and exact times, newest first', async () => {
		const at = Date.UTC(2026, 6, 1, 12);
		for (let hour = 0; hour < 6; hour++)
			box.deliver(inbox(), {
				subject: hour % 2 ? 'Invoice "due"' : 'Report',
				receivedAt: at + hour * 3_600_000,
				from: `user${hour}@example.net`,
			});
		const since = new Date(at + 3_600_000);
		expect((await mailbox.search({ subject: 'report', since })).map(({ from }) => from[0]!.address)).toEqual([
			'user4@example.net',
			'user2@example.net',
		]);
		expect(await mailbox.search({ since, before: new Date(at + 3 * 3_600_000), limit: 1 })).toMatchObject([
			{ subject: 'Report' },
		]);
		expect(await mailbox.search({ subject: 'Invoice "due" AND from:x', text: '"' })).toEqual([]);
		expect(await mailbox.search({ from: 'user3@example.net' }, { folder: 'inbox' })).toHaveLength(1);
	});

	it('the newest message that matches, without a cursor', async () => {
		box.deliver(inbox(), { subject: 'old', receivedAt: Date.now() - 5000 });
		box.deliver(inbox(), { subject: 'new' });
		expect((await mailbox.sample())?.raw.toString()).toContain('Subject: new');
		expect((await mailbox.sample({ filter: ({ subject }) => subject === 'old' }))?.raw.toString()).toContain(
			'Subject: old',
		);
		expect(await mailbox.sample({ filter: () => false })).toBeUndefined();
		expect(lab.graph.counts.byKind.delta).toBeUndefined();
	});
});

import type { FlowMessage } from '../../node-red/shared/runtime';
import { exampleMessages } from '../engine/exampleWorkflow';
import { mail } from '../lab/imap';
import { withAccounts } from '../lab/nodeRed/flows';
import { describeNodeRed, NodeRed } from '../lab/nodeRed/helper';
import type { FlowEntry } from '../lab/nodeRed/server';
import { Peers } from '../lab/nodeRed/world';

type Payload = Record<string, unknown>;

const BUNDLE = { bundle: 'payload.bundle', bundleType: 'msg' };

const bytesOf = (name: string) => Buffer.from(exampleMessages().find((message) => message.name === name)!.raw);
const withFile = () =>
	[
		'From: Sender <sender@example.org>',
		'To: analyst@example.com',
		'Subject: With a file',
		'Message-ID: <with-a-file@example.org>',
		'Date: Fri, 20 Nov 2026 10:00:00 +0000',
		'MIME-Version: 1.0',
		'Content-Type: multipart/mixed; boundary="part"',
		'',
		'--part',
		'Content-Type: text/plain',
		'',
		'See the file.',
		'--part',
		'Content-Type: text/plain; name="invoice.txt"',
		'Content-Disposition: attachment; filename="invoice.txt"',
		'',
		'https://bad.example/pay',
		'--part--',
		'',
	].join('\r\n');

describeNodeRed('what the nodes do for a SOC, against the lab', () => {
	let red: NodeRed;
	let peers: Peers;
	beforeEach(async () => {
		red = new NodeRed();
		peers = await Peers.start({
			messages: [{ raw: mail({ subject: 'Invoice overdue' }) }, { raw: mail({ subject: 'Newsletter' }) }],
			folders: ['Done'],
		});
	});
	afterEach(async () => {
		await red.unload();
		await peers.close();
	});

	const ACCOUNTS = { imap: 'imap', microsoft: 'microsoft', cisco: 'cisco', opencti: 'opencti' };
	/** Nodes in a row, the last of which is looked at. */
	const load = async (...nodes: ({ type: string } & Record<string, unknown>)[]) =>
		await red.load(
			withAccounts(
				[
					{ id: 'tab', type: 'tab', label: 'Test' },
					...nodes.map(({ type, ...more }, index) => ({
						id: `n${index}`,
						z: 'tab',
						type: `email-intel-${type}`,
						...(type.endsWith('in') || /read|hunt|report/.test(type) ? ACCOUNTS : {}),
						...more,
						wires: [[index + 1 < nodes.length ? `n${index + 1}` : 'out']],
					})),
					{ id: 'out', z: 'tab', type: 'helper', wires: [] },
					...Object.values(ACCOUNTS).map((kind) => ({ id: kind, type: `email-intel-${kind}` })),
				] as FlowEntry[],
				peers.accounts,
			),
		);
	const found = async (subject: string): Promise<Payload> => {
		await load({ type: 'mailbox-read', operation: 'search', subject });
		const { payload } = await red.run('n0', { payload: {} });
		return payload as Payload;
	};
	const run = async (payload: unknown, more: FlowMessage = {}) => await red.run('n0', { payload, ...more });

	describe('mailbox read', () => {
		it('marks as read, flags, and moves the message that it is told, and says where it is now', async () => {
			const hit = await found('Invoice');
			await red.unload();
			await load(
				{ type: 'mailbox-read', operation: 'markAsRead' },
				{ type: 'mailbox-read', operation: 'flag', flags: '\\Flagged, $Phishing' },
				{ type: 'mailbox-read', operation: 'move', destination: 'Done' },
				{ type: 'mailbox-read', operation: 'get' },
			);
			const { payload } = await run({ ...hit, kept: 1 });
			expect(payload).toMatchObject({ subject: 'Invoice overdue', source: { folder: 'Done' }, kept: 1, moved: true });
			expect(peers.imap.list('Done')).toMatchObject([
				{ flags: expect.arrayContaining(['\\Seen', '\\Flagged', '$Phishing']) },
			]);
			expect(peers.imap.list().map(({ flags }) => flags)).toEqual([[]]);
		});

		it('does not touch a Microsoft 365 mailbox, and says so', async () => {
			await load({
				type: 'mailbox-read',
				operation: 'markAsRead',
				connection: 'microsoft',
				messageBy: 'number',
				number: 'x',
			});
			await expect(run({})).rejects.toThrow(/read-only .*NODE_RED_INPUT/s);
		});

		it('writes the answer to whoever reported a message, once', async () => {
			await load({ type: 'mailbox-read', operation: 'draftReply', verdict: 'v', verdictType: 'msg', language: 'de' });
			const report = bytesOf('15-reported-phish.eml');
			const first = await run(report, { v: 'phishing' });
			expect(first).toMatchObject({
				payload: { reply: { to: expect.stringContaining('@'), verdict: 'phishing', language: 'de' } },
				binary: { reply_0: { mimeType: 'message/rfc822', data: expect.any(Buffer) } },
			});
			expect(await run(report, { v: 'phishing' })).toMatchObject({ payload: { reply: { skipped: 'answered' } } });
			await expect(run(report, { v: 'perhaps' })).rejects.toThrow(/'Verdict' is not one of its options/);
		});

		it('gets a message with its attachments, and one attachment by its name', async () => {
			peers.imap.append(withFile());
			const hit = await found('With a file');
			await red.unload();
			await load({ type: 'mailbox-read', operation: 'get', attachments: true, includeRaw: false });
			const { binary } = await run(hit);
			expect(Object.keys(binary as object)).toEqual(['attachment_0']);
			await red.unload();
			await load({
				type: 'mailbox-read',
				operation: 'attachments',
				attachmentBy: 'fileName',
				attachment: 'invoice.txt',
			});
			expect(await run(hit)).toMatchObject({
				payload: { fileName: 'invoice.txt' },
				binary: { data: { fileName: 'invoice.txt' } },
			});
			await red.unload();
			await load({ type: 'mailbox-read', operation: 'attachments', attachmentBy: 'fileName', attachment: 'other' });
			await expect(run(hit)).rejects.toThrow(/It has 0: invoice\.txt\. \(EMAIL_ATTACHMENT_MISSING\)/);
		});
	});

	it('mailbox in takes what its filters let through, with its attachments', async () => {
		peers.imap.append(withFile());
		await load({
			type: 'mailbox-in',
			folder: 'INBOX',
			firstRun: 'all',
			interval: '1',
			memoryOnly: true,
			subjectContains: 'with a FILE',
			attachments: true,
		});
		await red.until('the message', () => red.received('out').length === 1);
		expect(red.received('out')[0]).toMatchObject({
			topic: 'With a file',
			binary: { email: {}, attachment_0: { fileName: 'invoice.txt', data: expect.any(Buffer) } },
		});
		await red.until('the end of the poll', () => red.statuses.at(-1)?.text === '1 in the flow');
		expect(red.received('out')).toHaveLength(1);
	});

	describe('hunt', () => {
		it.each(['cisco', 'defender', 'messageTrace'])(
			'%s: searches by fields, and translates a pattern',
			async (target) => {
				await load({
					type: 'hunt',
					operation: 'search',
					target,
					subject: 'invoice',
					textOperator: 'contains',
					lookBack: '7',
				});
				const { payload } = await run({ kept: 1 });
				expect(payload).toMatchObject({
					kept: 1,
					search: { matches: expect.any(Number), rows: expect.any(Array), bundle: { type: 'bundle' }, complete: true },
				});
				expect((payload as { search: { matches: number } }).search.matches).toBeGreaterThan(0);
				await red.unload();
				await load({
					type: 'hunt',
					operation: 'translate',
					target,
					cisco: '',
					microsoft: '',
					pattern: 'p',
					patternType: 'msg',
				});
				const translated = await run({}, { p: "[email-message:subject = 'a']" });
				expect(translated.payload).toMatchObject({
					translation: { queries: [expect.anything()], cost: expect.any(Object) },
				});
			},
		);

		it('hunts for the messages that wait in one run, and each gets its own', async () => {
			await load({ type: 'hunt', target: 'cisco', pattern: 'payload.pattern', patternType: 'msg' });
			const patterns = [
				"[email-message:subject = 'x']",
				'',
				'[',
				"[email-message:subject = 'x']",
				"[email-message:subject = 'y']",
			];
			// The first is on its way while the others come.
			patterns.forEach((pattern, index) => red.send('n0', { payload: { pattern: `${pattern}`, index } }));
			await red.until('all of them', () => red.received('out').length + red.errors.length === patterns.length);
			expect(red.errors).toMatchObject([{ text: expect.stringContaining('PATTERN_SYNTAX') }]);
			const hunts = red
				.received('out')
				.map(({ payload }) => payload as { index: number; hunt: { cost?: { queries: number } } });
			expect(hunts.map(({ index }) => index).sort()).toEqual([0, 1, 3, 4]);
			// What two of them ask alike is asked once: the run that both are in costs two queries, and not three.
			expect(hunts.filter(({ index }) => index > 2).map(({ hunt }) => hunt.cost?.queries)).toEqual([2, 2]);
		});
	});

	describe('opencti report', () => {
		const phish = () => bytesOf('08-defanged-indicators.eml');

		it.each(['report', 'case', 'incident'])('makes a %s, then finds out that it is there', async (operation) => {
			await load({ type: 'email-to-stix', patternPolicy: 'defanged' }, { type: 'opencti-report', operation });
			const first = (await run(phish())).payload as Payload;
			expect(first[operation]).toMatchObject({ id: expect.any(String), created: true, complete: true });
			const second = (await run(phish())).payload as Payload;
			expect(second[operation]).toMatchObject({ id: (first[operation] as { id: string }).id, created: false });
		});

		it('adds a note and files to what a node before has made, finds it, and makes nothing twice', async () => {
			await load(
				{ type: 'opencti-report' },
				{ type: 'opencti-report', operation: 'note', note: 'said', noteType: 'msg' },
				{ type: 'opencti-report', operation: 'files', files: 'email' },
				{ type: 'opencti-report', operation: 'find', messageId: 'payload.report.messageId', messageIdType: 'msg' },
			);
			const { payload } = await run(phish(), { said: 'Blocked at the proxy' });
			expect(payload).toMatchObject({ found: true, added: { files: [{ status: 'uploaded' }], complete: true } });
			expect(peers.openCti.snapshot().reports).toHaveLength(1);
		});

		it('puts what a hunt found on a report', async () => {
			await load(
				{ type: 'opencti-report' },
				{ type: 'hunt', target: 'cisco', pattern: "[email-message:subject LIKE '%']", patternType: 'str' },
				{ type: 'opencti-report', operation: 'findings', huntRecipients: 'counts' },
			);
			const { payload } = await run(phish());
			expect(payload).toMatchObject({ added: { id: expect.any(String) }, hunt: { rows: expect.any(Array) } });
			await red.unload();
			await load({ type: 'opencti-report', operation: 'findings' });
			await expect(run({ report: { id: 'x' } })).rejects.toThrow(/no results of a hunt.*NODE_RED_INPUT/s);
		});

		it('makes a report of a bundle, and imports one', async () => {
			await load(
				{ type: 'email-to-stix' },
				{ type: 'opencti-report', operation: 'bundle', ...BUNDLE, reportName: 'Named' },
			);
			expect((await run(phish())).payload).toMatchObject({ report: { created: true, name: 'Named' } });
			await red.unload();
			await load({ type: 'email-to-stix' }, { type: 'opencti-report', operation: 'import', ...BUNDLE, tlp: 'green' });
			expect((await run(phish())).payload).toMatchObject({ imported: { mode: 'direct' } });
		});

		it('lists what the platform has', async () => {
			await load();
			const [account] = withAccounts([{ id: 'opencti', type: 'email-intel-opencti' }], peers.accounts);
			const { credentials, ...fields } = account!;
			for (const what of [
				'labels',
				'markings',
				'authors',
				'reports',
				'drafts',
				'reportTypes',
				'responseTypes',
				'incidentTypes',
				'reliabilities',
			]) {
				const answer = await red.ask('/email-intel/opencti/choices', { fields, credentials, what });
				expect([what, answer]).toEqual([what, { ok: true, choices: expect.any(Array) }]);
			}
			const other = await red.ask('/email-intel/opencti/choices', { fields, credentials, what: 'constructor' });
			expect(other).toMatchObject({ ok: false, message: expect.stringContaining('SETTING_INVALID') });
		});
	});

	describe('email to stix and stix pattern', () => {
		it('puts the bundle and a picture into files, and opens attachments', async () => {
			await load({
				type: 'email-to-stix',
				output: 'binary',
				picture: 'svg',
				openAttachments: true,
				include: 'report,attachments',
			});
			const { payload, binary } = await run(withFile());
			expect(payload).not.toHaveProperty('bundle');
			expect(binary).toMatchObject({
				bundle: { mimeType: 'application/stix+json' },
				picture: { mimeType: 'image/svg+xml' },
			});
		});

		it('flags what a warning list names, whichever way it comes', async () => {
			await load({
				type: 'email-to-stix',
				leaveOut: 'nothing',
				warningLists: 'lists',
				warningListsType: 'msg',
				warningListFile: 'list',
			});
			const list = (name: string, value: string) => ({
				name,
				list: [value],
				matching_attributes: ['domain', 'hostname', 'url'],
				type: 'hostname',
			});
			const raw = mail({ subject: 'x', body: 'see https://one.example/a and https://two.example/b' });
			const { payload } = await run(raw, {
				lists: [list('first', 'one.example')],
				binary: { list: { data: Buffer.from(JSON.stringify(list('second', 'two.example'))) } },
			});
			const flagged = (payload as { indicators: { value: string; flags: string[] }[] }).indicators.filter(({ flags }) =>
				flags.includes('warning-list'),
			);
			expect(flagged.map(({ value }) => value).join()).toMatch(/one\.example.*two\.example/s);
		});

		it('makes one pattern of the indicators of each message that Join has put together', async () => {
			await load({ type: 'stix-pattern' });
			const indicator = (value: string, id: string) => ({
				type: 'domain-name',
				value,
				original: value,
				defanged: true,
				sources: [{ part: 'text' }],
				flags: [],
				message: { id },
			});
			red.send('n0', {
				payload: [indicator('one.example', '1'), indicator('two.example', '1'), indicator('three.example', '2')],
			});
			await red.until('both', () => red.received('out').length === 2);
			expect(red.received('out').map(({ payload }) => payload)).toMatchObject([
				{ id: '1', pattern: expect.stringMatching(/one\.example.*two\.example/) },
				{ id: '2', pattern: expect.stringContaining('three.example') },
			]);
			await expect(run([{ temperature: 21 }])).rejects.toThrow(/NODE_RED_INPUT/);
		});

		it('says where all values were left out, for no message can', async () => {
			const only = { extract: 'ips', leaveOut: 'custom', leaveOutFlags: 'private' };
			await load({ type: 'email-to-stix', operation: 'extract', ...only });
			red.send('n0', { payload: mail({ subject: 'x', body: 'see 10.0.0.1' }) });
			await red.until('the end', () => red.statuses.some(({ text }) => / indicators$/.test(text ?? '')));
			expect(red.received('out')).toEqual([]);
			expect(red.warnings).toEqual(["'Leave Out' removed all values that were found (private 1)."]);
			expect(red.statuses.at(-1)).toMatchObject({ fill: 'yellow', text: '0 indicators' });
		});
	});
});

import type { FlowMessage } from '../../node-red/shared/runtime';
import { exampleMessages } from '../engine/exampleWorkflow';
import { forms, untouched } from '../lab/nodeRed/forms';
import { describeNodeRed, NodeRed } from '../lab/nodeRed/helper';
import type { FlowEntry } from '../lab/nodeRed/server';

// Somebody may write a flow by hand, and a message may hold anything: what is not what it has to be is never ignored in silence.

const raw = exampleMessages().find(({ name }) => name === '08-defanged-indicators.eml')!.raw;
const source = { kind: 'imap', mailbox: 'a@example.com', folder: 'INBOX', uid: 7, uidValidity: '1' };
/** What each operation needs of a message. */
const payload = () => ({
	raw: raw.toString('base64'),
	source,
	messageId: '<one@example.com>',
	indicators: [],
	pattern: "[url:value = 'http://a.example']",
	bundle: { type: 'bundle', id: 'bundle--1', objects: [{ type: 'url', id: 'url--1', value: 'http://a.example' }] },
	hunt: { matches: 1, rows: [{ subject: 'x', from: 'a@example.com' }], bundle: {}, complete: true },
	report: { id: 'report--1' },
});

/** Ways to use a node that together read every field of it. */
const USES: Readonly<Record<string, object[]>> = {
	'mailbox-ack': [{}],
	'mailbox-read': [
		{ operation: 'get' },
		{ operation: 'get', connection: 'microsoft' },
		{ operation: 'get', connection: 'gmail' },
		{ operation: 'get', messageBy: 'messageId', messageId: '<a@example.com>' },
		{ operation: 'get', messageBy: 'number', number: '7' },
		{ operation: 'attachments', attachmentBy: 'index', attachment: '0' },
		{ operation: 'search' },
		{ operation: 'folders' },
		{ operation: 'flag' },
		{ operation: 'move', destination: 'Done' },
		{ operation: 'draftReply', lookInSent: true },
	],
	'email-to-stix': [{ leaveOut: 'custom' }],
	'stix-pattern': [{}, { source: 'bundle' }, { operation: 'match' }],
	hunt: [
		...['cisco', 'defender', 'messageTrace'].flatMap((target) => [
			{ target },
			{ target, operation: 'search' },
			{ target, operation: 'search', window: 'times', start: '2026-11-01T00:00Z', stop: '2026-11-02T00:00Z' },
		]),
		{ operation: 'translate' },
	],
	'opencti-report': [
		{ leaveOut: 'custom' },
		...['case', 'incident', 'bundle', 'import', 'findings', 'files', 'find', 'similar'].map((operation) => ({
			operation,
		})),
		{ operation: 'note', note: 'x' },
		{ operation: 'find', findBy: 'id', target: 'report--1' },
		{ operation: 'find', findBy: 'name', reportName: 'x', publishedAt: '2026-11-01T00:00Z' },
	],
};

/** Codes of what a user set, or a message holds. */
const OURS = /\((?:NODE_RED_INPUT|SETTING_INVALID|WARNING_LIST_INVALID)\)$/;
/** Fields of what may be there: a hunt without a hit has no findings, a message no Message-ID. */
const MAY_BE_MISSING = new Set(['findings', 'warningLists', 'messageId']);

const stepsOf = (type: string) => USES[type.slice('email-intel-'.length)];
const steps = forms.filter(({ type }) => stepsOf(type) !== undefined);

it('covers every node that takes messages', () => {
	const nodes = forms.filter(({ definition }) => definition.category !== 'config').map(({ type }) => type);
	expect(steps.map(({ type }) => type).sort()).toEqual(
		nodes.filter((type) => type !== 'email-intel-mailbox-in').sort(),
	);
});

describeNodeRed('a field of a node', () => {
	let red: NodeRed;
	beforeEach(() => {
		red = new NodeRed();
	});
	afterEach(async () => await red.unload());

	/** What each of these nodes says of one message: its error, or nothing. */
	async function told(entries: readonly FlowEntry[], message: FlowMessage): Promise<(string | undefined)[]> {
		const tab = { id: 'tab', type: 'tab', label: 'Test' };
		await red.load([
			tab,
			...entries.map((entry, index) => ({ ...entry, id: `n${index}`, z: 'tab', wires: [[`o${index}`]] })),
			...entries.map((_, index) => ({ id: `o${index}`, z: 'tab', type: 'helper', wires: [] })),
		] as FlowEntry[]);
		entries.forEach((_, index) => red.send(`n${index}`, structuredClone(message)));
		const isDone = (index: number) =>
			red.errors.some(({ id }) => id === `n${index}`) ||
			red.statuses.some(({ id, fill }) => id === `n${index}` && fill !== 'blue' && fill !== undefined);
		await red.until('all of them', () => entries.every((_, index) => isDone(index)), 60_000);
		return entries.map((_, index) => red.errors.find(({ id }) => id === `n${index}`)?.text);
	}

	describe.each(steps.map(({ type }) => type))('%s', (type) => {
		const uses = stepsOf(type)!;
		const names = Object.keys(untouched(type)).filter((name) => name !== 'name' && !name.endsWith('Type'));
		const isTyped = (name: string) => `${name}Type` in untouched(type);
		const entry = (use: object, more: object): FlowEntry =>
			({ type, ...untouched(type), ...use, ...more }) as unknown as FlowEntry;
		/** Names of fields for which no use of the node says so. */
		async function ignored(fields: readonly string[], wrong: (name: string) => object): Promise<string[]> {
			const all = fields.flatMap((name) => uses.map((use) => ({ name, entry: entry(use, wrong(name)) })));
			const errors = await told(
				all.map((one) => one.entry),
				{ payload: payload(), wrong: { an: 'object' }, delivery: {} },
			);
			const seen = new Set(all.flatMap(({ name }, index) => (OURS.test(errors[index] ?? '') ? [name] : [])));
			return fields.filter((name) => !seen.has(name));
		}

		it('as it is, is no error of a field', async () => {
			const errors = await told(
				uses.map((use) => entry(use, {})),
				{ payload: payload(), delivery: {} },
			);
			const wrong = errors.filter((error) => error !== undefined && OURS.test(error));
			expect(wrong).toEqual(type === 'email-intel-mailbox-ack' ? [expect.stringContaining('msg.delivery')] : []);
		}, 90_000);

		it('with something else than it has to be, is an error', async () => {
			const accounts = ['imap', 'gmail', 'microsoft', 'cisco', 'opencti'];
			const own = names.filter((name) => !isTyped(name) && !accounts.includes(name));
			expect(await ignored(own, (name) => ({ [name]: { an: 'object' } }))).toEqual([]);
		}, 90_000);

		it('that takes something else from the message, is an error', async () => {
			const typed = names.filter((name) => isTyped(name) && name !== 'input');
			const wrong = (name: string) => ({ [name]: 'wrong', [`${name}Type`]: 'msg' });
			const json = new Set(['bundle', 'given', 'findings']);
			expect(
				await ignored(
					typed.filter((name) => !json.has(name)),
					wrong,
				),
			).toEqual([]);
		}, 90_000);

		it('that takes nothing from the message, is an error', async () => {
			const typed = names.filter((name) => isTyped(name) && name !== 'input' && !MAY_BE_MISSING.has(name));
			expect(await ignored(typed, (name) => ({ [name]: 'missing', [`${name}Type`]: 'msg' }))).toEqual([]);
		}, 90_000);

		it('of an account that is gone, is an error', async () => {
			if (['email-intel-email-to-stix', 'email-intel-stix-pattern', 'email-intel-mailbox-ack'].includes(type)) return;
			const [error] = await told([entry({}, { imap: 'gone', cisco: 'gone', opencti: 'gone' })], { payload: payload() });
			expect(error).toContain('is gone');
			expect(error).toContain('(NODE_RED_ACCOUNT_MISSING)');
		});
	});

	it('of mailbox in, with something else than it has to be, keeps it from starting', async () => {
		const type = 'email-intel-mailbox-in';
		const account = {
			id: 'account',
			type: 'email-intel-imap',
			host: '127.0.0.1',
			port: '1',
			user: 'a',
			security: 'none',
		};
		const base = { ...untouched(type), imap: 'account', memoryOnly: true };
		const names = Object.keys(base).filter((name) => !['name', 'imap', 'gmail', 'microsoft', 'mailbox'].includes(name));
		const entries = names.map((name, index) => ({
			id: `n${index}`,
			z: 'tab',
			type,
			...base,
			[name]: { an: 'object' },
			wires: [[]],
		}));
		await red.load([{ id: 'tab', type: 'tab', label: 'Test' }, account, ...entries]);
		await red.until('all of them', () => names.every((_, index) => red.errors.some(({ id }) => id === `n${index}`)));
		for (const [index, name] of names.entries()) {
			const { text } = red.errors.find(({ id }) => id === `n${index}`)!;
			expect([name, text]).toEqual([name, expect.stringMatching(/\((?:SETTING_INVALID|MAILBOX_CONFIGURATION)\)$/)]);
		}
	});
});

import type { FlowMessage } from '../../node-red/shared/runtime';
import { exampleMessages } from '../engine/exampleWorkflow';
import { describeNodeRed, NodeRed } from '../lab/nodeRed/helper';
import type { FlowEntry } from '../lab/nodeRed/server';

const messages = new Map(exampleMessages().map(({ name, raw }) => [name, raw]));
const defanged = () => Buffer.from(messages.get('08-defanged-indicators.eml')!);

/** A flow of nodes in a row, the last of which is looked at. */
const row = (...nodes: ({ type: string } & Record<string, unknown>)[]): FlowEntry[] => [
	{ id: 'tab', type: 'tab', label: 'Test' },
	...nodes.map((node, index) => ({
		id: `n${index}`,
		z: 'tab',
		...node,
		wires: [[index + 1 < nodes.length ? `n${index + 1}` : 'out']],
	})),
	{ id: 'out', z: 'tab', type: 'helper', wires: [] },
];
const stix = (more: object = {}) => ({ type: 'email-intel-email-to-stix', ...more });
const pattern = (more: object = {}) => ({ type: 'email-intel-stix-pattern', ...more });
const TYPED = { pattern: 'payload.pattern', patternType: 'msg', bundle: 'payload.bundle', bundleType: 'msg' };

describeNodeRed('the nodes that need no account', () => {
	let red: NodeRed;
	beforeEach(() => {
		red = new NodeRed();
	});
	afterEach(async () => await red.unload());

	describe('email to stix', () => {
		it.each([
			['a Buffer', () => defanged()],
			['a Uint8Array', () => new Uint8Array(defanged())],
			['text', () => defanged().toString('latin1')],
			['base64 in a field', () => ({ raw: defanged().toString('base64') })],
		])('makes a bundle of a raw message as %s', async (_how, payload) => {
			await red.load(row(stix({ patternPolicy: 'defanged' })));
			const result = await red.run('n0', { payload: payload(), kept: 7 });
			expect(result).toMatchObject({
				kept: 7,
				payload: { bundle: { type: 'bundle' }, complete: true, subject: 'Phishing wave against finance: indicators' },
				binary: { email: { mimeType: 'message/rfc822' } },
			});
			expect(red.statuses.at(-1)).toMatchObject({ id: 'n0', fill: 'green' });
		});

		it('takes the property and the typed settings that it is told', async () => {
			await red.load(row(stix({ input: 'mail.raw', ownDomains: 'ours', ownDomainsType: 'msg', labels: 'one, two' })));
			const result = await red.run('n0', { mail: { raw: defanged() }, ours: ['csirt.example.com'], payload: 'stays' });
			const { mail, payload } = result as unknown as {
				mail: { raw: { leftOut: object; bundle: { objects: object[] } } };
				payload: string;
			};
			expect(payload).toBe('stays');
			expect(mail.raw.leftOut).toMatchObject({ 'own-domain': expect.any(Number) });
			expect(mail.raw.bundle.objects).toContainEqual(
				expect.objectContaining({ type: 'report', labels: ['one', 'two'] }),
			);
		});

		it('gives the indicators one by one, as a sequence that Join knows', async () => {
			await red.load(row(stix({ operation: 'extract' })));
			await red.run('n0', { payload: defanged(), topic: 'kept' });
			const found = red.received('out');
			const { count } = found[0]!.parts as { count: number };
			await red.until('all of them', () => red.received('out').length === count);
			expect(red.received('out').map(({ parts, topic }) => [(parts as { index: number }).index, topic])).toEqual(
				Array.from({ length: count }, (_, index) => [index, 'kept']),
			);
			expect(found[0]!.payload).toMatchObject({ type: expect.any(String), value: expect.any(String) });
		});

		it('passes on the record of a message that could not be fetched, in yellow', async () => {
			await red.load(row(stix()));
			const source = { kind: 'imap', mailbox: 'a@example.com', folder: 'INBOX', uid: 7 };
			const payload = {
				id: 'imap:1',
				source,
				truncated: true,
				failure: { code: 'MAILBOX_PROTOCOL', message: 'No bytes' },
			};
			const result = await red.run('n0', { payload });
			expect(result.payload).toMatchObject({
				...payload,
				complete: false,
				warnings: [{ code: 'message-not-fetched', message: expect.stringContaining("'mailbox read'") }],
			});
			expect(red.statuses.at(-1)).toMatchObject({ fill: 'yellow' });
		});
	});

	describe('stix pattern', () => {
		it('builds of what email to stix found, and the bundle matches it', async () => {
			await red.load(row(stix(), pattern(), pattern({ operation: 'match', ...TYPED })));
			const { payload } = await red.run('n0', { payload: defanged() });
			expect(payload).toMatchObject({ pattern: expect.stringContaining('ipv4-addr:value'), matched: true });
		});

		it('checks one', async () => {
			await red.load(row(pattern({ operation: 'validate', ...TYPED })));
			expect((await red.run('n0', { payload: { pattern: "[url:value = 'http://a.example'" } })).payload).toMatchObject({
				valid: false,
			});
			expect(red.statuses.at(-1)).toMatchObject({ fill: 'yellow' });
			expect((await red.run('n0', { payload: { pattern: "[url:value = 'http://a.example']" } })).payload).toMatchObject(
				{
					valid: true,
				},
			);
		});

		it('has an empty pattern where there is nothing to look for', async () => {
			await red.load(row(pattern()));
			expect((await red.run('n0', { payload: { indicators: [] } })).payload).toMatchObject({
				pattern: '',
				warnings: [{ code: 'pattern-empty' }],
			});
		});
	});

	describe('bad input is an error of its message, in red, and the flow goes on', () => {
		const circular: Record<string, unknown> = {};
		circular.itself = circular;
		const BAD: [string, object, FlowMessage, string][] = [
			['nothing', stix(), {}, 'NODE_RED_INPUT'],
			['an empty text', stix(), { payload: '' }, 'NODE_RED_INPUT'],
			['a number', stix(), { payload: 5 }, 'NODE_RED_INPUT'],
			['a list', stix(), { payload: [1, 2] }, 'NODE_RED_INPUT'],
			['an object of something else', stix(), { payload: { temperature: 21 } }, 'EMAIL_NOT_FOUND'],
			['an object that holds itself', stix(), { payload: circular }, 'EMAIL_NOT_FOUND'],
			['a property that is no path', stix({ input: 'a[' }), { payload: 'x' }, 'NODE_RED_INPUT'],
			['a choice that nobody offers', stix({ tlp: 'purple' }), { payload: 'Subject: x\r\n\r\ny' }, 'SETTING_INVALID'],
			['a number that is none', stix({ maxIndicators: 'many' }), { payload: 'Subject: x\r\n\r\ny' }, 'SETTING_INVALID'],
			['an operation of no version', stix({ operation: 'constructor' }), { payload: 'x' }, 'SETTING_INVALID'],
			['no indicators', pattern(), { payload: { subject: 'x' } }, 'NODE_RED_INPUT'],
			[
				'a bundle that is none',
				pattern({ operation: 'match', ...TYPED }),
				{ payload: { pattern: '[a:b=1]', bundle: 7 } },
				'NODE_RED_INPUT',
			],
			[
				'a pattern that is none',
				pattern({ operation: 'match', ...TYPED }),
				{ payload: { pattern: '[', bundle: {} } },
				'PATTERN_SYNTAX',
			],
			[
				'an account that is gone',
				{ type: 'email-intel-hunt', cisco: 'gone', ...TYPED },
				{ payload: { pattern: '[a:b=1]' } },
				'NODE_RED_ACCOUNT_MISSING',
			],
			[
				'no account',
				{ type: 'email-intel-opencti-report' },
				{ payload: 'Subject: x\r\n\r\ny' },
				'NODE_RED_ACCOUNT_MISSING',
			],
			[
				'no account of a mailbox',
				{ type: 'email-intel-mailbox-read', operation: 'search' },
				{ payload: {} },
				'NODE_RED_ACCOUNT_MISSING',
			],
			['a message of no mailbox in', { type: 'email-intel-mailbox-ack' }, { payload: {} }, 'NODE_RED_INPUT'],
			[
				'a mailbox in that is gone',
				{ type: 'email-intel-mailbox-ack' },
				{ delivery: { node: 'gone', id: 'x' } },
				'NODE_RED_MAILBOX_IN_MISSING',
			],
		];

		it.each(BAD)('%s', async (_name, node, message, code) => {
			await red.load([
				...row(node as { type: string }),
				{ id: 'c0', z: 'tab', type: 'catch', scope: null, wires: [['caught']] },
				{ id: 'caught', z: 'tab', type: 'helper', wires: [] },
			]);
			red.send('n0', message);
			red.send('n0', message);
			await red.until('both errors', () => red.received('caught').length === 2);
			for (const { error } of red.received('caught')) {
				expect(error).toMatchObject({
					code,
					source: { id: 'n0' },
					message: expect.stringMatching(new RegExp(`\\. .*\\(${code}\\)$`, 's')),
				});
			}
			expect(red.statuses.at(-1)).toMatchObject({ id: 'n0', fill: 'red', text: code });
			expect(red.received('out')).toEqual([]);
		});

		it('a message behind a bad one is worked on as if nothing had been', async () => {
			await red.load(row(stix()));
			red.send('n0', { payload: 5 });
			red.send('n0', { payload: defanged() });
			await red.until('the second', () => red.received('out').length === 1);
			expect(red.errors).toHaveLength(1);
			expect(red.statuses.at(-1)).toMatchObject({ fill: 'green' });
		});
	});
});

import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { toEmailItem } from '../../nodes/shared/emailItem';
import { binaryBytes, execute, node } from './engine';
import { exampleMessages } from './exampleWorkflow';

const TYPE = 'n8n-nodes-email-intel.emailToStix';
const types = { [TYPE]: new EmailToStix() };
const messages = new Map(exampleMessages().map(({ name, raw }) => [name.slice(0, 2), raw]));

/** An item with a raw message in binary data, as a file node puts it out. */
const eml = (number: string): INodeExecutionData => ({
	json: {},
	binary: {
		data: { data: messages.get(number)!.toString('base64'), mimeType: 'message/rfc822', fileName: 'mail.eml' },
	},
});

async function run(parameters: IDataObject, items: INodeExecutionData[], extra: IDataObject = {}) {
	const step = node('STIX', TYPE, parameters, extra);
	const result = await execute({ types, nodes: [step], connections: {}, startNode: 'STIX', startItems: items });
	return { result, output: result.output('STIX') ?? [] };
}

describe('Convert to Bundle', () => {
	const convert = (more: IDataObject = {}) => ({
		operation: 'convert',
		tlp: 'amber',
		output: 'json',
		options: {},
		...more,
	});

	it('needs no settings: a raw message becomes a bundle, and travels on with it', async () => {
		const { output } = await run(convert(), [eml('08')]);
		expect(output).toHaveLength(1);
		const { bundle, objects } = output[0]!.json as {
			bundle: { type: string; objects: { type: string }[] };
			objects: Record<string, number>;
		};
		expect(bundle.type).toBe('bundle');
		expect(objects).toMatchObject({
			'email-message': 1,
			report: 1,
			'observed-data': 1,
			identity: 1,
			'marking-definition': 1,
		});
		expect(Object.keys(output[0]!.binary!)).toEqual(['data']);
	});

	it.each([
		['json', true, false],
		['binary', false, true],
		['both', true, true],
	])('puts the bundle out as %s', async (form, asJson, asBinary) => {
		const { output } = await run(convert({ output: form }), [eml('01')]);
		expect('bundle' in output[0]!.json).toBe(asJson);
		expect('bundle' in output[0]!.binary!).toBe(asBinary);
	});

	it('gives the same bytes for the same message', async () => {
		const [first, second] = [
			await run(convert({ output: 'binary' }), [eml('03')]),
			await run(convert({ output: 'binary' }), [eml('03')]),
		];
		const bytes = await binaryBytes(first.output[0]!, 'bundle');
		expect(bytes.length).toBeGreaterThan(1000);
		expect(bytes.equals(await binaryBytes(second.output[0]!, 'bundle'))).toBe(true);
	});

	it('leaves out what is not asked for', async () => {
		const { output } = await run(convert({ options: { include: [] } }), [eml('03')]);
		expect(output[0]!.json.objects).toEqual({
			identity: 1,
			'marking-definition': 1,
			'email-message': 1,
			'email-addr': 2,
		});
	});

	it('writes indicators only of what a person had defanged, when told so', async () => {
		const indicators = async (patternPolicy: string, number: string) => {
			const { output } = await run(convert({ options: { patternPolicy } }), [eml(number)]);
			return (output[0]!.json.objects as Record<string, number>).indicator ?? 0;
		};
		expect(await indicators('never', '08')).toBe(0);
		expect(await indicators('defanged', '08')).toBeGreaterThanOrEqual(5);
		expect(await indicators('defanged', '01')).toBe(0);
	});

	it('draws the bundle as a picture', async () => {
		const html = await run(convert({ options: { picture: 'html' } }), [eml('08')]);
		expect(html.output[0]!.binary!.picture).toMatchObject({ fileName: 'bundle.html', mimeType: 'text/html' });
		const svg = await run(convert({ options: { picture: 'svg' } }), [eml('08')]);
		expect(svg.output[0]!.binary!.picture).toMatchObject({ fileName: 'bundle.svg', mimeType: 'image/svg+xml' });
		expect((await binaryBytes(svg.output[0]!, 'picture')).toString('utf8')).toMatch(/^<svg/);
	});

	it('says which item holds no email, and goes on with the others when told so', async () => {
		const stopped = await run(convert(), [eml('01'), { json: { a: 1 } }, eml('04')]);
		expect(stopped.result.error()).toMatchObject({
			message: '1 of 3 items failed: item 1: The item does not contain an email',
			context: { itemIndex: 1 },
		});
		const { output } = await run(convert(), [eml('01'), { json: { a: 1 } }, eml('04')], {
			onError: 'continueRegularOutput',
		});
		expect(output.map(({ json, pairedItem }) => [json.error ?? 'ok', pairedItem])).toEqual([
			['ok', { item: 0 }],
			['The item does not contain an email', { item: 1 }],
			['ok', { item: 2 }],
		]);
	});

	it("takes the output of n8n's Gmail node", async () => {
		const raw = messages.get('05')!.toString('base64url');
		const { output } = await run(convert(), [{ json: { id: '18c', threadId: '18c', labelIds: ['INBOX'], raw } }]);
		expect(output[0]!.json.subject).toBe('Warnung: gefälschte Rechnungen — 北京 office');
	});
});

describe('Extract Indicators', () => {
	const extract = (extraction: IDataObject = {}, leaveOut = 'phishingTriage') => ({
		operation: 'extract',
		leaveOut,
		extraction,
	});
	const found = (output: INodeExecutionData[]) =>
		output.map(({ json }) => `${String(json.type)} ${String(json.value)}`);

	it('puts out what an analyst would find in a list of defanged indicators, and nothing else', async () => {
		const { output } = await run(extract({ extract: ['domains', 'emailAddresses', 'hashes', 'ips', 'urls'] }), [
			eml('08'),
		]);
		expect(found(output).sort()).toEqual(
			[
				'url https://invoice-portal.example.net/login',
				'url http://203.0.113.45:8080/a.php',
				'domain-name invoice-portal.example.net',
				'email-addr payments@invoice-portal.example.net',
				'ipv4-addr 203.0.113.45',
				'ipv4-addr 198.51.100.7',
				'ipv6-addr 2001:db8:bad::7',
				'file d41d8cd98f00b204e9800998ecf8427f',
				'file 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
			].sort(),
		);
	});

	it('pairs each indicator with its message and says where it stood', async () => {
		const { output } = await run(extract(), [eml('04'), eml('08')]);
		expect(new Set(output.map(({ pairedItem }) => (pairedItem as { item: number }).item))).toEqual(new Set([0, 1]));
		const url = output.find(({ json }) => json.value === 'https://invoice-portal.example.net/login')!;
		expect(url.json).toMatchObject({
			defanged: true,
			original: 'hxxps[://]invoice-portal[.]example[.]net/login',
			display: 'hxxps://invoice-portal[.]example[.]net/login',
			pattern: "[url:value = 'https://invoice-portal.example.net/login']",
			sources: [expect.objectContaining({ part: 'text' })],
			message: { messageId: '<wave-3@csirt.example.com>' },
		});
	});

	it('finds the real link inside a rewriter and the one behind a lying text', async () => {
		const { output } = await run(extract({ extract: ['urls'] }, 'lookAlikes'), [eml('09')]);
		const target = output.find(({ json }) => json.value === 'https://pay.supp1ier.example.com/invoice/4711')!;
		const wrapper = output.find(({ json }) => (json.flags as string[]).includes('rewritten'))!;
		expect(wrapper.json.value).toMatch(/^https:\/\/emea01\.safelinks\.protection\.outlook\.com\//);
		expect(target.json.derivedFrom).toBe(wrapper.json.value);
		expect(JSON.stringify(output.map(({ json: { value } }) => value))).not.toContain('intel%40soc');
		const forwarded = await run(extract({ extract: ['urls'] }), [eml('07')]);
		const lying = forwarded.output.find(({ json }) => String(json.value).startsWith('http://mail-quota.example.com/'))!;
		expect(lying.json.flags).toContain('href-mismatch');
	});

	it('takes no style sheet for a domain', async () => {
		const { output } = await run(extract({ extract: ['domains', 'ips'] }), [eml('02')]);
		expect(found(output).sort()).toEqual(['domain-name blog.vendor.example.com', 'domain-name t.vendor.example.com']);
	});

	it('leaves out own domains: those that are named, else that of the mailbox', async () => {
		const own = (value: string) => value.includes('soc.example.org');
		const named = await run(extract({ ownDomains: 'soc.example.org' }, 'lookAlikes'), [eml('07')]);
		const source = { kind: 'imap', mailbox: 'intel@soc.example.org', folder: 'INBOX', uid: 1 };
		const ofMailbox = await run(extract({}, 'lookAlikes'), [{ ...eml('07'), json: { id: '1', source } }]);
		for (const { output } of [named, ofMailbox]) {
			expect(found(output).filter(own)).toEqual([]);
			expect(found(output)).toContain('url http://mail-quota.example.com/verify?u=erika');
			expect(output[0]!.json.leftOut).toMatchObject({ 'own-domain': expect.any(Number) });
		}
		const nowhere = await run(extract({}, 'lookAlikes'), [eml('07')]);
		expect(found(nowhere.output).some(own)).toBe(true);
	});

	it('each item says first what it is, and of which message', async () => {
		const source = { kind: 'imap', mailbox: 'intel@soc.example.org', folder: 'INBOX', uid: 1 };
		const receivedAt = '2026-11-20T10:00:00.000Z';
		const { output } = await run(extract(), [{ ...eml('08'), json: { id: '7', source, receivedAt } }]);
		for (const { json } of output) {
			expect(Object.keys(json).slice(0, 5)).toEqual(['type', 'value', 'display', 'flags', 'defanged']);
			expect(json.message).toEqual({
				id: '7',
				messageId: '<wave-3@csirt.example.com>',
				subject: 'Phishing wave against finance: indicators',
				from: [{ address: 'analyst@csirt.example.com', name: 'Analyst' }],
				date: '2026-11-20T09:30:00.000Z',
				receivedAt,
				source,
			});
		}
	});

	it('says so in the output pane where all that was found is left out', async () => {
		const raw = Buffer.from('From: a@own.example\r\nSubject: x\r\n\r\nSee http://own.example/ and setup.zip\r\n');
		const item = { json: { raw: raw.toString('base64') } };
		const { output, result } = await run(extract({ ownDomains: 'own.example' }), [item]);
		expect(output).toEqual([]);
		const hints = result.run.data.resultData.runData.STIX?.[0]?.hints ?? [];
		expect(hints.map(({ message }) => message)).toEqual([expect.stringMatching(/'Leave Out' removed .*own-domain 3/)]);
	});
});

describe('The item that came in', () => {
	const convert = { operation: 'convert', tlp: 'amber', output: 'json', options: {} };
	const source = {
		kind: 'imap' as const,
		mailbox: 'intel@soc.example.org',
		folder: 'INBOX',
		uid: 1,
		uidValidity: '1',
	};

	it('of a trigger stays as it was, and grows', async () => {
		const receivedAt = new Date('2026-11-20T10:00:00.000Z');
		const raw = messages.get('07')!;
		const polled = { id: 'a:1:1', source, size: raw.length, receivedAt, raw, truncated: false } as const;
		const attachments = { include: true, types: [], maxBytes: 1e6, maxNumber: 9 };
		const item = await toEmailItem(polled, { output: 'full', includeRaw: true, attachments, analyse: 'automatic' });
		const { output } = await run(convert, [item]);
		const { indicators, bundle, objects, leftOut, complete, firstLook, campaign, ...rest } = output[0]!.json;
		expect(rest).toEqual(JSON.parse(JSON.stringify({ ...item.json, warnings: [] })));
		expect(output[0]!.binary).toEqual(item.binary);
		expect(bundle).toMatchObject({ type: 'bundle' });
		expect(rest.reported).toMatchObject({ by: { address: 'erika@soc.example.org' }, way: 'attachment' });
		expect(firstLook).toMatchObject({ senders: { from: 'it-service@examp1e.example.net' } });
		expect(campaign).toMatchObject({
			subject: 'your mailbox is full',
			key: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
		});
		// The phish alone: the mail that reported it is no part of it.
		expect(objects).toMatchObject({ 'email-message': 1 });
		expect(complete).toBe(true);
		expect(leftOut).toMatchObject({ 'own-domain': expect.any(Number) });
		// What is of the house, of the recipients or a look-alike is not in the bundle either, parties of the message apart.
		const values = (indicators as unknown as { value: string }[]).map(({ value }) => value);
		expect(values.filter((value) => value.includes('soc.example.org'))).toEqual([]);
		const domains = (bundle as { objects: { type: string; value?: string }[] }).objects.filter(
			({ type }) => type === 'domain-name',
		);
		expect(domains.map(({ value }) => value).sort()).toEqual(['examp1e.example.net', 'mail-quota.example.com']);
	});

	it.each([
		['a file', () => eml('07')],
		['base64', () => ({ json: { raw: messages.get('07')!.toString('base64') } })],
		[
			'a form',
			() => ({
				json: { from: 'Erika Example <erika@soc.example.org>', subject: 'Fwd: is this real?', text: 'x', note: 5 },
			}),
		],
	])('as %s gets the fields of a message, and keeps its own', async (_form, make) => {
		const item = make() as INodeExecutionData;
		const { output } = await run(convert, [item]);
		const { json, binary } = output[0]!;
		expect(json).toMatchObject(
			'note' in item.json
				? {
						subject: 'Fwd: is this real?',
						from: [{ address: 'erika@soc.example.org', name: 'Erika Example' }],
						text: expect.any(String),
						attachments: expect.any(Array),
						note: 5,
					}
				: {
						subject: 'Your mailbox is full',
						from: [{ address: 'it-service@examp1e.example.net', name: 'IT Service' }],
						html: expect.any(String),
						attachments: expect.any(Array),
						messageId: '<bad-1@examp1e.example.net>',
						date: '2026-11-19T20:11:00.000Z',
						reported: { by: { address: 'erika@soc.example.org' } },
					},
		);
		expect(json).toMatchObject('raw' in item.json ? { raw: item.json.raw } : {});
		for (const name of Object.keys(item.binary ?? {})) expect(binary![name]).toEqual(item.binary![name]);
	});

	it('keeps what a node before said is missing, and loses what it said of another bundle', async () => {
		const warnings = [{ code: 'fetched-in-part', message: 'Only the beginning.' }];
		const json = { warnings, complete: false, bundle: { type: 'bundle', id: 'bundle--old' }, leftOut: { private: 5 } };
		const { output } = await run({ ...convert, output: 'binary', leaveOut: 'nothing' }, [{ ...eml('01'), json }]);
		expect(output[0]!.json).toMatchObject({ complete: false, warnings });
		expect(output[0]!.json).not.toHaveProperty('bundle');
		expect(output[0]!.json).not.toHaveProperty('leftOut');
	});
});

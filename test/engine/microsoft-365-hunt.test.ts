import { Microsoft365Hunt } from '../../nodes/Microsoft365Hunt/Microsoft365Hunt.node';
import { LAB_CLIENT, LAB_SECRET, MicrosoftLab } from '../lab/graph';
import { DefenderLab, MessageTraceLab } from '../lab/hunting';
import { defenderTraffic, traceTraffic } from '../lab/scenario/microsoftTraffic';
import { chain, execute, FakeCredentials, node } from './engine';

const TYPE = 'n8n-nodes-email-intel.microsoft365Hunt';
const WAVE = "[email-addr:value = 'accounts@supplier.example.com']";

let lab: MicrosoftLab;
let defender: DefenderLab;
let trace: MessageTraceLab;

beforeEach(async () => {
	const roles = ['ThreatHunting.Read.All', 'ExchangeMessageTrace.Read.All'];
	lab = await MicrosoftLab.start({ apps: [{ clientId: LAB_CLIENT, secret: LAB_SECRET, roles }] });
	defender = new DefenderLab();
	defender.tables = defenderTraffic(Date.now());
	trace = new MessageTraceLab(Date.now);
	trace.traces = traceTraffic(Date.now());
	lab.graph.services.push(defender, trace);
});
afterEach(async () => {
	await lab.close();
});

async function run(parameters: object, items: object[] = [{}]) {
	const { ca, ...fields } = lab.credential();
	const credentials = new FakeCredentials({
		emailIntelGraphApi: { ...fields, caCertificate: ca, signInWith: 'secret', mailbox: 'soc@example.com' },
	});
	const isOffline = (parameters as { operation?: string }).operation === 'translate';
	const hunt = node(
		'Hunt',
		TYPE,
		parameters as never,
		isOffline ? {} : { credentials: { emailIntelGraphApi: { id: '1', name: 'm365' } } },
	);
	return await execute({
		types: { [TYPE]: new Microsoft365Hunt() },
		nodes: [hunt],
		connections: chain('Hunt'),
		credentials,
		startNode: 'Hunt',
		startItems: items.map((json) => ({ json: json as never })),
	});
}

interface Found {
	matches: number;
	complete: boolean;
	rows: Array<Record<string, unknown>>;
	queries: string[];
	warnings: unknown[];
	cost: object;
	bundle: { objects: Array<Record<string, unknown>> };
}
const found = (result: Awaited<ReturnType<typeof run>>, index = 0, field = 'hunt') => {
	expect(result.error()).toBeUndefined();
	return result.output('Hunt')![index]!.json[field] as unknown as Found;
};

describe('Defender', () => {
	it('says who received it, who clicked, and by what it was found; the message goes on', async () => {
		const result = await run({ resource: 'defender', operation: 'hunt', pattern: WAVE }, [
			{ subject: 'Forwarded', kept: 1 },
		]);
		const hunt = found(result);
		expect(hunt).toMatchObject({ matches: 3, complete: true, cost: { queries: 1, requests: 1, minutes: 0 } });
		expect(hunt.rows.map(({ to, status, matchedBy }) => [to, status, matchedBy])).toEqual([
			[
				[{ address: 'sales@soc.example.org' }],
				'Delivered (Inbox/Folder)',
				["email-addr:value = 'accounts@supplier.example.com'"],
			],
			[
				[{ address: 'hr@soc.example.org' }],
				'Delivered (Inbox/Folder), clicked',
				["email-addr:value = 'accounts@supplier.example.com'"],
			],
			[
				[{ address: 'it@soc.example.org' }],
				'Delivered (Inbox/Folder)',
				["email-addr:value = 'accounts@supplier.example.com'"],
			],
		]);
		expect(hunt.rows[1]!.clicks).toEqual([
			expect.objectContaining({ account: 'hr@soc.example.org', ip: '203.0.113.77' }),
		]);
		expect(result.output('Hunt')![0]!.json).toMatchObject({ subject: 'Forwarded', kept: 1, complete: true });
		const messages = hunt.bundle.objects.filter(({ type }) => type === 'email-message');
		expect(messages.map(({ to_refs: to }) => (to as string[]).length)).toEqual([1, 2]);
		// Who clicked is in the item, and in STIX only when it is asked for.
		expect(JSON.stringify(hunt.bundle)).not.toContain('203.0.113.77');
	});

	it.each([
		['none', [], false],
		['recipients', ['hr@soc.example.org'], false],
		['clicks', ['hr@soc.example.org'], true],
	])('what of people goes into STIX is a choice: %s', async (people, recipients, clicks) => {
		const pattern =
			"[email-message:to_refs[*].value = 'hr@soc.example.org' AND email-message:x_threat_types[*] = 'Phish']";
		const { bundle } = found(await run({ operation: 'hunt', pattern, options: { people } }));
		const text = JSON.stringify(bundle);
		for (const recipient of ['hr@soc.example.org'])
			expect(text.includes(recipient)).toBe(recipients.includes(recipient));
		expect(text.includes('203.0.113.77')).toBe(clicks);
		expect(bundle.objects).toContainEqual(expect.objectContaining({ type: 'email-message', x_click_count: 1 }));
	});

	it('one hunt for many items: what they ask alike is asked once', async () => {
		const items = Array.from({ length: 20 }, (_, index) => ({
			pattern: index % 2 === 0 ? WAVE : "[url:value = 'https://none.example/']",
		}));
		const result = await run({ operation: 'hunt', options: { details: false } }, items);
		expect(items.map((_, index) => found(result, index).matches)).toEqual(
			items.map((_, index) => (index % 2 === 0 ? 3 : 0)),
		);
		expect(defender.queries).toHaveLength(1);
	});

	it('a pattern that is none fails alone; an empty one looks for nothing; one without anything to search says so', async () => {
		const items = [{ pattern: '[broken' }, { pattern: '' }, { pattern: "[mutex:name = 'a']" }, { pattern: WAVE }];
		const result = await run({ operation: 'hunt' }, items);
		expect(result.error()?.message).toMatch(/^1 of 4 items failed: item 0/);
		expect(defender.queries.length).toBeGreaterThan(0);
	});

	it('what a run may cost is bounded before anything is asked', async () => {
		const terms = Array.from({ length: 60 }, (_, index) => `[url:value LIKE '%/${index}/%']`).join(' OR ');
		const result = await run({ operation: 'hunt', pattern: terms, options: { maxRequests: 1 } });
		expect(result.error()?.message).toContain('needs at least 2 requests');
		expect(defender.queries).toEqual([]);
	});

	it('a missing table is an error that says so', async () => {
		delete defender.tables.EmailEvents;
		const error = (await run({ operation: 'hunt', pattern: WAVE })).error();
		expect(error?.message).toContain('The tenant has no table EmailEvents');
		expect(error?.description).toContain('M365_TABLE_MISSING');
	});

	it('Search finds by fields, one item a message', async () => {
		const parameters = {
			operation: 'search',
			output: 'messages',
			fields: { subject: 'invoice', recipient: 'it@soc.example.org' },
		};
		const result = await run({ resource: 'defender', ...parameters }, [{ messageId: '<given@example.com>' }]);
		expect(result.output('Hunt')!.map(({ json }) => [json.subject, json.message])).toEqual([
			['Overdue invoice 4711', { messageId: '<given@example.com>' }],
		]);
	});
});

describe('Message Trace', () => {
	it('says who received it', async () => {
		const hunt = found(await run({ resource: 'messageTrace', operation: 'hunt', pattern: WAVE }));
		expect(hunt).toMatchObject({ matches: 3, complete: true });
		expect(hunt.rows.map(({ to, status }) => [to, status])).toEqual([
			[[{ address: 'sales@soc.example.org' }], 'delivered'],
			[[{ address: 'hr@soc.example.org' }], 'delivered'],
			[[{ address: 'it@soc.example.org' }], 'delivered'],
		]);
	});

	it('asks each query of a run once', async () => {
		const items = Array.from({ length: 10 }, () => ({ pattern: WAVE }));
		const result = await run({ resource: 'messageTrace', operation: 'hunt' }, items);
		expect(items.map((_, index) => found(result, index).matches)).toEqual(items.map(() => 3));
		expect(trace.requests).toBe(2);
	});

	it('what it cannot search is left out, and told', async () => {
		const pattern = `[url:value = 'https://evil.example/'] OR ${WAVE}`;
		const hunt = found(await run({ resource: 'messageTrace', operation: 'hunt', pattern }));
		expect([hunt.matches, hunt.complete]).toEqual([3, false]);
		expect(hunt.warnings).toContainEqual(expect.objectContaining({ code: 'hunt-terms-not-searchable' }));
		const only = found(
			await run({ resource: 'messageTrace', operation: 'hunt', pattern: "[url:value = 'https://evil.example/']" }),
		);
		expect([only.matches, only.complete]).toEqual([0, false]);
	});

	it('Search finds by fields', async () => {
		const parameters = {
			resource: 'messageTrace',
			operation: 'search',
			fields: { subject: 'INVOICE is', status: 'delivered' },
		};
		expect(found(await run(parameters), 0, 'search').matches).toBe(1);
	});
});

describe('Translate shows what is asked, without a credential', () => {
	it('KQL that can be pasted', async () => {
		const translation = found(
			await run({ resource: 'defender', operation: 'translate', pattern: WAVE }),
			0,
			'translation',
		);
		expect(translation.queries[0]).toContain('SenderFromAddress =~ "accounts@supplier.example.com"');
		expect(translation).toMatchObject({ cost: { queries: 1, requests: 1, minutes: 0 } });
	});

	it('filters of message trace, and what they cost', async () => {
		const parameters = {
			resource: 'messageTrace',
			operation: 'translate',
			lookBack: 90,
			lookBackUnit: 'days',
			pattern: WAVE,
		};
		const translation = found(await run(parameters), 0, 'translation');
		expect(translation.queries).toEqual([
			expect.stringMatching(/^recipientAddress eq 'accounts@supplier\.example\.com' and receivedDateTime ge /),
			expect.stringMatching(/^senderAddress eq /),
		]);
		expect(translation).toMatchObject({ cost: { queries: 2, requests: 18, minutes: 0 } });
	});
});

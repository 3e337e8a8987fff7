import type { Indicator } from '../../../lib/indicators';
import type { EmailReportOptions } from '../../../lib/opencti';
import { emailToBundle, type AnyBundle, type AnyStixObject } from '../../../lib/stix';
import type { OpenCtiLab } from '../../lab/opencti';
import { attachment, email } from './messages';
import { closeWorlds, world, type World } from './world';

// An analyst sees at an observable what it is: sender, link or attachment, and what is thought of it.

afterEach(closeWorlds);

const found = (type: Indicator['type'], value: string, more: Partial<Indicator> = {}): Indicator => ({
	type,
	value,
	original: value,
	defanged: false,
	sources: [{ part: 'text' }],
	flags: [],
	...more,
});

const file = attachment('invoice.pdf', 'application/pdf', '%PDF invoice');
const message = email({
	from: [{ address: 'pay@examp1e.net' }],
	replyTo: [{ address: 'desk@evil.example.net' }],
	to: [{ address: 'jane@corp.example.com' }],
	attachments: [file],
});
const INDICATORS: Indicator[] = [
	found('email-addr', 'pay@examp1e.net', {
		sources: [{ part: 'header', field: 'From' }],
		flags: ['vip-name'],
		resembles: 'Jane Doe',
	}),
	found('email-addr', 'desk@evil.example.net', { sources: [{ part: 'header', field: 'Reply-To' }] }),
	found('domain-name', 'examp1e.net', {
		sources: [{ part: 'header', field: 'From' }],
		flags: ['lookalike-domain'],
		resembles: 'example.net',
	}),
	found('url', 'https://evil.example.net/Pay', {
		sources: [
			{ part: 'html', field: 'a[href]' },
			{ part: 'invoice', field: 'x' },
			{ part: 'attachment', field: 'invoice.pdf/page 1' },
		],
		flags: ['hidden-text', 'pdf-link'],
	}),
	found('domain-name', 'evil.example.org', { defanged: true }),
	found('ipv4-addr', '203.0.113.7', { sources: [{ part: 'header', field: 'Received' }], flags: ['relay'] }),
	found('domain-name', 'gmail.com', { flags: ['mail-provider'] }),
	found('file', file.sha256, {
		sources: [{ part: 'attachment', field: 'invoice.pdf' }],
		hashes: { 'SHA-256': file.sha256 },
	}),
];
const bundle = emailToBundle(message, {
	indicators: INDICATORS,
	patterns: { policy: 'defanged' },
	include: { report: false },
}) as unknown as AnyBundle & { objects: AnyStixObject[] };

const make = ({ client }: World, options: EmailReportOptions = {}) =>
	client.createReportFromEmail(message, { bundle, indicators: INDICATORS, leaveOut: [], ...options });

/** What observables and indicators say, by their values. */
function said({ store }: OpenCtiLab): Record<string, { labels: string[]; score: unknown; description: unknown }> {
	const all = [...store.entities.values()].filter(
		({ type, data }) =>
			type !== 'Organization' && (data['value'] ?? data['pattern'] ?? data['hashes']) !== undefined && type !== 'Label',
	);
	return Object.fromEntries(
		all.map(({ type, data, labels }) => [
			type === 'Indicator' ? `indicator ${String(data['name'])}` : String(data['value'] ?? data['name']),
			{
				labels: labels.map((id) => String(store.get(id).data['value'])).sort(),
				score: data['x_opencti_score'] ?? undefined,
				description: data['x_opencti_description'] ?? undefined,
			},
		]),
	);
}

const EXPECTED = {
	'pay@examp1e.net': {
		labels: ['email:sender', 'vip-name'],
		score: 80,
		description: 'In an email: sender. Looks like Jane Doe. Flags: vip-name.',
	},
	'desk@evil.example.net': { labels: ['email:reply-to'], score: undefined, description: 'In an email: reply address.' },
	'jane@corp.example.com': { labels: ['email:recipient'], score: 10, description: 'In an email: recipient.' },
	'examp1e.net': {
		labels: ['email:sender', 'lookalike-domain'],
		score: 80,
		description: 'In an email: sender. Looks like example.net. Flags: lookalike-domain.',
	},
	'https://evil.example.net/Pay': {
		labels: ['email:in-attachment', 'email:link', 'hidden-text'],
		score: undefined,
		description: 'In an email: link, in an attachment. Flags: hidden-text.',
	},
	'evil.example.org': {
		labels: ['email:text'],
		score: 80,
		description: 'In an email: in the text. Defanged by its author.',
	},
	'203.0.113.7': { labels: ['email:relay'], score: 10, description: 'In an email: server on its way.' },
	'gmail.com': { labels: ['email:text'], score: 10, description: 'In an email: in the text.' },
};

it('each observable says its role, what is thought of it and why; an indicator the same', async () => {
	const at = await world();
	const result = await make(at);
	expect(result.complete).toBe(true);
	// The mail is old: what the platform made of the indicator for that is told.
	expect(result.warnings.map(({ code }) => code)).toEqual(['indicator-revoked']);
	const all = said(at.lab);
	expect(all).toMatchObject(EXPECTED);
	expect(all['indicator evil.example.org']).toMatchObject({ labels: ['email:text'], score: 80 });
	const [uploaded] = result.files;
	expect(all['invoice.pdf']).toMatchObject({
		labels: ['email:attachment'],
		description: `In an email: attachment. In the report as ${uploaded!.name}.`,
	});
});

it('labels are looked up in one request with everything else, each is made once, and on the next report none', async () => {
	const at = await world();
	await make(at);
	const times = (name: string) => at.lab.requests.filter(({ operation }) => operation === `EmailIntel${name}`).length;
	expect(times('Labels')).toBe(1);
	expect(times('LabelAdd')).toBe(at.lab.snapshot().labels.length);
	const before = at.lab.requests.length;
	await make(at);
	expect(
		at.lab.requests
			.slice(before)
			.filter(({ operation }) => /Add$/.test(operation))
			.map(({ operation }) => operation),
	).toEqual(['EmailIntelExternalReferenceAdd', 'EmailIntelReportAdd']);
});

it('what is there keeps its score, description and labels; to be updated, it gets the labels alone', async () => {
	const at = await world();
	const theirs = at.lab.store.add('Domain-Name', {
		value: 'examp1e.net',
		x_opencti_score: 40,
		x_opencti_description: 'Theirs',
	});
	await make(at);
	expect(said(at.lab)['examp1e.net']).toEqual({ labels: [], score: 40, description: 'Theirs' });
	await at.client.createReportFromEmail(message, {
		bundle,
		indicators: INDICATORS,
		leaveOut: [],
		existing: 'update',
	});
	expect(at.lab.store.get(theirs.id).data).toMatchObject({ x_opencti_score: 40, x_opencti_description: 'Theirs' });
	expect(said(at.lab)['examp1e.net']!.labels).toEqual(['email:sender', 'lookalike-domain']);
});

it('what an object says itself is brought as it says it', async () => {
	const at = await world();
	const objects = bundle.objects.map((object) =>
		object['value'] === 'examp1e.net'
			? { ...object, x_opencti_score: 95, x_opencti_description: 'Known to us', x_opencti_labels: ['campaign'] }
			: object,
	);
	await make(at, { bundle: { ...bundle, objects } });
	expect(said(at.lab)['examp1e.net']).toEqual({
		labels: ['campaign', 'email:sender', 'lookalike-domain'],
		score: 95,
		description: 'Known to us',
	});
});

it('a user who may not make labels gets the report with descriptions and scores, and one warning', async () => {
	const at = await world({
		users: [{ token: 'lab-opencti-token', capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD'] }],
	});
	at.lab.store.add('Label', { value: 'email:sender', color: '#ffffff' });
	const result = await make(at);
	expect(result.complete).toBe(true);
	expect(result.warnings.map(({ code }) => code)).toEqual(['label-unknown', 'indicator-revoked']);
	expect(said(at.lab)['examp1e.net']).toEqual({ ...EXPECTED['examp1e.net'], labels: ['email:sender'] });
	expect(at.lab.requests.filter(({ operation }) => operation === 'EmailIntelLabelAdd')).toEqual([]);
});

it('without roles nothing is added', async () => {
	const at = await world();
	await make(at, { roles: false });
	expect(at.lab.snapshot().labels).toEqual([]);
	expect(said(at.lab)['examp1e.net']).toEqual({ labels: [], score: undefined, description: undefined });
});

it('that labels cannot be made is told once for all messages, with what to do about it', async () => {
	const told: string[] = [];
	const logger = { debug: () => {}, info: () => {}, error: () => {}, warn: (text: string) => told.push(text) };
	const at = await world(
		{ users: [{ token: 'lab-opencti-token', capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD'] }] },
		{ logger },
	);
	const results = [];
	for (const name of ['one', 'two', 'three']) {
		const other = email({
			messageId: `<${name}@example.org>`,
			subject: name,
			text: `See http://${name}.example.net/x`,
		});
		results.push(await at.client.createReportFromEmail(other, { contents: 'observables', leaveOut: [] }));
	}
	const warnings = results.map((result) => result.warnings.map(({ code }) => code));
	expect(warnings).toEqual([['label-unknown'], [], []]);
	const text = results[0]!.warnings[0]!.message;
	for (const part of ['email:sender', 'SETTINGS_SETLABELS', 'Settings, Taxonomies, Labels', "'Label Observables'"]) {
		expect(text).toContain(part);
	}
	expect(told).toEqual([`OpenCTI: ${text}`]);
	// What comes later and is another label is not lost.
	const later = await make(at);
	expect(later.warnings[0]!.message).toContain('vip-name');
	expect(later.warnings[0]!.message).not.toContain('email:sender');
});

describe('a bundle that is imported', () => {
	const known = { roles: true, indicators: INDICATORS } as const;
	const user = { token: 'lab-opencti-token', capabilities: ['BYPASS'] };

	it.each(['direct', 'push', 'file'] as const)(
		'by %s, says of new observables what the message and its indicators tell, and leaves others as they are',
		async (mode) => {
			const at = await world({ users: [user] });
			const theirs = { value: 'examp1e.net', x_opencti_score: 40, x_opencti_description: 'Theirs' };
			at.lab.store.add('Domain-Name', theirs);
			const own = bundle.objects.map((object) =>
				object['value'] === 'gmail.com' ? { ...object, x_opencti_score: 33, x_opencti_labels: ['ours'] } : object,
			);
			const result = await at.client.importBundle({ ...bundle, objects: own }, { mode, ...known });
			if (mode === 'file') {
				const [file] = [...at.lab.store.files.values()];
				await at.client.importBundle(JSON.parse(file!.bytes.toString('utf8')) as AnyBundle, { mode: 'push' });
			}
			// The queue is worked on a moment later.
			await new Promise((resolve) => setImmediate(resolve));
			expect(result.warnings.map(({ code }) => code)).toEqual(mode === 'direct' ? ['indicator-revoked'] : []);
			const all = said(at.lab);
			expect(all['examp1e.net']).toEqual({ labels: [], score: 40, description: 'Theirs' });
			const { 'examp1e.net': _theirs, 'gmail.com': mail, ...others } = EXPECTED;
			expect(all).toMatchObject(others);
			expect(all['gmail.com']).toEqual({ ...mail, labels: ['email:text', 'ours'], score: 33 });
			expect(all['indicator evil.example.org']).toMatchObject({ labels: ['email:text'], score: 80 });
			expect(all['invoice.pdf']).toMatchObject({ labels: ['email:attachment'] });
		},
	);

	it('and gives a report, does the same, with the names of its files; without being asked, neither', async () => {
		const at = await world();
		const options = { name: 'Report', published: '2026-01-01T00:00:00Z', ...known };
		const result = await at.client.createReportFromBundle(bundle, options);
		expect(result.complete).toBe(true);
		expect(said(at.lab)).toMatchObject(EXPECTED);
		const other = await world();
		await other.client.createReportFromBundle(bundle, { ...options, roles: false });
		expect(other.lab.snapshot().labels).toEqual([]);
	});

	it('and has no message, or files that came with none, says no more of them than it says', async () => {
		const sample = { type: 'file', id: 'file--1f0b3a1c-0000-4000-8000-000000000001', name: 'sample.bin', size: 9 };
		const objects = [{ ...sample, hashes: { 'SHA-256': 'a'.repeat(64) } }] as AnyStixObject[];
		const at = await world();
		await at.client.importBundle({ type: 'bundle', objects }, known);
		expect(said(at.lab)['sample.bin']).toEqual({ labels: [], score: undefined, description: undefined });
		await at.client.importBundle(
			{
				type: 'bundle',
				objects: [
					...bundle.objects,
					{
						...sample,
						id: `file--${'2'.repeat(8)}-0000-4000-8000-000000000002`,
						name: 'other.bin',
						hashes: { 'SHA-256': 'b'.repeat(64) },
					},
				],
			},
			known,
		);
		expect(said(at.lab)['other.bin']).toEqual({ labels: [], score: undefined, description: undefined });
		expect(said(at.lab)['pay@examp1e.net']!.labels).toContain('email:sender');
	});

	it('by queue, where nobody can look up what is there, goes as it is, which is told', async () => {
		const at = await world({ users: [user] });
		at.lab.fail({ kind: 'FORBIDDEN_ACCESS', operation: 'EmailIntelObjectsByIds', times: 9 });
		const result = await at.client.importBundle(bundle, { mode: 'push', ...known });
		expect(result.warnings.map(({ code }) => code)).toEqual(['roles-left-out']);
		expect(JSON.stringify(at.lab.store.bundles[0]!.bundle)).not.toContain('email:');
	});
});

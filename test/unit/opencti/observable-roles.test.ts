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

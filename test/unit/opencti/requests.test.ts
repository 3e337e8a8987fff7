import { OPENCTI_LIMITS } from '../../../lib/limits';
import { OpenCtiClient, reportFromEmail, type BundleReportResult } from '../../../lib/opencti';
import type { Indicator } from '../../../lib/indicators';
import { emailToBundle, type AnyBundle } from '../../../lib/stix';
import { startOpenCti } from '../../lab/opencti';
import { fastClock } from './clock';
import { attachment, email } from './messages';
import { closeWorlds, world, type World } from './world';

/** What a run asks the platform: over a network each request costs its way. */

afterEach(closeWorlds);

const found = (type: Indicator['type'], value: string, defanged = false): Indicator => ({
	type,
	value,
	original: value,
	defanged,
	sources: [{ part: 'text' }],
	flags: [],
});

/** A message of 22 observables: 17 addresses, of which 5 were defanged, a URL, a file, sender, recipient and itself. */
function mail(n: number) {
	const message = email({
		messageId: `<report-${n}@example.org>`,
		subject: `Threat report ${n}`,
		text: `Report ${n}`,
		sha256: String(n).padStart(64, '0'),
		attachments: [attachment('report.pdf', 'application/pdf', `%PDF ${n}`)],
	});
	const indicators = [
		...Array.from({ length: 17 }, (_, at) => found('ipv4-addr', `203.0.${n}.${at + 1}`, at < 5)),
		found('url', `http://host${n}.example.net/a`),
	];
	const options = { indicators, patterns: { policy: 'defanged' as const }, include: { report: false } };
	return {
		bundle: emailToBundle(message, options) as unknown as AnyBundle,
		draft: reportFromEmail(message, { indicators }),
	};
}

const make = (client: World['client'], n: number): Promise<BundleReportResult> => {
	const { bundle, draft } = mail(n);
	return client.createReportFromBundle(bundle, { draft });
};
const counted = async ({ lab }: World, work: () => Promise<unknown>) => {
	const before = lab.traffic.count;
	await work();
	return lab.traffic.count - before;
};

describe('the requests of a report with 22 observables, 5 indicators and a file', () => {
	it('are at most 60, and 10 when all of it is there', async () => {
		const at = await world();
		let result!: BundleReportResult;
		expect(await counted(at, async () => (result = await make(at.client, 1)))).toBeLessThanOrEqual(60);
		expect(result).toMatchObject({ complete: true, created: true });
		expect(at.lab.snapshot().counts).toMatchObject({ Indicator: 5, 'IPv4-Addr': 17, relationship: 29 });
		expect(await counted(at, async () => (result = await make(at.client, 1)))).toBeLessThanOrEqual(10);
		expect(result).toMatchObject({ complete: true, created: false });
	});

	it('go side by side, never more than the limit, and are fewer when several reports are made at once', async () => {
		const at = await world({ latency: 3 });
		await make(at.client, 0);
		const requests = await counted(at, () => Promise.all([1, 2, 3, 4, 5].map((n) => make(at.client, n))));
		expect(at.lab.traffic.mostAtOnce).toBe(OPENCTI_LIMITS.maxRequestsAtOnce);
		expect(requests).toBeLessThanOrEqual(5 * 45);
		expect(at.lab.snapshot().reports).toHaveLength(6);
		for (const { objects, files } of at.lab.snapshot().reports) {
			expect([objects.length, files.length]).toEqual([22 + 5 + 29 + 1, 1]);
		}
	});

	it('begin with the message, from which the relationships lead: they need not wait for the last observable', async () => {
		const { lab, client } = await world();
		const to = Array.from({ length: 30 }, (_, n) => ({ address: `to${n}@example.com` }));
		const bundle = emailToBundle(email({ to }), { indicators: [], include: { report: false } });
		await client.importBundle(bundle);
		const observables = [...lab.store.entities.values()].flatMap(({ type }) =>
			/^(?:IPv4-Addr|Url|Email-|StixFile)/.test(type) ? [type] : [],
		);
		expect(observables.indexOf('Email-Message')).toBeLessThan(OPENCTI_LIMITS.maxRequestsAtOnce);
	});

	it('hold no field twice in one document', async () => {
		const at = await world();
		await Promise.all([1, 2, 3].map((n) => make(at.client, n)));
		const byRequest = new Map<number, string[]>();
		for (const { request, operation } of at.lab.requests) {
			byRequest.set(request, [...(byRequest.get(request) ?? []), operation]);
		}
		const several = [...byRequest.values()].filter((operations) => operations.length > 1);
		expect(several.length).toBeGreaterThan(0);
		for (const operations of several) expect(new Set(operations).size).toBe(operations.length);
	});
});

describe('operations that share a request', () => {
	it('fail apart: one that is refused leaves the others as they are', async () => {
		const { lab, client } = await world();
		lab.fail({ kind: 'FUNCTIONAL_ERROR', operation: 'EmailIntelRelationshipAdd', skip: 3, times: 2 });
		const result = await make(client, 1);
		expect(result.objects.filter(({ status }) => status === 'failed')).toHaveLength(2);
		expect(result.objects.filter(({ type }) => type === 'ipv4-addr').every(({ status }) => status === 'imported')).toBe(
			true,
		);
		expect(result).toMatchObject({ complete: false, created: true });
	});

	it('wait apart: only what is locked is tried again', async () => {
		const { lab, client, clock } = await world();
		lab.fail({ kind: 'LOCK_ERROR', operation: 'EmailIntelRelationshipAdd', skip: 3, times: 2 });
		expect(await make(client, 1)).toMatchObject({ complete: true });
		expect(clock.waits).toHaveLength(2);
		expect(lab.snapshot().counts).toMatchObject({ relationship: 29 });
	});

	it('go alone when a value of one makes the platform refuse all of them', async () => {
		const { client } = await world();
		const { bundle, draft } = mail(1);
		const odd = bundle.objects!.map((object) =>
			object.type === 'indicator' ? { ...object, confidence: 'much' } : object,
		) as typeof bundle.objects;
		const result = await client.createReportFromBundle({ ...bundle, objects: odd! }, { draft });
		const bad = result.objects.filter(({ status }) => status === 'failed');
		expect(bad.map(({ type }) => type)).toEqual(Array.from({ length: 5 }, () => 'indicator'));
		expect(result.objects.filter(({ status }) => status === 'imported').length).toBeGreaterThan(40);
	});

	it('are told of too many requests together: nothing is sent while they wait', async () => {
		const { lab, client, clock } = await world();
		lab.fail({ kind: 'rate-limit', operation: 'EmailIntelObservableAdd', times: 3, headers: { 'retry-after': '2' } });
		expect(await make(client, 1)).toMatchObject({ complete: true });
		expect(clock.waits.filter((wait) => wait >= 2_000).length).toBeGreaterThanOrEqual(1);
	});
});

it('a platform that has asked to wait is sent nothing by anybody until the wait is over', async () => {
	const lab = await startOpenCti();
	let release!: () => void;
	let begins!: () => void;
	const waiting = new Promise<void>((resolve) => (begins = resolve));
	const sleep = () => {
		begins();
		return new Promise<void>((resolve) => (release = resolve));
	};
	const client = new OpenCtiClient({ url: lab.url, token: lab.token, clock: { ...fastClock(), sleep } });
	lab.fail({ kind: 'rate-limit', operation: 'EmailIntelAbout' });
	const first = client.test();
	await waiting;
	const other = client.findReports({ messageId: '<1@example.org>' });
	const asked = () => lab.requests.filter(({ operation }) => /Referenc/.test(operation)).length;
	// Others go to the platform and come back meanwhile.
	for (let time = 0; time < 5; time++) await fetch(`${lab.url}/graphql`, { method: 'POST' });
	expect(asked()).toBe(0);
	release();
	await Promise.all([first, other]);
	expect(asked()).toBe(1);
	await client.close();
	await lab.close();
});

it('what is there is found in a few requests, however much it is', async () => {
	const at = await world();
	const domains = Array.from({ length: 1_000 }, (_, n) => ({
		type: 'domain-name',
		id: `domain-name--${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`,
		value: `host${n}.example.net`,
	}));
	await at.client.importBundle({ type: 'bundle', objects: domains });
	const requests = await counted(at, () => at.client.importBundle({ type: 'bundle', objects: domains }));
	expect(requests).toBeLessThanOrEqual(10);
});

it('observed data with objects that the platform does not have costs no look-up of its own', async () => {
	const { lab, client } = await world();
	const objects = Array.from({ length: 20 }, (_, n) => {
		const id = (type: string) => `${type}--${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
		return [
			{ type: 'domain-name', id: id('domain-name'), value: `host${n}.example.net` },
			{ type: 'x-cisco-email-msgevent', id: id('x-cisco-email-msgevent'), message_status: 'DELIVERED' },
			{
				type: 'observed-data',
				id: id('observed-data'),
				first_observed: '2026-01-01T00:00:00.000Z',
				last_observed: '2026-01-01T00:00:00.000Z',
				number_observed: 1,
				object_refs: [id('domain-name'), id('x-cisco-email-msgevent')],
			},
		];
	}).flat();
	expect(await client.importBundle({ type: 'bundle', objects })).toMatchObject({ complete: true });
	expect(lab.requests.filter(({ operation }) => operation === 'EmailIntelObjectsByIds')).toHaveLength(1);
	// And the next run finds all of it.
	expect(await client.importBundle({ type: 'bundle', objects })).toMatchObject({ complete: true });
	expect(lab.snapshot().counts).toMatchObject({ 'Observed-Data': 20, 'Domain-Name': 20 });
	expect(lab.requests.filter(({ operation }) => /Add$/.test(operation))).toHaveLength(40);
});

it('authors, labels and markings are asked for once, however many reports ask for them at the same moment', async () => {
	const lab = await startOpenCti();
	const client = new OpenCtiClient({ url: lab.url, token: lab.token, clock: fastClock() });
	const drafts = Array.from({ length: 10 }, (_, n) =>
		reportFromEmail(email({ subject: `Report ${n}`, messageId: `<${n}@example.org>` }), {
			labels: ['phishing', 'mail'],
		}),
	);
	await Promise.all(drafts.map((draft) => client.createReport(draft)));
	const times = (name: string) => lab.requests.filter(({ operation }) => operation === name).length;
	expect(['Markings', 'About', 'IdentityAdd', 'LabelAdd'].map((name) => times(`EmailIntel${name}`))).toEqual([
		1, 1, 1, 2,
	]);
	expect(lab.snapshot().labels.sort()).toEqual(['mail', 'phishing']);
	await client.close();
	await lab.close();
});

it('two messages of one subject and date at the same moment stay two reports', async () => {
	const { lab, client } = await world();
	const both = ['one', 'two'].map((name) =>
		reportFromEmail(email({ messageId: `<${name}@example.org>`, text: name, sha256: name.padEnd(64, '0') })),
	);
	await Promise.all(both.map((draft) => client.createReport(draft)));
	expect(lab.snapshot().reports.map(({ content }) => content)).toEqual(['<p>one</p>', '<p>two</p>']);
});

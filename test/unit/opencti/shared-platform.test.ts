import {
	caseFromEmail,
	OpenCtiClient,
	reportFromEmail,
	type BundleReportResult,
	type DirectImportResult,
} from '../../../lib/opencti';
import type { Email } from '../../../lib/email';
import { OPENCTI_LIMITS } from '../../../lib/limits';
import type { Indicator } from '../../../lib/indicators';
import { emailToBundle, stixId, type AnyBundle } from '../../../lib/stix';
import { LAB_TOKEN } from '../../lab/opencti';
import type { Entity, Store } from '../../lab/opencti/store';
import { attachment, email } from './messages';
import { closeWorlds, world, type World } from './world';

/** What a platform that others work on keeps, refuses and folds: each rule of it is in the lab with its source. */

afterEach(closeWorlds);

const found = (type: Indicator['type'], value: string): Indicator => ({
	type,
	value,
	original: value,
	defanged: true,
	sources: [{ part: 'text' }],
	flags: [],
});
const indicators = [found('domain-name', 'evil.example.org'), found('url', 'http://evil.example.org/a')];

/** A message as most are: plain text and HTML. */
const multipart = (text: string, more: Partial<Email> = {}) =>
	email({
		isMultipart: true,
		contentType: 'multipart/alternative',
		text,
		html: `<p>${text}</p>`,
		sha256: stixId('url', { value: text + JSON.stringify(more) })
			.slice(5)
			.replaceAll('-', '')
			.padEnd(64, '0'),
		...more,
	});

const bundleOf = (message: Email) =>
	emailToBundle(message, { indicators, patterns: { policy: 'defanged' } }) as unknown as AnyBundle;
const make = (client: World['client'], message: Email): Promise<BundleReportResult> =>
	client.createReportFromBundle(bundleOf(message), { draft: reportFromEmail(message, { indicators }) });

const addressesOf = (store: Store, message: Entity, type: string) =>
	store.refRelations
		.filter((link) => link.from === message.id && link.type === type)
		.map((link) => store.get(link.to).data['value'] as string)
		.sort();
const markingsOf = (store: Store, entity: Entity) => entity.markings.map((id) => store.get(id).data['definition']);
const operations = ({ lab }: World, name: string) => lab.requests.filter(({ operation }) => operation === name);

describe('a first run', () => {
	it('is complete, and the report holds every relationship that it made', async () => {
		const { lab, client } = await world();
		const result = await make(client, multipart('Pay at once'));
		expect(result.objects.filter(({ status }) => status !== 'imported')).toEqual([]);
		expect(result.complete).toBe(true);
		const made = lab.store.ofType('relationship').map(({ id }) => id);
		expect(made.length).toBeGreaterThan(1);
		const held = lab.snapshot().reports[0]!.objects.map(({ id }) => id);
		expect(held).toEqual(expect.arrayContaining(made));
		for (const relationship of lab.store.ofType('relationship')) {
			expect(markingsOf(lab.store, relationship)).toEqual(['TLP:AMBER+STRICT']);
		}
	});

	it('links all addresses of a message in one request', async () => {
		const at = await world();
		const many = Array.from({ length: 34 }, (_, n) => ({ address: `user${n}@example.com` }));
		await make(at.client, multipart('To all', { to: many, cc: [{ address: 'boss@example.com' }] }));
		expect(operations(at, 'EmailIntelObservablePatch')).toHaveLength(1);
		const [message] = at.lab.store.ofType('Email-Message');
		expect(addressesOf(at.lab.store, message!, 'to')).toHaveLength(34);
		expect(addressesOf(at.lab.store, message!, 'from')).toEqual(['intel@example.org']);
		expect(addressesOf(at.lab.store, message!, 'cc')).toEqual(['boss@example.com']);
	});

	it('is found out where the platform really forgets the markings of what it makes', async () => {
		const { lab, client } = await world({ dropMarkings: true });
		const result = (await client.importBundle({
			type: 'bundle',
			objects: bundleOf(multipart('Pay at once')).objects!.filter(({ type }) => type !== 'report'),
		})) as DirectImportResult;
		expect(result.complete).toBe(false);
		const marked = result.objects.filter(({ type }) => type !== 'identity');
		expect(marked.every(({ status, error }) => status === 'failed' && error?.code === 'OPENCTI_MARKING_MISMATCH')).toBe(
			true,
		);
		expect(marked.every(({ id }) => lab.store.find(id) !== undefined)).toBe(true);
	});
});

describe('a second run', () => {
	it.each(['6.1.1', '6.4.0', '6.9.17', '7.260817.0'] as const)(
		'on %s makes nothing, changes nothing, and is complete',
		async (version) => {
			const at = await world({ version });
			await make(at.client, multipart('Pay at once'));
			const stored = () =>
				[...at.lab.store.entities.values()].map(({ ids, ...rest }) => JSON.parse(JSON.stringify([[...ids], rest])));
			const before = stored();
			const links = structuredClone(at.lab.store.refRelations);
			const creations = operations(at, 'EmailIntelObservableAdd').length;
			const again = await make(at.client, multipart('Pay at once'));
			expect(again).toMatchObject({ created: false, complete: true, warnings: [] });
			expect(stored()).toEqual(before);
			expect(at.lab.store.refRelations).toEqual(links);
			expect(operations(at, 'EmailIntelObservableAdd')).toHaveLength(creations);
			expect(again.objects.every(({ existed, type }) => existed === true || type === 'report')).toBe(true);
		},
	);

	it('completes what a lost connection left undone, at whatever step it went', async () => {
		const steps = [
			'EmailIntelObservableAdd',
			'EmailIntelObservablePatch',
			'EmailIntelObservedDataAdd',
			'EmailIntelRelationshipAdd',
			'EmailIntelReportAdd',
		];
		for (const operation of steps) {
			const { lab, client } = await world();
			lab.fail({ kind: 'reset', operation, times: 100 });
			await expect(make(client, multipart('Pay at once'))).rejects.toMatchObject({ code: 'OPENCTI_UNAVAILABLE' });
			lab.clearFaults();
			expect(await make(client, multipart('Pay at once'))).toMatchObject({ complete: true });
			const [message] = lab.store.ofType('Email-Message');
			expect([operation, addressesOf(lab.store, message!, 'to')]).toEqual([operation, ['soc@example.com']]);
		}
	});

	it('eight times at once gives one report, one message and one sender', async () => {
		const { lab, client } = await world();
		const runs = await Promise.all(Array.from({ length: 8 }, () => make(client, multipart('Pay at once'))));
		expect(runs.every(({ complete }) => complete)).toBe(true);
		expect(lab.snapshot()).toMatchObject({ counts: { Report: 1, 'Email-Message': 1 } });
		const [message] = lab.store.ofType('Email-Message');
		expect(addressesOf(lab.store, message!, 'from')).toEqual(['intel@example.org']);
		expect(addressesOf(lab.store, message!, 'to')).toEqual(['soc@example.com']);
	});
});

describe('messages of one subject', () => {
	it('stay apart when their texts differ, multipart ones too', async () => {
		const { lab, client } = await world();
		await make(client, multipart('Invoice 1', { messageId: '<1@example.org>', to: [{ address: 'a@example.com' }] }));
		const second = multipart('Invoice 2', {
			messageId: '<2@example.org>',
			from: [{ address: 'other@example.net' }],
			to: [{ address: 'b@example.com' }],
			date: new Date('2025-04-17T00:00:00Z'),
		});
		expect(await make(client, second)).toMatchObject({ complete: true, warnings: [] });
		const messages = lab.store.ofType('Email-Message');
		expect(messages.map(({ data }) => [data['message_id'], data['body']])).toEqual([
			['<1@example.org>', 'Invoice 1'],
			['<2@example.org>', 'Invoice 2'],
		]);
		expect(messages.map((message) => addressesOf(lab.store, message, 'from'))).toEqual([
			['intel@example.org'],
			['other@example.net'],
		]);
		expect(messages.map((message) => addressesOf(lab.store, message, 'to'))).toEqual([
			['a@example.com'],
			['b@example.com'],
		]);
	});

	it('and of one text are one object: nobody takes its sender, recipients add up, the result tells', async () => {
		const { lab, client } = await world();
		await make(client, multipart('Same', { messageId: '<1@example.org>', to: [{ address: 'a@example.com' }] }));
		const other = multipart('Same', {
			messageId: '<2@example.org>',
			from: [{ address: 'other@example.net' }],
			to: [{ address: 'b@example.com' }],
			date: new Date('2025-04-17T00:00:00Z'),
		});
		for (const run of [1, 2]) {
			const result = await make(client, other);
			expect([run, result.complete, result.warnings.map(({ code }) => code)]).toEqual([run, true, ['message-shared']]);
			const [message] = lab.store.ofType('Email-Message');
			expect(lab.store.ofType('Email-Message')).toHaveLength(1);
			expect(message!.data['message_id']).toBe('<1@example.org>');
			expect(addressesOf(lab.store, message!, 'from')).toEqual(['intel@example.org']);
			expect(addressesOf(lab.store, message!, 'to')).toEqual(['a@example.com', 'b@example.com']);
			// The sender of the second is in its report, and related to the message.
			const sender = lab.store.ofType('Email-Addr').find(({ data }) => data['value'] === 'other@example.net');
			const related = lab.store
				.ofType('relationship')
				.filter(({ data }) => data['fromId'] === sender!.id && data['toId'] === message!.id);
			expect(related).toHaveLength(1);
			const report = lab.snapshot().reports.find(({ id }) => id === result.id)!;
			const held = report.objects.map(({ id }) => id);
			expect(held).toEqual(expect.arrayContaining([sender!.id, related[0]!.id, message!.id]));
		}
	});

	it('three hits of a hunt in one bundle give one complete report', async () => {
		const { lab, client } = await world();
		const hit = (n: number): AnyBundle['objects'] => {
			const from = {
				type: 'email-addr',
				id: stixId('email-addr', { value: `s${n}@example.net` }),
				value: `s${n}@example.net`,
			};
			const to = {
				type: 'email-addr',
				id: stixId('email-addr', { value: `u${n}@example.com` }),
				value: `u${n}@example.com`,
			};
			const properties = {
				subject: 'Invoice 42',
				from_ref: from.id,
				to_refs: [to.id],
				message_id: `<${n}@example.net>`,
			};
			const message = {
				type: 'email-message',
				id: stixId('email-message', properties),
				is_multipart: false,
				...properties,
			};
			return [from, to, message];
		};
		const objects = [1, 2, 3].flatMap((n) => hit(n) ?? []);
		const draft = reportFromEmail(email());
		const result = await client.createReportFromBundle({ type: 'bundle', objects }, { draft });
		expect(result.complete).toBe(true);
		expect(result.warnings).toMatchObject([
			{ code: 'message-shared', message: expect.stringContaining('3 or more messages') },
		]);
		const [message] = lab.store.ofType('Email-Message');
		expect(addressesOf(lab.store, message!, 'from')).toEqual(['s1@example.net']);
		expect(addressesOf(lab.store, message!, 'to')).toEqual(['u1@example.com', 'u2@example.com', 'u3@example.com']);
		expect(lab.store.ofType('relationship')).toHaveLength(2);
	});

	it('an attached message that the platform takes for its own carrier is related to nothing, and nothing is missing', async () => {
		const { client } = await world();
		const inner = multipart('Same', { messageId: '<inner@example.org>' });
		const outer = multipart('Same', {
			attachments: [attachment('m.eml', 'message/rfc822', 'x', { email: inner })],
			messageId: '<outer@example.org>',
		});
		const result = await make(client, outer);
		expect(result.complete).toBe(true);
		expect(result.objects.filter(({ status }) => status === 'left-out')).toMatchObject([
			{ type: 'relationship', reason: expect.stringContaining('the same object') },
		]);
	});
});

describe('a message without subject', () => {
	const bare = (more: Partial<Email>) => {
		const { subject: _subject, ...rest } = email(more);
		return rest as Email;
	};

	it('is kept by its text, of HTML the words alone', async () => {
		const { lab, client } = await world();
		const { text: _text, ...message } = bare({
			html: '<p>Pay <b>at once</b></p><script>x()</script>',
			isMultipart: true,
		});
		const result = await make(client, message);
		expect(result.complete).toBe(true);
		expect(lab.store.ofType('Email-Message')[0]!.data['body'].trim()).toBe('Pay at once');
	});

	it('and without text is left out with its reason; the report is made and complete', async () => {
		const { lab, client } = await world();
		const { text: _text, ...message } = bare({ attachments: [attachment('a.pdf', 'application/pdf', '%PDF')] });
		const result = await make(client, message);
		expect(lab.snapshot().reports).toHaveLength(1);
		expect(result.complete).toBe(true);
		const [left] = result.objects.filter(({ type }) => type === 'email-message');
		expect(left).toMatchObject({ status: 'left-out', reason: expect.stringContaining('without a subject and a text') });
		expect(lab.store.ofType('Email-Message')).toEqual([]);
		expect(result.objects.filter(({ status }) => status === 'dangling' || status === 'failed')).toEqual([]);
	});
});

describe('a refusal', () => {
	it.each([
		['EmailIntelObservablePatch', 'UNSUPPORTED_ERROR'],
		['EmailIntelObservablePatch', 'FORBIDDEN_ACCESS'],
		['EmailIntelObservablePatch', 'null-data'],
		['EmailIntelObservableAdd', 'FUNCTIONAL_ERROR'],
		['EmailIntelRelationshipAdd', 'UNSUPPORTED_ERROR'],
		['EmailIntelIndicatorAdd', 'VALIDATION_ERROR'],
		['EmailIntelObservedDataAdd', 'FORBIDDEN_ACCESS'],
	] as const)(
		'of %s with %s stops nothing: the report is made, and the result says what is missing',
		async (operation, kind) => {
			const { lab, client } = await world();
			lab.fail({ kind, operation });
			const result = await make(client, multipart('Pay at once'));
			expect(lab.snapshot().reports).toHaveLength(1);
			expect(result.complete).toBe(false);
			expect(result.objects.filter(({ error }) => error !== undefined)).toHaveLength(1);
			expect(await make(client, multipart('Pay at once'))).toMatchObject({ complete: true });
		},
	);

	it.each(['EmailIntelObservableAdd', 'EmailIntelObservablePatch', 'EmailIntelRelationshipAdd'])(
		'of the token in the middle (%s) ends the run: nothing else would work',
		async (operation) => {
			const at = await world();
			at.lab.fail({ kind: 'unauthorized', operation, times: 1_000 });
			const to = Array.from({ length: 60 }, (_, n) => ({ address: `user${n}@example.com` }));
			const message = multipart('Pay at once', { to });
			await expect(make(at.client, message)).rejects.toMatchObject({ code: 'OPENCTI_TOKEN_REFUSED' });
			// Those that were on their way, and no others.
			expect(operations(at, operation).length).toBeLessThanOrEqual(OPENCTI_LIMITS.maxObjectsAtOnce);
			expect(operations(at, 'EmailIntelReportAdd')).toEqual([]);
		},
	);

	it('of every creation for want of a right comes before the first one', async () => {
		const at = await world({ users: [{ token: LAB_TOKEN, capabilities: ['KNOWLEDGE'] }] });
		const objects = bundleOf(email()).objects!.filter(({ type }) => type !== 'report');
		await expect(at.client.importBundle({ type: 'bundle', objects })).rejects.toMatchObject({
			code: 'OPENCTI_FORBIDDEN',
			missingCapabilities: ['KNOWLEDGE_KNUPDATE'],
		});
		expect(at.lab.requests.filter(({ operation }) => operation.endsWith('Add'))).toEqual([]);
	});

	it.each([
		{ type: 'relationship', id: 'relationship--1' },
		{ type: 'sighting', id: 'sighting--1', sighting_of_ref: 7, where_sighted_refs: 'x' },
		{ type: 'observed-data', id: 'observed-data--1', object_refs: null },
		{ type: 'file', id: 'file--1', hashes: null },
		{ type: 'constructor', id: 'constructor--1' },
		{ type: '__proto__', id: 'p--1' },
		{ type: 'email-message', id: 'email-message--1', body_multipart: [null, 7], to_refs: {} },
	])('of %j, which is not what it says, stops nothing', async (odd) => {
		const { lab, client } = await world();
		const good = { type: 'url', id: stixId('url', { value: 'http://example.org/' }), value: 'http://example.org/' };
		const draft = reportFromEmail(email());
		const result = await client.createReportFromBundle({ type: 'bundle', objects: [odd, good] as never }, { draft });
		expect(result.objects.map(({ status }) => status).at(-1)).toBe('imported');
		expect(lab.snapshot().reports[0]!.objects.length).toBeGreaterThan(0);
	});
});

describe('what others own', () => {
	it('stays as it is: an observable keeps its marking, is in the report, and is no mismatch', async () => {
		const { lab, client } = await world();
		const green = { type: 'bundle', objects: [] as never[] };
		const domain = {
			type: 'domain-name',
			id: stixId('domain-name', { value: 'evil.example.org' }),
			value: 'evil.example.org',
			object_marking_refs: ['marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da'],
		};
		await client.importBundle({ ...green, objects: [domain] });
		const result = await make(client, multipart('Pay at once'));
		expect(result.complete).toBe(true);
		const [stored] = lab.store.ofType('Domain-Name').filter(({ data }) => data['value'] === 'evil.example.org');
		expect(markingsOf(lab.store, stored!)).toEqual(['TLP:GREEN']);
		expect(lab.snapshot().reports[0]!.objects.map(({ id }) => id)).toContain(stored!.id);
		expect(result.objects.find(({ id }) => id === stored!.id)).toMatchObject({ status: 'imported', existed: true });
	});

	it('is found by what the platform computes, whatever id the bundle gives it', async () => {
		const { lab, client } = await world();
		const green = 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da';
		const file = {
			type: 'file',
			id: 'file--11111111-1111-4111-8111-111111111111',
			name: 'a.exe',
			hashes: { 'SHA-256': 'aa'.repeat(32) },
			object_marking_refs: [green],
		};
		const indicator = {
			type: 'indicator',
			id: 'indicator--11111111-1111-4111-8111-111111111111',
			name: 'mine',
			pattern: "[url:value = 'http://example.org/']",
			pattern_type: 'stix',
			valid_from: '2025-01-01T00:00:00Z',
			confidence: 40,
			object_marking_refs: [green],
		};
		const link = {
			type: 'relationship',
			id: 'relationship--11111111-1111-4111-8111-111111111111',
			relationship_type: 'based-on',
			source_ref: indicator.id,
			target_ref: file.id,
			object_marking_refs: [green],
		};
		await client.importBundle({ type: 'bundle', objects: [file, indicator, link] });
		const other = (id: string) => id.replaceAll('1', '2');
		const again = [
			{ ...file, id: other(file.id), name: 'b.exe' },
			{ ...indicator, id: other(indicator.id), confidence: 100, name: 'theirs' },
			{ ...link, id: other(link.id), source_ref: other(indicator.id), target_ref: other(file.id) },
		].map((object) => ({ ...object, object_marking_refs: [] }));
		const draft = reportFromEmail(email(), { marking: 'red' });
		const result = await client.createReportFromBundle({ type: 'bundle', objects: again }, { draft });
		expect(result.complete).toBe(true);
		for (const type of ['StixFile', 'Indicator', 'relationship']) {
			const [stored, second] = lab.store.ofType(type);
			expect([type, second, markingsOf(lab.store, stored!)]).toEqual([type, undefined, ['TLP:GREEN']]);
		}
		expect(lab.store.ofType('Indicator')[0]).toMatchObject({ confidence: 40, data: { name: 'mine' } });
	});

	it("an analyst's edits of a report stay: text, name, marking, confidence; what is missing is added, and the result tells", async () => {
		const { lab, client } = await world();
		const first = await make(client, multipart('Pay at once'));
		const stored = lab.store.get(first.id);
		Object.assign(stored.data, { description: 'Analysed: false alarm.', content: '<p>Mine</p>' });
		stored.confidence = 40;
		stored.markings = [lab.store.find('marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da')!.id];
		const [url] = lab.store.ofType('Url');
		stored.objects = stored.objects.filter((id) => id !== url!.id);
		const again = await make(client, multipart('Pay at once'));
		expect(stored).toMatchObject({
			confidence: 40,
			data: { description: 'Analysed: false alarm.', content: '<p>Mine</p>' },
		});
		expect(markingsOf(lab.store, stored)).toEqual(['TLP:GREEN']);
		expect(stored.objects).toContain(url!.id);
		expect(again.complete).toBe(true);
		expect(again.warnings.map(({ code }) => code).sort()).toEqual(['marking-kept', 'text-kept']);
	});

	it('an empty description of a report that is there is filled', async () => {
		const { lab, client } = await world();
		const first = await client.createReport(reportFromEmail(email()));
		lab.store.get(first.id).data['description'] = '';
		await client.createReport(reportFromEmail(email()));
		expect(lab.store.get(first.id).data['description']).toContain('intel@example.org');
	});

	it('a case that is there keeps marking, author and confidence when the same message comes again', async () => {
		const { lab, client } = await world();
		const first = await client.createIncidentCase(caseFromEmail(email()));
		const stored = lab.store.get(first.id);
		stored.confidence = 30;
		stored.markings = [lab.store.find('marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da')!.id];
		const again = await client.createIncidentCase(caseFromEmail(email()));
		expect(again).toMatchObject({ complete: true, appended: false, warnings: [{ code: 'marking-kept' }] });
		expect([stored.confidence, markingsOf(lab.store, stored)]).toEqual([30, ['TLP:GREEN']]);
	});
});

describe('what is made for a report', () => {
	it('is marked as the report at least, though the bundle says less or nothing', async () => {
		const { lab, client } = await world();
		const unmarked = bundleOf(multipart('Pay at once')).objects!.map(({ object_marking_refs: _, ...object }) => object);
		await client.createReportFromBundle(
			{ type: 'bundle', objects: unmarked },
			{ draft: reportFromEmail(multipart('Pay at once'), { marking: ['amber', 'PAP:RED'] }) },
		);
		const meta = ['Marking-Definition', 'Vocabulary', 'External-Reference', 'Label', 'Organization'];
		const made = [...lab.store.entities.values()].filter(({ type }) => !meta.includes(type));
		expect(made.length).toBeGreaterThan(8);
		for (const entity of made) {
			expect([entity.type, markingsOf(lab.store, entity).sort()]).toEqual([entity.type, ['PAP:RED', 'TLP:AMBER']]);
		}
	});

	it('keeps a stricter marking of its own, and follows a report that its people have raised', async () => {
		const { lab, client } = await world();
		const red = 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed';
		const url = (value: string, refs: string[]) => ({
			type: 'url',
			id: stixId('url', { value }),
			value,
			object_marking_refs: refs,
		});
		const draft = () => reportFromEmail(email(), { marking: 'green' });
		const first = await client.createReportFromBundle(
			{ type: 'bundle', objects: [url('http://example.org/1', [red])] },
			{ draft: draft() },
		);
		lab.store.get(first.id).markings = [lab.store.find(red)!.id];
		await client.createReportFromBundle(
			{ type: 'bundle', objects: [url('http://example.org/2', [])] },
			{ draft: draft() },
		);
		expect(lab.store.ofType('Url').map((entity) => markingsOf(lab.store, entity))).toEqual([['TLP:RED'], ['TLP:RED']]);
	});
});

describe('what the platform takes for the same object', () => {
	const GREEN = 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da';
	const sha256 = 'ab'.repeat(32);
	const theirs = (object: { type: string; [property: string]: unknown }, uuid = '1') => ({
		id: `${object.type}--${uuid.repeat(8)}-1111-4111-8111-111111111111`,
		object_marking_refs: [GREEN],
		...object,
	});
	const pattern = { pattern_type: 'stix', name: 'A link', valid_from: '2025-01-01T00:00:00Z' };

	it.each([
		[
			'a file of which it knows another hash',
			{ type: 'file', hashes: { 'SHA-256': sha256 } },
			{ type: 'file', hashes: { MD5: 'cd'.repeat(16), 'SHA-256': sha256.toUpperCase() } },
		],
		['a user agent', { type: 'user-agent', value: 'curl/8' }, { type: 'user-agent', value: 'curl/8' }],
		[
			'an indicator whose pattern is written otherwise',
			{ type: 'indicator', pattern: "[url:value='http://example.org/']", ...pattern },
			{ type: 'indicator', pattern: "[ url:value  = 'http://example.org/' ]", ...pattern },
		],
		[
			'an organisation by another of its names',
			{ type: 'identity', name: 'Acme Corporation', identity_class: 'organization', x_opencti_aliases: ['ACME'] },
			{ type: 'identity', name: 'acme', identity_class: 'organization', description: 'ours' },
		],
		[
			'a message whose subject has a blank at its end',
			{ type: 'email-message', is_multipart: false, subject: 'Invoice', body: 'x' },
			{ type: 'email-message', is_multipart: false, subject: 'Invoice ', body: 'x' },
		],
	])('%s is found, and stays as it is', async (_what, first, second) => {
		const { lab, client } = await world();
		const { x_opencti_aliases: names, ...plain } = first as Record<string, unknown>;
		await client.importBundle({ type: 'bundle', objects: [theirs(plain as typeof first)] as never });
		const [stored] = [...lab.store.entities.values()].filter(({ ids }) => ids.has(theirs(first).id));
		if (names !== undefined) {
			stored!.data['x_opencti_aliases'] = names;
			lab.store.aliasNames(stored!);
		}
		const before = JSON.stringify({ ...stored, ids: [] });
		const draft = reportFromEmail(email());
		const result = await client.createReportFromBundle(
			{ type: 'bundle', objects: [{ ...theirs(second, '2'), object_marking_refs: [] }] as never },
			{ draft },
		);
		expect(result).toMatchObject({ complete: true, objects: [{ existed: true, id: stored!.id }] });
		expect(JSON.stringify({ ...stored, ids: [] })).toBe(before);
	});

	it('a relationship between the same ends is found whatever its times and ids, and stays as it is', async () => {
		const { lab, client } = await world();
		const [one, other] = ['http://example.org/1', 'http://example.org/2'].map((value) => ({
			type: 'url',
			id: stixId('url', { value }),
			value,
			object_marking_refs: [GREEN],
		}));
		const link = (uuid: string, more: object) => ({
			...theirs({ type: 'relationship', relationship_type: 'related-to' }, uuid),
			source_ref: one!.id,
			target_ref: other!.id,
			...more,
		});
		await client.importBundle({
			type: 'bundle',
			objects: [one, other, link('1', { start_time: '2024-01-01T00:00:00Z' })] as never,
		});
		const ours = link('2', { object_marking_refs: [] });
		const result = await client.createReportFromBundle(
			{ type: 'bundle', objects: [one, other, ours] as never },
			{ draft: reportFromEmail(email(), { marking: 'red' }) },
		);
		expect(result.complete).toBe(true);
		const [stored, second] = lab.store.ofType('relationship');
		expect([second, markingsOf(lab.store, stored!)]).toEqual([undefined, ['TLP:GREEN']]);
		expect(lab.snapshot().reports[0]!.objects.map(({ id }) => id)).toContain(stored!.id);
		// One that starts a year later is another one.
		const later = link('3', { start_time: '2025-01-01T00:00:00Z' });
		await client.importBundle({ type: 'bundle', objects: [one, other, later] as never });
		expect(lab.store.ofType('relationship')).toHaveLength(2);
	});

	it('an id that belongs to an object of another type is not that object', async () => {
		const { lab, client } = await world();
		const address = {
			type: 'email-addr',
			id: stixId('email-addr', { value: 'a@example.org' }),
			value: 'a@example.org',
		};
		await client.importBundle({ type: 'bundle', objects: [address] });
		const odd = { type: 'url', id: address.id, value: 'http://example.org/' };
		const result = (await client.importBundle({ type: 'bundle', objects: [odd] })) as DirectImportResult;
		expect(result.objects[0]).not.toHaveProperty('existed');
		expect(lab.store.ofType('Url')).toHaveLength(1);
	});

	it('two objects that are one file by another hash each: one is taken, none is made, and that is told', async () => {
		const { lab, client } = await world();
		const objects = [
			theirs({ type: 'file', hashes: { MD5: 'cd'.repeat(16) } }, '1'),
			theirs({ type: 'file', hashes: { 'SHA-256': sha256 } }, '2'),
		];
		await client.importBundle({ type: 'bundle', objects: objects });
		const both = theirs({ type: 'file', hashes: { MD5: 'cd'.repeat(16), 'SHA-256': sha256 } }, '3');
		const result = (await client.importBundle({ type: 'bundle', objects: [both] as never })) as DirectImportResult;
		expect(result).toMatchObject({ complete: true, warnings: [{ code: 'several-objects' }] });
		expect(lab.store.ofType('StixFile')).toHaveLength(2);
	});
});

describe('several at work on one platform', () => {
	it('two mails of one subject and text, from two senders, at the same moment: one is the sender, the other is related', async () => {
		const { lab, client } = await world();
		const from = (address: string) => multipart('Same', { messageId: `<${address}>`, from: [{ address }] });
		const results = await Promise.all(
			['s1@example.net', 's2@example.net'].map((address) => make(client, from(address))),
		);
		const [message] = lab.store.ofType('Email-Message');
		const [sender, ...more] = addressesOf(lab.store, message!, 'from');
		expect(more).toEqual([]);
		const other = ['s1@example.net', 's2@example.net'].find((address) => address !== sender);
		const node = lab.store.ofType('Email-Addr').find(({ data }) => data['value'] === other)!;
		const related = lab.store.ofType('relationship').filter(({ data }) => data['fromId'] === node.id);
		expect(related.map(({ data }) => data['toId'])).toContain(message!.id);
		expect(results.flatMap(({ warnings }) => warnings.map(({ code }) => code))).toContain('message-shared');
	});

	it('a sender that the user may not see is not replaced', async () => {
		const users = [{ token: LAB_TOKEN }, { token: 'few', allowedMarkings: ['TLP:CLEAR', 'TLP:GREEN'] }];
		const { lab, client } = await world({ users });
		const secret = {
			type: 'email-addr',
			id: stixId('email-addr', { value: 's1@example.net' }),
			value: 's1@example.net',
		};
		const marked = {
			...secret,
			object_marking_refs: ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed'],
		};
		const message = { type: 'email-message', id: 'email-message--1', is_multipart: false, subject: 'Same', body: 'x' };
		const objects = [marked, { ...message, from_ref: secret.id }];
		await client.importBundle({ type: 'bundle', objects }, { marking: [] });
		const visitor = new OpenCtiClient({ url: lab.url, token: 'few' });
		const own = { ...secret, id: stixId('email-addr', { value: 's2@example.net' }), value: 's2@example.net' };
		const others = [own, { ...message, id: 'email-message--2', from_ref: own.id }];
		const result = (await visitor.importBundle(
			{ type: 'bundle', objects: others },
			{ marking: [] },
		)) as DirectImportResult;
		await visitor.close();
		const [stored] = lab.store.ofType('Email-Message');
		expect(addressesOf(lab.store, stored!, 'from')).toEqual(['s1@example.net']);
		expect(result.warnings).toMatchObject([{ code: 'message-shared' }]);
	});

	it('two replies to one case at the same moment both stay in it, and so does what an analyst writes meanwhile', async () => {
		const { lab, client } = await world();
		const first = await client.createIncidentCase(caseFromEmail(email({ messageId: '<1@e.example>' })));
		lab.store.get(first.id).data['content'] += '<p>Note of the analyst</p>';
		const reply = (n: number) =>
			email({ messageId: `<${n}@e.example>`, inReplyTo: '<1@e.example>', text: `Reply ${n}`, subject: `Re: ${n}` });
		const results = await Promise.all([2, 3].map((n) => client.createIncidentCase(caseFromEmail(reply(n)))));
		expect(results.every(({ appended, complete }) => appended && complete)).toBe(true);
		const { content } = lab.store.get(first.id).data;
		expect(['Reply 2', 'Reply 3', 'Note of the analyst'].filter((text) => !String(content).includes(text))).toEqual([]);
	});
});

describe('nothing is called complete that is not', () => {
	const url = (value: string) => ({ type: 'url', id: stixId('url', { value }), value });
	const [one, two] = [url('http://example.org/1'), url('http://example.org/2')];
	const time = '2025-01-01T00:00:00Z';
	const dated = { first_observed: time, last_observed: time, number_observed: 1 };

	it('a collection is not made of what is left while a member failed: the next run makes it whole', async () => {
		const { lab, client } = await world();
		const observed = { type: 'observed-data', id: 'observed-data--1', ...dated, object_refs: [one.id, two.id] };
		const note = { type: 'note', id: 'note--1', content: 'n', created: time, object_refs: [one.id, observed.id] };
		const run = () => client.importBundle({ type: 'bundle', objects: [note, observed, one, two] as never });
		lab.fail({ kind: 'FUNCTIONAL_ERROR', operation: 'EmailIntelObservableAdd' });
		const first = (await run()) as DirectImportResult;
		expect(first.complete).toBe(false);
		expect(first.objects.map(({ status }) => status)).toEqual(['dangling', 'dangling', 'failed', 'imported']);
		const second = (await run()) as DirectImportResult;
		expect(second.complete).toBe(true);
		expect(lab.store.ofType('Observed-Data')[0]!.objects).toHaveLength(2);
		expect(lab.store.ofType('Note')[0]!.objects).toHaveLength(2);
	});

	it('relationships get into the collections that name them, and notes may be about relationships, whatever the order', async () => {
		const { lab, client } = await world();
		const link = { type: 'relationship', id: 'relationship--1', relationship_type: 'related-to' };
		const joined = { ...link, source_ref: one.id, target_ref: two.id };
		const onLink = { ...link, id: 'relationship--2', source_ref: one.id, target_ref: joined.id };
		const observed = { type: 'observed-data', id: 'observed-data--1', ...dated, object_refs: [one.id, joined.id] };
		const note = { type: 'note', id: 'note--1', content: 'n', created: time, object_refs: [joined.id, observed.id] };
		const result = (await client.importBundle({
			type: 'bundle',
			objects: [note, observed, onLink, joined, one, two] as never,
		})) as DirectImportResult;
		expect(result.objects.map(({ status }) => status)).toEqual(Array(6).fill('imported'));
		expect(lab.store.ofType('Observed-Data')[0]!.objects).toHaveLength(2);
		expect(lab.store.ofType('Note')[0]!.objects).toHaveLength(2);
	});

	it('a circle of references ends, and is told', async () => {
		const { client } = await world();
		const note = (n: number, other: number) => ({
			type: 'note',
			id: `note--${n}`,
			content: `n${n}`,
			created: time,
			object_refs: [`note--${other}`],
		});
		const result = (await client.importBundle({
			type: 'bundle',
			objects: [note(1, 2), note(2, 1)],
		})) as DirectImportResult;
		expect(result.complete).toBe(false);
		expect(result.objects.map(({ status }) => status)).toContain('dangling');
	});

	it.each([
		['an object without id', { type: 'url', value: 'http://example.org/' }, 'failed'],
		['null', null, 'unsupported'],
		['another value under an id of the bundle', { ...one, value: 'http://example.org/3' }, 'failed'],
		['observed data of STIX 2.0', { type: 'observed-data', id: 'observed-data--2', objects: { 0: {} } }, 'failed'],
		[
			'a sighting at two places',
			{ type: 'sighting', id: 'sighting--1', sighting_of_ref: one.id, where_sighted_refs: [one.id, two.id] },
			'left-out',
		],
		[
			'a second report',
			{ type: 'report', id: 'report--2', name: 'Second', published: time, object_refs: [] },
			'unsupported',
		],
		['what its report holds and nobody has', undefined, 'dangling'],
	])('%s is told', async (_what, odd, status) => {
		const { lab, client } = await world();
		const outside = 'url--11111111-1111-5111-8111-111111111111';
		const report = {
			type: 'report',
			id: 'report--1',
			name: 'First',
			published: time,
			object_refs: [one.id, ...(odd === undefined ? [outside] : [])],
		};
		const objects = [one, two, report, ...(odd === undefined ? [] : [odd])];
		const result = await client.createReportFromBundle({ type: 'bundle', objects: objects as never });
		expect(result.objects.map((object) => object.status)).toContain(status);
		expect(result.complete).toBe(status === 'left-out');
		expect(lab.snapshot().reports).toHaveLength(1);
	});

	it('what its report holds and the platform has is in the report', async () => {
		const { lab, client } = await world();
		await client.importBundle({ type: 'bundle', objects: [two] });
		const report = { type: 'report', id: 'report--1', name: 'First', published: time, object_refs: [one.id, two.id] };
		const result = await client.createReportFromBundle({ type: 'bundle', objects: [one, report] as never });
		expect(result.complete).toBe(true);
		expect(
			lab
				.snapshot()
				.reports[0]!.objects.map(({ standardId }) => standardId)
				.sort(),
		).toEqual([one.id, two.id].sort());
	});

	it.each([null, undefined, {}, { type: 'bundle', objects: {} }])('%j is not a bundle', async (odd) => {
		const { client } = await world();
		await expect(client.importBundle(odd as never)).rejects.toMatchObject({ code: 'OPENCTI_INPUT' });
		await expect(client.createReportFromBundle(odd as never)).rejects.toMatchObject({ code: 'OPENCTI_INPUT' });
	});
});

describe('rights and markings', () => {
	it('a user who may not make labels gets the objects without them, and is told', async () => {
		const { lab, client } = await world({
			users: [{ token: LAB_TOKEN, capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD'] }],
		});
		const object = { type: 'url', id: stixId('url', { value: 'http://example.org/' }), value: 'http://example.org/' };
		const result = await client.createReportFromBundle(
			{ type: 'bundle', objects: [{ ...object, labels: ['new'] }] as never },
			{ draft: reportFromEmail(email()) },
		);
		expect(result).toMatchObject({ complete: true, warnings: [{ code: 'label-unknown' }] });
		expect(lab.store.ofType('Url')).toHaveLength(1);
	});

	it('an unknown marking of an object ends the call before author and labels are made', async () => {
		const { lab, client } = await world();
		const before = lab.snapshot().counts;
		const object = {
			type: 'url',
			id: stixId('url', { value: 'http://example.org/' }),
			value: 'http://example.org/',
			object_marking_refs: ['marking-definition--11111111-1111-4111-8111-111111111111'],
		};
		await expect(
			client.createReportFromBundle(
				{ type: 'bundle', objects: [object] as never },
				{ draft: reportFromEmail(email(), { labels: ['new'] }) },
			),
		).rejects.toMatchObject({ code: 'OPENCTI_MARKING_UNKNOWN' });
		expect(lab.snapshot().counts).toEqual(before);
	});

	it('only an identity is spared the marking of the report for being an author', async () => {
		const { lab, client } = await world();
		const value = 'http://example.org/';
		const object = { type: 'url', id: stixId('url', { value }), value };
		const other = { type: 'domain-name', id: stixId('domain-name', { value: 'example.org' }), value: 'example.org' };
		await client.createReportFromBundle(
			{ type: 'bundle', objects: [object, { ...other, created_by_ref: object.id }] as never },
			{ draft: reportFromEmail(email(), { marking: 'red' }) },
		);
		expect(markingsOf(lab.store, lab.store.ofType('Url')[0]!)).toEqual(['TLP:RED']);
	});

	it('a report that has no text is as strict as the text that it gets', async () => {
		const { lab, client } = await world();
		const first = await client.createReport(reportFromEmail(email(), { marking: 'green' }));
		Object.assign(lab.store.get(first.id).data, { description: '', content: '' });
		await client.createReport(reportFromEmail(email(), { marking: 'red' }));
		expect(markingsOf(lab.store, lab.store.get(first.id))).toEqual(['TLP:RED']);
	});

	it('a file that its people marked more strictly is not less marked', async () => {
		const { lab, client } = await world();
		const message = email({ attachments: [attachment('a.txt', 'text/plain', 'x')] });
		await client.createReport(reportFromEmail(message));
		const [file] = lab.store.files.values();
		file!.markings = [lab.store.find('marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed')!.id];
		const again = await client.createReport(reportFromEmail(message));
		expect(again).toMatchObject({ complete: true, warnings: [], files: [{ status: 'present' }] });
	});
});

describe('a report that its people have renamed', () => {
	it('is found by its Message-ID and not made a second time, its name stays', async () => {
		const { lab, client } = await world();
		const { id } = await client.createReport(reportFromEmail(email()));
		const stored = lab.store.find(id)!;
		lab.store.rename(stored, 'Invoice fraud against us');
		const again = await client.createReport(reportFromEmail(email()));
		expect(again).toMatchObject({ id, created: false, complete: true, name: 'Invoice fraud against us' });
		expect(lab.snapshot().reports).toHaveLength(1);
	});

	it('does not hide another message that bears the same Message-ID and date', async () => {
		const { lab, client } = await world();
		await client.createReport(reportFromEmail(email()));
		const other = email({ subject: 'Something else', text: 'Click here', sha256: 'ab'.repeat(32) });
		expect(await client.createReport(reportFromEmail(other))).toMatchObject({ created: true });
		expect(lab.snapshot().reports.map(({ name }) => name)).toEqual(['Weekly threat report', 'Something else']);
	});
});

describe('what is updated because the user asks for it', () => {
	it('is the text of the report, and the marking of objects that were there', async () => {
		const { lab, client } = await world();
		await client.importBundle({ type: 'bundle', objects: [domain('evil.example.org')] }, { marking: 'green' });
		const message = multipart('Pay at once');
		const { id } = await make(client, message);
		lab.store.get(id).data['description'] = 'Written by hand';
		const options = { draft: reportFromEmail(message, { indicators }), existing: 'update' as const };
		const again = await client.createReportFromBundle(bundleOf(message), options);
		expect(again).toMatchObject({ created: false, complete: true });
		expect(lab.store.get(id).data['description']).toContain('Email Subject');
		const [stored] = lab.store.ofType('Domain-Name');
		expect(markingsOf(lab.store, stored!)).toEqual(['TLP:AMBER+STRICT']);
	});

	it('is nothing without that: the same run leaves both as they are', async () => {
		const { lab, client } = await world();
		await client.importBundle({ type: 'bundle', objects: [domain('evil.example.org')] }, { marking: 'green' });
		const { id } = await make(client, multipart('Pay at once'));
		lab.store.get(id).data['description'] = 'Written by hand';
		await make(client, multipart('Pay at once'));
		expect(lab.store.get(id).data['description']).toBe('Written by hand');
		expect(markingsOf(lab.store, lab.store.ofType('Domain-Name')[0]!)).toEqual(['TLP:GREEN']);
	});
});

const domain = (value: string) => ({ type: 'domain-name', id: stixId('domain-name', { value }), value });

describe('what the platform does without a word', () => {
	it('and ignores for want of confidence is told, and the result is not complete', async () => {
		const { lab, client } = await world({
			users: [
				{ token: LAB_TOKEN, maxConfidence: 100 },
				{ token: 'lower', maxConfidence: 50 },
			],
		});
		const { id } = await client.createReport(reportFromEmail(multipart('Pay at once')));
		const lower = new OpenCtiClient({ url: lab.url, token: 'lower' });
		const result = await make(lower, multipart('Pay at once'));
		await lower.close();
		expect(result).toMatchObject({ id, created: false, complete: false });
		const [warning] = result.warnings.filter(({ code }) => code === 'not-stored');
		expect(warning!.message).toMatch(
			/did not store \d+ object\(s\)\. The maximum confidence of the user is 50, that .* is 100/,
		);
		expect(lab.snapshot().reports[0]!.objects).toEqual([]);
	});

	it('and lowers of a confidence that is asked for is told', async () => {
		const { client } = await world({ users: [{ token: LAB_TOKEN, maxConfidence: 50 }] });
		const result = await client.createReport(reportFromEmail(email(), { confidence: 80 }));
		expect(result.warnings.map(({ code }) => code)).toEqual(['confidence-lowered']);
	});

	it('and revokes of indicators that an old date ends is told', async () => {
		const { client } = await world();
		const old = multipart('Pay at once', { date: new Date('2020-01-01T00:00:00Z') });
		const result = await make(client, old);
		expect(result.warnings.filter(({ code }) => code === 'indicator-revoked')).toHaveLength(2);
	});
});

it('an artifact of a bundle is brought by its bytes, marked as its report, once', async () => {
	const { lab, client } = await world();
	const bytes = Buffer.from('MZ\0\x90 program');
	const message = multipart('See the program', {
		attachments: [attachment('a.exe', 'application/x-msdownload', bytes)],
	});
	const bundle = emailToBundle(message, { indicators, include: { artifacts: true } }) as unknown as AnyBundle;
	expect(bundle.objects!.map(({ type }) => type)).toContain('artifact');
	for (let run = 0; run < 2; run++) {
		const result = await client.createReportFromBundle(bundle, { draft: reportFromEmail(message) });
		expect(result.objects.filter(({ status }) => status !== 'imported')).toEqual([]);
	}
	const [stored, ...others] = lab.store.ofType('Artifact');
	expect(others).toEqual([]);
	expect(markingsOf(lab.store, stored!)).toEqual(['TLP:AMBER+STRICT']);
	expect(lab.store.files.get(stored!.files[0]!)!.bytes.equals(bytes)).toBe(true);
});

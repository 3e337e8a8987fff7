import {
	caseFromEmail,
	reportFromEmail,
	type AnyBundle,
	type BundleReportResult,
	type DirectImportResult,
} from '../../../lib/opencti';
import type { Email } from '../../../lib/email';
import type { Indicator } from '../../../lib/indicators';
import { emailToBundle, stixId } from '../../../lib/stix';
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
		expect(operations(at, 'EmailIntelMessagePatch')).toHaveLength(1);
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
			'EmailIntelMessagePatch',
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
		expect(result.warnings).toMatchObject([{ code: 'message-shared', message: expect.stringContaining('3 messages') }]);
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
			{ type: 'relationship', reason: expect.stringContaining('one object') },
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
		expect(left).toMatchObject({ status: 'left-out', reason: expect.stringContaining('neither a subject nor a text') });
		expect(lab.store.ofType('Email-Message')).toEqual([]);
		expect(result.objects.filter(({ status }) => status === 'dangling' || status === 'failed')).toEqual([]);
	});
});

describe('a refusal', () => {
	it.each([
		['EmailIntelMessagePatch', 'UNSUPPORTED_ERROR'],
		['EmailIntelMessagePatch', 'FORBIDDEN_ACCESS'],
		['EmailIntelMessagePatch', 'null-data'],
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

	it('of every creation for want of a right ends at the first one', async () => {
		const at = await world({ users: [{ token: LAB_TOKEN, capabilities: ['KNOWLEDGE'] }] });
		const objects = bundleOf(email()).objects!.filter(({ type }) => type !== 'report');
		await expect(at.client.importBundle({ type: 'bundle', objects })).rejects.toMatchObject({
			code: 'OPENCTI_FORBIDDEN',
			missingCapabilities: ['KNOWLEDGE_KNUPDATE'],
		});
		expect(at.lab.requests.filter(({ operation }) => operation.endsWith('Add'))).toHaveLength(1);
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

import { stixId, upgradedTo21, type AnyStixObject } from '../../../lib/stix';

// What STIX 2.0 says in another way than 2.1, said in 2.1 where nothing is lost.

const observed = (objects: unknown, more: object = {}): AnyStixObject => ({
	type: 'observed-data',
	id: 'observed-data--9d1f2b3c-0000-4000-8000-000000000001',
	first_observed: '2026-01-01T00:00:00.000Z',
	last_observed: '2026-01-01T00:00:00.000Z',
	number_observed: 1,
	objects,
	...more,
});
const mail = {
	0: { type: 'email-addr', value: 'it@evil.example.net' },
	1: { type: 'email-addr', value: 'jo@soc.example.org' },
	2: { type: 'email-message', is_multipart: false, subject: 'Quota', from_ref: '0', to_refs: ['1', '1'] },
	3: { type: 'x-event', message_ref: '2' },
};

describe('objects of STIX 2.0', () => {
	it('stand each for itself, with the ids of STIX 2.1, behind what they refer to, marked as the observation is', () => {
		const marking = ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'];
		const [from, to, message, event, observation, ...more] = upgradedTo21([
			observed(mail, { object_marking_refs: marking }),
		]);
		expect(more).toEqual([]);
		expect(from).toMatchObject({
			id: stixId('email-addr', { value: 'it@evil.example.net' }),
			object_marking_refs: marking,
		});
		expect(message).toMatchObject({ subject: 'Quota', from_ref: from!.id, to_refs: [to!.id, to!.id] });
		expect(event).toMatchObject({ type: 'x-event', message_ref: message!.id, object_marking_refs: marking });
		expect(observation).toMatchObject({ object_refs: [from, to, message, event].map((object) => object!.id) });
		expect(observation).not.toHaveProperty('objects');
	});

	it('are the same for the same input, and each once', () => {
		const second = observed(mail, { id: 'observed-data--9d1f2b3c-0000-4000-8000-000000000002' });
		const given = [observed(mail), second];
		const before = structuredClone(given);
		const upgraded = upgradedTo21(given);
		expect(upgradedTo21(structuredClone(given))).toEqual(upgraded);
		expect(given).toEqual(before);
		expect(upgraded).toHaveLength(6);
	});

	it('an indicator says that its pattern is STIX, and what was its labels is its types', () => {
		const indicator = {
			type: 'indicator',
			id: 'indicator--1',
			pattern: "[url:value = 'x']",
			labels: ['malicious-activity'],
		};
		expect(upgradedTo21([indicator])).toEqual([
			{
				type: 'indicator',
				id: 'indicator--1',
				pattern: "[url:value = 'x']",
				pattern_type: 'stix',
				indicator_types: ['malicious-activity'],
			},
		]);
	});

	it.each([
		['a reference to nothing', { 0: { type: 'email-message', from_ref: '7' } }],
		['a circle', { 0: { type: 'x-a', b_ref: '1' }, 1: { type: 'x-b', a_ref: '0' } }],
		['itself', { 0: { type: 'x-a', a_ref: '0' } }],
		['no type', { 0: {} }],
		['a text', { 0: 'email-addr' }],
		['nothing', {}],
		['a list', []],
	])('stay as they are where something would be lost: %s', (_what, objects) => {
		const given = [observed(objects)];
		expect(upgradedTo21(given)).toEqual(given);
	});

	it('of STIX 2.1 stay as they are', () => {
		const given = [
			{ type: 'url', id: 'url--1', value: 'http://example.org/' },
			{ type: 'indicator', id: 'indicator--1', pattern: "[url:value = 'x']", pattern_type: 'stix', labels: ['a'] },
			observed(undefined, { object_refs: ['url--1'] }),
		];
		expect(upgradedTo21(given)).toEqual(given);
	});

	it('are followed through a chain of references as long as they are many, in time that grows with it', () => {
		const chain = (length: number) =>
			Object.fromEntries(
				Array.from({ length }, (_, at) => [
					String(at),
					at + 1 < length ? { type: 'x-link', next_ref: String(at + 1) } : { type: 'x-link' },
				]),
			);
		expect(upgradedTo21([observed(chain(20_000))])).toHaveLength(20_001);
	});
});

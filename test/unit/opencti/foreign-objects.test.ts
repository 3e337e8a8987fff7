import { upgradedTo21, withoutReferences, type AnyStixObject } from '../../../lib/stix';
import { closeWorlds, world } from './world';

/** JSON of a stranger: what should be a text is an object, with a member that every object has another way. */
const NO_TEXT = { toString: 'x', valueOf: null };

afterEach(closeWorlds);

describe('an object of a stranger in which a text is none', () => {
	it('is compared with references', () => {
		const object: AnyStixObject = { type: 'x', id: 'x--1', a_ref: NO_TEXT, b_refs: [NO_TEXT, 'y--1', 'z--1'] };
		expect(withoutReferences(object, new Set(['y--1']))).toEqual({ ...object, b_refs: [NO_TEXT, 'z--1'] });
	});

	it('is upgraded, or stays as it is', () => {
		const observed: AnyStixObject = {
			type: 'observed-data',
			id: 'observed-data--1',
			objects: { 0: { type: 'email-message', from_ref: NO_TEXT, to_refs: [NO_TEXT] } },
		};
		expect(() => upgradedTo21([observed])).not.toThrow();
	});

	it.each<[string, Partial<AnyStixObject>]>([
		['relationship', { relationship_type: NO_TEXT, source_ref: NO_TEXT, target_ref: 'email-addr--1' }],
		['indicator', { pattern: NO_TEXT, pattern_type: 'stix', name: NO_TEXT, valid_from: NO_TEXT }],
		['identity', { name: NO_TEXT, identity_class: NO_TEXT }],
		['email-addr', { value: NO_TEXT }],
		['observed-data', { first_observed: NO_TEXT, last_observed: NO_TEXT, number_observed: 1, object_refs: ['email-addr--1'] }],
	])('of the type %s is told as not imported, and the others are', async (type, properties) => {
		const { client } = await world();
		const good = { type: 'email-addr', id: 'email-addr--1', spec_version: '2.1', value: 'a@evil.example' };
		const bad = { type, id: `${type}--7c0d3c2a-9c1c-4f2c-8f0e-6d5b0a4c1d2e`, spec_version: '2.1', created_by_ref: NO_TEXT, ...properties };
		const result = await client.importBundle({ type: 'bundle', id: 'bundle--1', objects: [good, bad] }, { mode: 'direct' });
		if (result.mode !== 'direct') throw new Error('another mode');
		expect(result.complete).toBe(false);
		expect(result.objects.map(({ stixId, status }) => [stixId === good.id, status === 'imported'])).toEqual(
			expect.arrayContaining([[true, true], [false, false]]),
		);
	});
}); // prettier-ignore

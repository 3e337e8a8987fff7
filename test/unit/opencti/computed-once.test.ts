import { messageText } from '../../../lib/opencti/bundle/messageText';
import { Placements, type Placed } from '../../../lib/opencti/bundle/placements';
import { joined } from '../../../lib/opencti/platform/joined';
import type { OpenCtiDocument } from '../../../lib/opencti/documents';
import type { AnyStixObject } from '../../../lib/stix';

/** An object that counts how often one of its properties is read. */
function counted<T extends object>(object: T, property: string, value: unknown): { object: T; reads: () => number } {
	let reads = 0;
	Object.defineProperty(object, property, {
		enumerable: true,
		get: () => {
			reads += 1;
			return value;
		},
	});
	return { object, reads: () => reads };
}

const HTML = '<p>Your mailbox is full: <a href="https://login.example.net/">log in</a></p>';
const message = () =>
	counted<AnyStixObject>(
		{
			type: 'email-message',
			spec_version: '2.1',
			id: 'email-message--5c1f2d0e-2f3a-5b0e-9a51-2f2a1d5c2001',
			is_multipart: false,
			content_type: 'text/html; charset=utf-8',
			subject: 'Your mailbox is full',
		},
		'body',
		HTML,
	);

const domain: AnyStixObject = {
	type: 'domain-name',
	spec_version: '2.1',
	id: 'domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5',
	value: 'login.example.net',
};
const address: AnyStixObject = {
	type: 'ipv4-addr',
	spec_version: '2.1',
	id: 'ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd',
	value: '203.0.113.7',
};
const resolves: AnyStixObject = {
	type: 'relationship',
	spec_version: '2.1',
	id: 'relationship--5c1f2d0e-2f3a-4b0e-9a51-2f2a1d5c2002',
	relationship_type: 'resolves-to',
	source_ref: domain.id,
	target_ref: address.id,
};
const placed = (standardId: string): Placed => ({
	id: `internal-${standardId}`,
	standard_id: standardId,
	objectMarking: [],
	existed: true,
});

describe('what a report asks for again and again is worked out once', () => {
	it('the HTML of a message is read once for its text', () => {
		const { object, reads } = message();
		const text = messageText(object);
		const first = reads();
		expect(messageText(object)).toBe(text);
		expect(text).toBe('Your mailbox is full: log in');
		expect(reads()).toBe(first);
	});

	it('the ids of a message are computed once, and are the same before and after it is looked for', () => {
		const { object, reads } = message();
		const placements = new Placements([object]);
		placements.expect([object]);
		const expected = placements.expectedIdsOf(object);
		const first = reads();
		expect(placements.idsOf(object)).toEqual(expected);
		expect(placements.idsOf(object)).toEqual(expected);
		expect(expected).toHaveLength(2);
		expect(reads()).toBe(first);
	});

	it('the ids of a relationship are computed anew when the platform has another id for one of its ends', () => {
		const placements = new Placements([domain, address, resolves]);
		placements.expect([domain, address, resolves]);
		const expected = placements.idsOf(resolves);
		placements.place(domain, placed(domain.id));
		placements.place(address, placed(address.id));
		const asExpected = placements.idsOf(resolves);
		placements.place(domain, placed('domain-name--00000000-0000-5000-8000-000000000001'));
		const another = placements.idsOf(resolves);
		placements.place(domain, placed(domain.id));
		expect(asExpected).not.toEqual(expected);
		expect(another).not.toEqual(asExpected);
		expect(placements.idsOf(resolves)).toEqual(asExpected);
	});

	it('the text of an operation is read once for each place among others', () => {
		const { object: one, reads } = counted(
			{ name: 'LabelAdd', creates: true, joins: true, repeatable: true } as OpenCtiDocument<unknown, unknown>,
			'text',
			'mutation LabelAdd($input: LabelAddInput!) { labelAdd(input: $input) { id } }',
		);
		const other = {
			name: 'NoteAdd',
			text: 'mutation NoteAdd($input: NoteAddInput!) { noteAdd(input: $input) { id } }',
			creates: true,
			joins: true,
			repeatable: true,
		} as OpenCtiDocument<unknown, unknown>;
		const earlier = { ...other, name: 'Author', text: other.text.replaceAll('NoteAdd', 'Author') };
		const asked = (value: number) => [
			{ document: one, variables: { input: value } },
			{ document: other, variables: { input: value + 1 } },
		];
		joined(asked(1));
		const first = reads();
		expect(joined(asked(3))).toEqual({
			name: 'LabelAdd_NoteAdd',
			text: 'mutation LabelAdd_NoteAdd($v0_input: LabelAddInput! $v1_input: NoteAddInput!) { labelAdd(input: $v0_input) { id }  noteAdd(input: $v1_input) { id } }',
			variables: { v0_input: 3, v1_input: 4 },
		});
		expect(reads()).toBe(first);
		const behind = joined([...asked(5), { document: earlier, variables: { input: 7 } }]);
		expect(behind.text).toContain('labelAdd(input: $v1_input)');
		expect(behind.variables).toEqual({ v0_input: 7, v1_input: 5, v2_input: 6 });
	});
});

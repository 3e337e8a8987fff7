import { PAP_MARKINGS, STIX_NAMESPACE, canonicalJson, stixId, uuidV5 } from '../../../lib/stix';

/** What the platform or its Python client would compute of these very inputs, before any normalisation of ours. */
const asGiven = (type: string, name: object) => `${type}--${uuidV5(STIX_NAMESPACE, canonicalJson(name))}`;

const PUBLISHED = '2025-04-16T10:10:10.000Z';
const CREATED = '2022-11-25T19:00:05.000Z';
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('ids that OpenCTI gives the same objects', () => {
	test.each<[number, string, string, object, string]>([
		[1, 'report', 'plain', { name: 'Test Report', published: PUBLISHED }, '0a63ddf1-c18c-5b08-835a-7a6cda187ae8'],
		[
			2,
			'report',
			'outer white space and case',
			{ name: '  TEST report \t', published: PUBLISHED },
			'0a63ddf1-c18c-5b08-835a-7a6cda187ae8',
		],
		[
			7,
			'report',
			'without subject',
			{ name: '<no subject> from em@il.com', published: PUBLISHED },
			'e5fcb5b1-ecad-5e06-87de-57ee609cc828',
		],
		[
			8,
			'report',
			'other scripts and quotes',
			{ name: 'Alerte café — 北京 "quoted" \\ /', published: PUBLISHED },
			'25a73b1a-c00c-5f5c-bc06-d69d2335cc78',
		],
		[
			9,
			'report',
			"the platform's own test",
			{ name: 'Report', published: CREATED },
			'761c6602-975f-5e5e-b220-7a2d41f33ce4',
		],
		[
			10,
			'identity',
			'organization',
			{ name: 'Email Intel IMAP', identity_class: 'organization' },
			'f1f25c53-7d95-5ee6-b5d0-3379bfb2e997',
		],
		[
			11,
			'identity',
			'organization',
			{ name: 'Email Intel Microsoft', identity_class: 'organization' },
			'f6cec5a0-1d11-505a-a68e-2577e51c124c',
		],
		[
			12,
			'identity',
			'system',
			{ name: 'Email Cases Importer', identity_class: 'system' },
			'cd93649b-d517-5a55-9883-5bf0623e838f',
		],
		[
			13,
			'identity',
			'class in upper case',
			{ name: 'julien', identity_class: 'Individual' },
			'd969b177-497f-598d-8428-b128c8f5f819',
		],
		[14, 'label', 'lower case', { value: 'phishing' }, '64027af7-ee46-5b0c-93a3-96f98e17f1b7'],
		[15, 'label', 'upper case is the same label', { value: 'Phishing' }, '64027af7-ee46-5b0c-93a3-96f98e17f1b7'],
		[
			16,
			'external-reference',
			'url',
			{ source_name: 'x', url: 'https://example.com/a' },
			'f58a9af8-5cf8-560c-b8e8-c3f6fa0ee938',
		],
		[
			17,
			'external-reference',
			'Message-ID',
			{ source_name: 'email', external_id: '<abc@example.com>' },
			'74b87ed3-7ba0-5c32-ab65-653c2d80d3e1',
		],
		[
			18,
			'note',
			'with created',
			{ content: 'My note content!', created: CREATED },
			'10861e5c-049e-54f6-9736-81c106e39a0b',
		],
		[19, 'note', 'without created', { content: 'My note content!' }, '2b4ab5af-2307-58e1-8862-a6a269aae798'],
		[
			20,
			'note',
			'with abstract',
			{ content: 'My note content!', created: CREATED, abstract: 'Summary' },
			'4f87e4e4-8ac8-59a5-a026-6909c86e03a8',
		],
		[21, 'incident', '', { name: 'incident', created: CREATED }, '0e117c15-0a94-5ad3-b090-0395613f5b29'],
		[22, 'case-incident', '', { name: 'case', created: CREATED }, '4838a141-bd19-542c-85d9-cce0382645b5'],
		[
			23,
			'indicator',
			'',
			{ pattern: "[domain-name:value = 'shortsvelventysjo.shop']" },
			'e3a64916-7775-5262-9246-9d3783cfdfa6',
		],
		[
			24,
			'indicator',
			'outer spaces',
			{ pattern: " [ipv4-addr:value = '198.51.100.7'] " },
			'3ae0b0a2-7289-5fda-8a85-02d057ba0968',
		],
		[25, 'observed-data', 'by object_refs', { object_refs: ['id'] }, '4765c523-81bc-54c8-b1af-ee81d961dad1'],
		[
			26,
			'relationship',
			'',
			{ relationship_type: 'based-on', source_ref: 'from_id', target_ref: 'to_id' },
			'0b11fa67-da01-5d34-9864-67d4d71c3740',
		],
		[
			27,
			'relationship',
			'with start_time',
			{ relationship_type: 'based-on', source_ref: 'from_id', target_ref: 'to_id', start_time: CREATED },
			'c5e1e2ce-14d6-535b-911d-267e92119e01',
		],
		[28, 'vocabulary', '', { name: 'facebook', category: 'account_type_ov' }, '85ae7185-ff6f-509b-a011-3069921614aa'],
		[29, 'vulnerability', '', { name: 'CVE-2024-3094' }, 'eb9df705-bde1-52ed-99dc-00d5bab90129'],
		[
			30,
			'marking-definition',
			'PAP:CLEAR',
			{ definition_type: 'PAP', definition: 'PAP:CLEAR' },
			'4cdff7eb-acb8-543f-8573-829eb9fe8b34',
		],
		[
			30,
			'marking-definition',
			'PAP:GREEN',
			{ definition_type: 'PAP', definition: 'PAP:GREEN' },
			'89484dde-e3d2-547f-a6c6-d14824429eb1',
		],
		[
			30,
			'marking-definition',
			'PAP:AMBER',
			{ definition_type: 'pap', definition: 'pap:amber' },
			'a6f20d4d-0360-59b6-ba22-3b48707828b1',
		],
		[
			30,
			'marking-definition',
			'PAP:RED',
			{ definition_type: 'PAP', definition: 'PAP:RED' },
			'4e4e3b84-de45-53df-9d9b-b21207699fd8',
		],
		[31, 'ipv4-addr', '', { value: '198.51.100.7' }, '12592121-be4c-5a93-a813-5a5af16e50db'],
		[32, 'ipv6-addr', '', { value: '2001:db8::1' }, '6469e3a9-b053-5e34-a025-9396ae051d26'],
		[33, 'domain-name', '', { value: 'evil.example.com' }, '6262c8a9-ac28-50fe-a7df-f5923bb2ee14'],
		[34, 'email-addr', '', { value: 'phish@evil.example.com' }, '5efc25c4-c7cf-5750-94ea-2d485f16b80c'],
		[35, 'url', '', { value: 'https://evil.example.com/a?b=c&d=é' }, '1d6e5050-29ed-5c41-8153-4635815dad02'],
		[36, 'file', 'SHA-256 only', { hashes: { 'SHA-256': SHA256 } }, '22f8ff52-8f62-5f03-a53a-6f50f54fd74c'],
		[37, 'file', 'MD5 wins', { hashes: { 'SHA-256': SHA256, MD5 } }, '02fff920-f614-527c-81d1-6353633a6d21'],
		[38, 'file', 'name and MD5, by STIX', { name: 'a.txt', hashes: { MD5 } }, 'bc634452-d224-5dfb-b05e-ca8ec77c3ab2'],
		[
			39,
			'email-message',
			'',
			{ from_ref: 'email-addr--5efc25c4-c7cf-5750-94ea-2d485f16b80c', subject: 'Hello', body: 'Body' },
			'd72b62d1-ba25-5641-825a-a5a2706fc650',
		],
		[40, 'email-message', 'subject only', { subject: 'Hello' }, '5a02a207-7683-56d8-8397-d8b22faeccb5'],
		[41, 'mutex', '', { name: 'm1' }, 'dff45fbf-ddbd-59ee-97cf-9bca7c386a0b'],
		[42, 'autonomous-system', '', { number: 64512 }, 'f70107cd-c76d-511f-980d-a4ab7f4a9aad'],
	])('%d: %s %s', (_number, type, _what, properties, uuid) => {
		expect(stixId(type, properties)).toBe(`${type}--${uuid}`);
	});

	it("38: a named file under OpenCTI's rule is the file of its hash alone", () => {
		expect(stixId('file', { name: 'a.txt', hashes: { MD5 } }, { fileIdentity: 'opencti' })).toBe(
			'file--02fff920-f614-527c-81d1-6353633a6d21',
		);
	});

	it.each([
		[3, '2025-04-16T10:10:10Z', 'without milliseconds', '594dac0c-a3cb-5394-b477-58c6756525f7'],
		[4, '2025-04-16T10:10:10+00:00', 'as a Python datetime prints', '910f1575-61f0-506b-8522-fc07e0dae31e'],
		[5, '2025-04-16T10:10:10', 'without a zone', '5465061f-48e0-55a4-9ef7-6f64414d4e69'],
		[6, '2025-04-16T12:10:10+02:00', 'in another zone', 'bb395fe9-c3d0-5aa3-af51-802f023aae53'],
	])(
		"%d: published %s (%s) hashed as it stands is another id; ours is the platform's",
		(_n, published, _what, uuid) => {
			expect(asGiven('report', { name: 'test report', published })).toBe(`report--${uuid}`);
			expect(stixId('report', { name: 'Test Report', published })).toBe('report--0a63ddf1-c18c-5b08-835a-7a6cda187ae8');
		},
	);

	it('15: a label hashed as it stands is the id that the Python client would make', () => {
		expect(asGiven('label', { value: 'Phishing' })).toBe('label--0faa4f5f-c65e-5ecc-9739-1a9be0479715');
	});

	it('a Date is as good as its text', () => {
		expect(stixId('report', { name: 'Test Report', published: new Date(PUBLISHED) })).toBe(
			'report--0a63ddf1-c18c-5b08-835a-7a6cda187ae8',
		);
	});

	it('the order of observed objects does not matter', () => {
		expect(stixId('observed-data', { object_refs: ['b', 'a'] })).toBe(
			stixId('observed-data', { object_refs: ['a', 'b'] }),
		);
	});

	it('the table of PAP levels holds the ids of the rule', () => {
		for (const level of Object.values(PAP_MARKINGS)) {
			expect(stixId('marking-definition', { definition_type: 'PAP', definition: level.name })).toBe(level.opencti);
		}
	});
});

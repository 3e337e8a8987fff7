import {
	OWN_NAMESPACE,
	StixError,
	canonicalJson,
	emailToBundle,
	isUnflagged,
	stixId,
	uuidV5,
	type Bundle,
	type BundleOptions,
	type StixObjectOf,
	type StixType,
} from '../../../lib/stix';
import type { Email } from '../../../lib/email';
import type { IndicatorFlag } from '../../../lib/indicators';
import { attachment, indicator, message, multipart } from './emails';
import { expectValid } from './validity';

const of = <Type extends StixType>(bundle: Bundle, type: Type): Array<StixObjectOf<Type>> =>
	bundle.objects.filter((object): object is StixObjectOf<Type> => object.type === type);

function only<Type extends StixType>(bundle: Bundle, type: Type): StixObjectOf<Type> {
	const [object, ...more] = of(bundle, type);
	if (object === undefined || more.length > 0) throw new Error(`${more.length + 1} of ${type}`);
	return object;
}

describe('the email-message object', () => {
	it('holds the whole of a plain message', () => {
		const email = message({
			sender: { address: 'list@example.net' },
			cc: [{ address: 'carol@example.org' }],
			bcc: [{ address: 'dave@example.org' }],
			headers: [
				{ name: 'Subject', value: 'Your invoice' },
				{ name: 'DKIM-Signature', value: 'a' },
				{ name: 'X-Mailer', value: 'Mutt' },
				{ name: 'dkim-signature', value: 'b' },
			],
		});
		const bundle = emailToBundle(email);
		expectValid(bundle);
		const id = (value: string): string => stixId('email-addr', { value });
		expect(only(bundle, 'email-message')).toMatchObject({
			is_multipart: false,
			date: '2025-04-16T10:10:10.000Z',
			content_type: 'text/plain; charset=utf-8',
			from_ref: id('jane@example.com'),
			sender_ref: id('list@example.net'),
			to_refs: [id('bob@example.org')],
			cc_refs: [id('carol@example.org')],
			bcc_refs: [id('dave@example.org')],
			message_id: '<m1@example.com>',
			subject: 'Your invoice',
			received_lines: email.receivedLines,
			additional_header_fields: { 'DKIM-Signature': ['a', 'b'], 'X-Mailer': 'Mutt' },
			body: 'Pay here: hxxp://evil[.]example/x\n',
		});
		expect(Object.keys(only(bundle, 'email-message')).slice(0, 4)).toEqual([
			'type',
			'spec_version',
			'id',
			'is_multipart',
		]);
	});

	it('lists the leaves of a multipart message, text as text, files by reference', () => {
		const bundle = emailToBundle(multipart());
		expectValid(bundle);
		expect(only(bundle, 'email-message').body_multipart).toEqual([
			{ body: 'Hello\n', content_type: 'text/plain' },
			{
				body_raw_ref: only(bundle, 'file').id,
				content_type: 'application/pdf; name=x',
				content_disposition: 'attachment; filename=x',
			},
		]);
		expect(only(bundle, 'email-message').body).toBeUndefined();
	});

	it("of another node's item, which has bodies but no parts, is put together from them", () => {
		const bundle = emailToBundle(
			message({ isMultipart: true, parts: [], text: 'a', html: '<p>a', attachments: [attachment('x')] }),
		);
		expectValid(bundle);
		expect(only(bundle, 'email-message').body_multipart?.map(({ content_type }) => content_type)).toEqual([
			'text/plain',
			'text/html',
			'application/pdf',
		]);
	});

	it('that is nothing but one file says so with one part', () => {
		const picture = attachment('GIF89a', { partId: '1', contentType: 'image/gif', fileName: undefined });
		const bundle = emailToBundle(
			message({
				text: undefined,
				contentType: 'image/gif',
				parts: [{ partId: '1', contentType: 'image/gif', size: 6, attachment: 0 }],
				attachments: [picture],
			}),
		);
		expectValid(bundle);
		expect(only(bundle, 'email-message')).toMatchObject({
			is_multipart: true,
			body_multipart: [{ body_raw_ref: only(bundle, 'file').id, content_type: 'image/gif' }],
		});
	});

	it('with several authors keeps the From field, as from_ref has room for one', () => {
		const headers = [{ name: 'From', value: 'a@example.com, b@example.com' }];
		const bundle = emailToBundle(
			message({ headers, from: [{ address: 'a@example.com' }, { address: 'b@example.com' }] }),
		);
		expectValid(bundle);
		expect(only(bundle, 'email-message').additional_header_fields).toEqual({ From: 'a@example.com, b@example.com' });
	});

	it('has a raw copy only when asked, and below the limit', () => {
		const raw = Buffer.from('From: a@example.com\r\n\r\nhello\r\n');
		const email = message({ raw, size: raw.length });
		expect(only(emailToBundle(email), 'email-message').raw_email_ref).toBeUndefined();
		const bundle = emailToBundle(email, { include: { rawEmail: true } });
		expectValid(bundle);
		expect(only(bundle, 'artifact')).toMatchObject({
			mime_type: 'message/rfc822',
			payload_bin: raw.toString('base64'),
		});
		expect(only(bundle, 'email-message').raw_email_ref).toBe(only(bundle, 'artifact').id);
		const warnings: string[] = [];
		const bounded = emailToBundle(email, {
			include: { rawEmail: true },
			sizes: { maxRawEmailBytes: raw.length - 1 },
			onWarning: ({ code }) => warnings.push(code),
		});
		expectValid(bounded);
		expect(of(bounded, 'artifact')).toEqual([]);
		expect(warnings).toEqual(['artifact-omitted']);
	});

	it('says of each artifact that is missing why, and what brings it', () => {
		const told = (email: Email, options: BundleOptions = {}) => {
			const messages: string[] = [];
			emailToBundle(email, {
				include: { artifacts: true, rawEmail: true },
				onWarning: ({ code, message: text }) => code === 'artifact-omitted' && messages.push(text),
				...options,
			});
			return messages;
		};
		const raw = Buffer.from('From: a@example.org\r\n\r\nx');
		const file = attachment('x'.repeat(100));
		const { content: _bytes, ...lost } = file;
		const whole = message({ raw, attachments: [file] });
		expect(told(whole)).toEqual([]);
		expect(told(whole, { sizes: { maxArtifactBytes: 99 } })).toEqual([
			expect.stringMatching(/exceeds the size limit.*Increase 'Max Attachment Size \(MB\)'/),
		]);
		expect(told(whole, { sizes: { maxRawEmailBytes: 9 } })).toEqual([
			expect.stringMatching(/exceeds the size limit.*Increase 'Max Raw Message Size \(MB\)'/),
		]);
		expect(told(whole, { sizes: { maxTotalArtifactBytes: 100 } })).toEqual([expect.stringMatching(/ in total\.$/)]);
		const ofTrigger = message({
			attachments: [{ ...lost, contentOmitted: true }],
			source: { kind: 'imap', mailbox: 'soc' },
		});
		for (const text of told(ofTrigger))
			expect(text).toContain("'Include Raw Message' in the node that reads the mailbox");
		const webhook = told(message({ partial: true, attachments: [{ ...lost, contentOmitted: true }] }));
		expect(webhook).toHaveLength(2);
		for (const text of webhook) expect(text).toContain('does not contain the raw message');
		// A message inside of an Outlook message has no bytes at all.
		const none = { size: 0, md5: '', sha1: '', sha256: '', sha512: '', contentOmitted: true };
		expect(told(message({ raw, attachments: [{ ...lost, ...none }] }))).toEqual([]);
	});

	it('writes lists of header fields always in strict prose', () => {
		const bundle = emailToBundle(message(), { include: { headers: 'lists' } });
		expectValid(bundle, { headerLists: true });
		expect(only(bundle, 'email-message').additional_header_fields).toEqual({ 'X-Mailer': ['Mutt'] });
	});

	it('leaves out what the options do not want', () => {
		const bundle = emailToBundle(multipart(), {
			include: {
				body: false,
				headers: false,
				receivedLines: false,
				attachments: false,
				observedData: false,
				report: false,
				relationships: false,
				observables: 'none',
			},
			identity: false,
			markings: { tlp: 'none' },
		});
		expectValid(bundle);
		expect(bundle.objects.map(({ type }) => type)).toEqual(['email-addr', 'email-addr', 'email-message']);
		const object = only(bundle, 'email-message');
		for (const name of ['body_multipart', 'additional_header_fields', 'received_lines', 'object_marking_refs']) {
			expect(object).not.toHaveProperty(name);
		}
	});
});

describe('ids of messages', () => {
	it('of one text follow the standard', () => {
		const object = only(emailToBundle(message()), 'email-message');
		expect(object.id).toBe(stixId('email-message', object));
	});

	it('of multipart messages tell two mails of a campaign apart, which From and Subject cannot', () => {
		const first = multipart({ sha256: 'a'.repeat(64) });
		const second = multipart({ sha256: 'b'.repeat(64) });
		const id = (email: typeof first, options?: BundleOptions): string =>
			only(emailToBundle(email, options), 'email-message').id;
		expect(id(first)).not.toBe(id(second));
		expect(id(first)).toBe(
			`email-message--${uuidV5(OWN_NAMESPACE, canonicalJson({ type: 'email-message', sha256: 'a'.repeat(64) }))}`,
		);
		const standard = { ids: { emailMessageIdentity: 'stix' } } as const;
		expect(id(first, standard)).toBe(id(second, standard));
		expect(id(first, standard)).toBe(
			stixId('email-message', {
				from_ref: stixId('email-addr', { value: 'jane@example.com' }),
				subject: 'Your invoice',
			}),
		);
	});

	it('do not depend on who carried the line ends', () => {
		const withText = (text: string): string => only(emailToBundle(message({ text, parts: [] })), 'email-message').id;
		expect(withText('a\r\nb\r\n')).toBe(withText('a\nb\n'));
	});
});

describe('attachments', () => {
	it('are files with all hashes, and artifacts when asked', () => {
		const bundle = emailToBundle(multipart(), { include: { artifacts: true } });
		expectValid(bundle);
		const file = only(bundle, 'file');
		expect(Object.keys(file.hashes ?? {})).toEqual(['MD5', 'SHA-1', 'SHA-256', 'SHA-512']);
		expect(file).toMatchObject({
			name: 'invoice.pdf',
			size: 8,
			mime_type: 'application/pdf',
			content_ref: only(bundle, 'artifact').id,
		});
		expect(only(bundle, 'artifact').payload_bin).toBe(Buffer.from('%PDF-1.7').toString('base64'));
	});

	it('can have the hash and the id that OpenCTI would use', () => {
		const bundle = emailToBundle(multipart(), { ids: { hashes: ['MD5'], fileIdentity: 'opencti' } });
		expectValid(bundle, { fileIdentity: 'opencti' });
		const file = only(bundle, 'file');
		expect(Object.keys(file.hashes ?? {})).toEqual(['MD5']);
		expect(file.id).toBe(stixId('file', { hashes: file.hashes }));
	});

	it('declare a registered media type in artifacts, whatever the sender wrote', () => {
		for (const [written, artifact] of [
			['application/x-zip-compressed', 'application/octet-stream'],
			['TEXT/csv; charset=utf-8', 'text/csv'],
			['nonsense', 'application/octet-stream'],
			['__proto__', 'application/octet-stream'],
		] as const) {
			const bundle = emailToBundle(multipart({}, attachment('x', { contentType: written })), {
				include: { artifacts: true },
			});
			expectValid(bundle);
			expect(only(bundle, 'artifact').mime_type).toBe(artifact);
		}
	});

	it('that are empty have no artifact, for base64 of nothing is none', () => {
		const bundle = emailToBundle(multipart({}, attachment('')), { include: { artifacts: true } });
		expectValid(bundle);
		expect(of(bundle, 'artifact')).toEqual([]);
		expect(only(bundle, 'file').size).toBe(0);
	});

	it('share the bound of all artifacts', () => {
		const warnings: string[] = [];
		const email = multipart({ attachments: [attachment('aaaa'), attachment('bbbb', { partId: '3', fileName: 'b' })] });
		const bundle = emailToBundle(email, {
			include: { artifacts: true },
			sizes: { maxTotalArtifactBytes: 6 },
			onWarning: ({ message: text }) => warnings.push(text),
		});
		expectValid(bundle);
		expect(of(bundle, 'artifact')).toHaveLength(1);
		expect(warnings).toEqual([expect.stringMatching(/^Attachment 3 has no artifact, .* in total\.$/)]);
	});

	it('that are messages become email-message objects of their own, tied to the outer one', () => {
		const inner = multipart({ subject: 'Inner', sha256: 'c'.repeat(64) });
		const eml = attachment('eml', { contentType: 'message/rfc822', fileName: 'inner.eml', email: inner });
		const bundle = emailToBundle(multipart({ subject: 'Outer' }, eml), {
			indicators: [indicator('url', 'http://evil.example/', { sources: [{ part: '2/text' }] })],
		});
		expectValid(bundle);
		const [innerObject, outerObject] = of(bundle, 'email-message');
		expect([innerObject?.subject, outerObject?.subject]).toEqual(['Inner', 'Outer']);
		const relations = of(bundle, 'relationship').map(({ source_ref, target_ref }) => [source_ref, target_ref]);
		expect(relations).toContainEqual([outerObject?.id, innerObject?.id]);
		// What was found in the inner message belongs to it, not to the one that carried it.
		expect(relations).toContainEqual([innerObject?.id, only(bundle, 'url').id]);
		expect(relations).not.toContainEqual([outerObject?.id, only(bundle, 'url').id]);
		expect(of(bundle, 'file').find(({ name }) => name === 'inner.eml')?.contains_refs).toEqual([innerObject?.id]);
		expect(
			of(emailToBundle(multipart({}, eml), { include: { attachedMessages: false } }), 'email-message'),
		).toHaveLength(1);
	});
});

describe('observables and indicators', () => {
	it('come out of the message itself when none are given', () => {
		const bundle = emailToBundle(multipart({ text: 'Pay here: hxxp://evil[.]example/x' }), {
			patterns: { policy: 'defanged' },
		});
		expectValid(bundle);
		expect(only(bundle, 'url').value).toBe('http://evil.example/x');
		expect(of(bundle, 'indicator').map(({ pattern }) => pattern)).toContain("[url:value = 'http://evil.example/x']");
		expect(of(bundle, 'file')).toHaveLength(1);
	});

	it('of attachments are left out with the attachments', () => {
		const bundle = emailToBundle(multipart(), { include: { attachments: false } });
		expectValid(bundle);
		expect(of(bundle, 'file')).toEqual([]);
	});

	const found = [
		indicator('url', 'https://bücher.example/a b?q={x}', { defanged: true }),
		indicator('domain-name', 'bücher.example', { derivedFrom: 'https://bücher.example/a b?q={x}' }),
		indicator('ipv4-addr', '198.51.100.7/32', { flags: ['documentation'] }),
		indicator('ipv4-addr', '198.51.100.0/24'),
		indicator('ipv6-addr', '2001:0DB8::0001%eth0'),
		indicator('ipv6-addr', '::ffff:192.0.2.1'),
		indicator('email-addr', 'Phish@Evil.example', { flags: ['own-domain'] }),
		indicator('mac-addr', '00-11-22-AA-BB-CC'),
		indicator('autonomous-system', 'AS64512'),
		indicator('cve', 'cve-2024-3094'),
		indicator('cryptocurrency-wallet', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'),
		indicator('phone-number', '+15550100'),
		indicator('file', 'ab'.repeat(32), { hashes: { 'SHA-256': 'AB'.repeat(32), MD5: 'cd'.repeat(16) } }),
	];

	it('are written in the forms that the specification asks for', () => {
		const bundle = emailToBundle(message(), { indicators: found });
		expectValid(bundle);
		const values = bundle.objects.flatMap((object) => ('value' in object ? [`${object.type} ${object.value}`] : []));
		expect(values.slice(2)).toEqual([
			'url https://xn--bcher-kva.example/a%20b?q=%7Bx%7D',
			'domain-name xn--bcher-kva.example',
			'ipv4-addr 198.51.100.7',
			'ipv4-addr 198.51.100.0/24',
			'ipv6-addr 2001:db8::1',
			'ipv6-addr ::ffff:c000:201',
			'email-addr phish@evil.example',
			'mac-addr 00:11:22:aa:bb:cc',
			'cryptocurrency-wallet bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
			'phone-number +15550100',
		]);
		expect(only(bundle, 'autonomous-system').number).toBe(64512);
		expect(only(bundle, 'vulnerability').name).toBe('CVE-2024-3094');
		expect(only(bundle, 'file').hashes).toEqual({ MD5: 'cd'.repeat(16), 'SHA-256': 'ab'.repeat(32) });
	});

	it('are named in the warning when STIX has no form for them', () => {
		const warnings: string[] = [];
		const bundle = emailToBundle(message({ text: 'log in at http://my_bank.evil.com/a' }), {
			onWarning: ({ code, message: text }) => warnings.push(`${code}: ${text}`),
		});
		expectValid(bundle);
		expect(only(bundle, 'url').value).toBe('http://my_bank.evil.com/a');
		expect(warnings).toEqual([
			"observable-invalid: The domain-name 'my_bank.evil.com' cannot be represented in STIX and was left out.",
		]);
		warnings.length = 0;
		emailToBundle(message(), {
			indicators: [indicator('mac-addr', `no\n${'x'.repeat(200)}`)],
			onWarning: ({ message: text }) => warnings.push(text),
		});
		expect(warnings).toEqual([`The mac-addr 'no ${'x'.repeat(97)}…' cannot be represented in STIX and was left out.`]);
	});

	it('are tied to the message, and a value to the one that it came from', () => {
		const bundle = emailToBundle(message(), { indicators: found });
		const relations = of(bundle, 'relationship').map(({ source_ref, target_ref }) => `${source_ref} ${target_ref}`);
		const domain = only(bundle, 'domain-name').id;
		expect(relations).toContain(`${only(bundle, 'email-message').id} ${domain}`);
		expect(relations).toContain(`${domain} ${only(bundle, 'url').id}`);
	});

	it('that are the attachment are not written twice', () => {
		const file = attachment('%PDF-1.7');
		const bundle = emailToBundle(multipart({}, file), {
			indicators: [indicator('file', file.sha256, { hashes: { 'SHA-256': file.sha256 } })],
		});
		expectValid(bundle);
		expect(of(bundle, 'file')).toHaveLength(1);
	});

	it('by default never become indicators: nobody has judged the text', () => {
		expect(of(emailToBundle(message(), { indicators: found }), 'indicator')).toEqual([]);
	});

	it('that a person defanged become indicators by that policy', () => {
		const bundle = emailToBundle(message(), { indicators: found, patterns: { policy: 'defanged' } });
		expectValid(bundle);
		expect(only(bundle, 'indicator')).toMatchObject({
			pattern: "[url:value = 'https://xn--bcher-kva.example/a%20b?q=%7Bx%7D']",
			indicator_types: ['malicious-activity'],
			valid_from: '2025-04-16T10:10:10.000Z',
		});
	});

	it('that the user allows or owns do not, even when defanged', () => {
		const indicators = [indicator('domain-name', 'example.com', { defanged: true, flags: ['allow-listed'] })];
		expect(of(emailToBundle(message(), { indicators, patterns: { policy: 'defanged' } }), 'indicator')).toEqual([]);
	});

	it('without a flag that speaks against them become indicators by that policy', () => {
		const bundle = emailToBundle(message(), {
			indicators: found,
			patterns: { policy: 'unflagged', validForDays: 30 },
			labels: ['phishing', ' phishing '],
			confidence: 60,
		});
		expectValid(bundle);
		const patterns = of(bundle, 'indicator').map(({ pattern }) => pattern);
		expect(patterns).not.toContain("[ipv4-addr:value = '198.51.100.7']");
		expect(patterns).not.toContain("[email-addr:value = 'phish@evil.example']");
		expect(patterns).toContain("[ipv4-addr:value ISSUBSET '198.51.100.0/24']");
		expect(patterns).toContain(
			`[file:hashes.MD5 = '${'cd'.repeat(16)}' OR file:hashes.'SHA-256' = '${'ab'.repeat(32)}']`,
		);
		expect(patterns).toContain('[autonomous-system:number = 64512]');
		expect(of(bundle, 'indicator')[0]).toMatchObject({
			valid_until: '2025-05-16T10:10:10.000Z',
			labels: ['phishing'],
			confidence: 60,
		});
	});

	it.each([
		['observed-data', ['observed-data']],
		['observable', ['url']],
		['both', ['observed-data', 'url']],
	] as const)('are based on %s', (basedOn, types) => {
		const bundle = emailToBundle(message(), {
			indicators: found.slice(0, 1),
			patterns: { policy: 'defanged', basedOn },
		});
		expectValid(bundle);
		const targets = of(bundle, 'relationship').filter(({ relationship_type }) => relationship_type === 'based-on');
		expect(targets.map(({ target_ref }) => target_ref.split('--')[0])).toEqual(types);
	});

	it('can be only those without a flag, or none', () => {
		const count = (observables: 'all' | 'unflagged' | 'none'): number => {
			const bundle = emailToBundle(message(), { indicators: found.slice(2, 4), include: { observables } });
			expectValid(bundle);
			return of(bundle, 'ipv4-addr').length;
		};
		expect([count('all'), count('unflagged'), count('none')]).toEqual([2, 1, 0]);
	});

	it('quotes and backslashes cannot break out of a pattern', () => {
		const bundle = emailToBundle(message(), {
			indicators: [indicator('cryptocurrency-wallet', "a' OR url:value LIKE '%\\", { defanged: true })],
			patterns: { policy: 'defanged' },
		});
		expectValid(bundle);
		expect(only(bundle, 'indicator').pattern).toBe(
			String.raw`[cryptocurrency-wallet:value = 'a\' OR url:value LIKE \'%\\']`,
		);
	});
});

describe('report, author and markings', () => {
	it('the report is the one that OpenCTI will know: name and date decide', () => {
		const bundle = emailToBundle(message());
		const report = only(bundle, 'report');
		expect(report).toMatchObject({
			id: stixId('report', { name: 'your invoice', published: '2025-04-16T10:10:10Z' }),
			name: 'Your invoice',
			report_types: ['threat-report'],
			published: '2025-04-16T10:10:10.000Z',
			external_references: [{ source_name: 'email', external_id: '<m1@example.com>' }],
			created_by_ref: stixId('identity', { name: 'Email Intel', identity_class: 'organization' }),
		});
		const contents = bundle.objects.filter(({ type }) => !['identity', 'marking-definition', 'report'].includes(type));
		expect(report.object_refs).toEqual(contents.map(({ id }) => id));
	});

	it.each([
		['', '<no subject> from jane@example.com'],
		[undefined, '<no subject> from jane@example.com'],
		[' \t ', '<no subject> from jane@example.com'],
		['x', 'x from jane@example.com'],
		['Two\r\n lines', 'Two lines'],
	])('a subject of %j gives the name %j', (subject, name) => {
		const bundle = emailToBundle(message({ subject }));
		expectValid(bundle);
		expect(only(bundle, 'report').name).toBe(name);
	});

	it('TLP:AMBER+STRICT is the default, on everything', () => {
		const bundle = emailToBundle(multipart(), { indicators: [indicator('url', 'http://a.example/')] });
		expect(only(bundle, 'marking-definition')).toMatchObject({
			id: 'marking-definition--826578e1-40ad-459f-bc73-ede076f81f37',
			name: 'TLP:AMBER+STRICT',
		});
		for (const object of bundle.objects) {
			if (object.type === 'marking-definition' || object.type === 'identity') continue;
			expect(object.object_marking_refs).toEqual(['marking-definition--826578e1-40ad-459f-bc73-ede076f81f37']);
		}
	});

	it.each([
		['clear', 'opencti', '613f2e26-407d-48c7-9eca-b8e91df99dc9'],
		['green', 'opencti', '34098fce-860f-48ae-8e50-ebd3cc5e41da'],
		['amber', 'opencti', 'f88d31f6-486f-44da-b317-01333bde0b82'],
		['amber+strict', 'opencti', '826578e1-40ad-459f-bc73-ede076f81f37'],
		['red', 'opencti', '5e57c739-391a-4eb3-b6be-7d15ca92d5ed'],
		['clear', 'oasis', '94868c89-83c2-464b-929b-a1a8aa3c8487'],
		['green', 'oasis', 'bab4a63c-aed9-4cf5-a766-dfca5abac2bb'],
		['amber', 'oasis', '55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
		['amber+strict', 'oasis', '939a9414-2ddd-4d32-a0cd-375ea402b003'],
		['red', 'oasis', 'e828b379-4e03-4974-9ac4-e53a884c97c1'],
	] as const)('TLP %s with ids of %s', (tlp, ids, uuid) => {
		const bundle = emailToBundle(message(), { markings: { tlp, ids } });
		expectValid(bundle);
		expect(only(bundle, 'marking-definition').id).toBe(`marking-definition--${uuid}`);
	});

	it('PAP stands beside TLP', () => {
		const bundle = emailToBundle(message(), { markings: { tlp: 'red', pap: 'green' } });
		expectValid(bundle);
		expect(only(bundle, 'report').object_marking_refs).toEqual([
			'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
			'marking-definition--89484dde-e3d2-547f-a6c6-d14824429eb1',
		]);
	});

	it('the author can be another, and is the same object in every bundle', () => {
		const author = (date: string): unknown =>
			only(emailToBundle(message({ date: new Date(date) }), { identity: { name: 'CERT Example' } }), 'identity');
		expect(author('2020-01-01')).toEqual(author('2025-01-01'));
	});

	it('a message without a date takes that of its receipt, then 1970; never the clock', () => {
		const published = (rest: object): string => only(emailToBundle(message(rest)), 'report').published;
		expect(published({ date: undefined })).toBe('2025-04-16T10:11:00.000Z');
		expect(published({ date: new Date(Number.NaN), receivedAt: undefined })).toBe('1970-01-01T00:00:00.000Z');
	});

	test.each<[string, BundleOptions]>([
		['markings.tlp', { markings: { tlp: 'orange' as never } }],
		['markings.tlp', { markings: { tlp: 'constructor' as never } }],
		['confidence', { confidence: 101 }],
		['identity.name', { identity: { name: ' ' } }],
		['patterns.policy', { patterns: { policy: 'always' as never } }],
		['patterns.validForDays', { patterns: { validForDays: 0 } }],
		['sizes.maxArtifactBytes', { sizes: { maxArtifactBytes: -1 } }],
		['ids.hashes', { ids: { hashes: ['CRC32' as never] } }],
	])('a wrong %s is named', (option, options) => {
		expect(() => emailToBundle(message(), options)).toThrow(StixError);
		expect(() => emailToBundle(message(), options)).toThrow(option);
	});
});

describe('which flags speak against a value', () => {
	const harmless: IndicatorFlag[] = [
		'confusable',
		'href-mismatch',
		'punycode',
		'scheme-assumed',
		'shortener',
		'userinfo',
	];
	const against: IndicatorFlag[] = [
		'allow-listed',
		'documentation',
		'empty-file',
		'file-name-like',
		'id-like',
		'inline-image',
		'link-text',
		'own-domain',
		'private',
		'recipient',
		'relay',
		'resolver',
		'rewritten',
		'schema-url',
		'tracking',
		'unsubscribe',
		'version-like',
	];
	it.each(harmless)('%s does not: lures look so', (flag) => {
		expect(isUnflagged(indicator('url', 'https://bit.ly/x', { flags: [flag] }))).toBe(true);
	});
	it.each(against)('%s does', (flag) => {
		expect(isUnflagged(indicator('url', 'https://bit.ly/x', { flags: ['shortener', flag] }))).toBe(false);
	});
	it('a shortened link is an observable and a pattern where only unflagged values are', () => {
		const bundle = emailToBundle(message({ text: 'pay at https://bit.ly/3xYz' }), {
			include: { observables: 'unflagged' },
			patterns: { policy: 'unflagged' },
		});
		expect(only(bundle, 'url').value).toBe('https://bit.ly/3xYz');
		expect(of(bundle, 'indicator').map(({ pattern }) => pattern)).toContain("[url:value = 'https://bit.ly/3xYz']");
	});
});

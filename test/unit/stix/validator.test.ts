import { emailToBundle, type Bundle } from '../../../lib/stix';
import { indicator, message, multipart } from './emails';
import { hasSchemas, schemaProblemsOf } from './schemas';
import { problemsOf } from './validator';
import { expectValid } from './validity';

const full = (): Bundle =>
	emailToBundle(multipart(), {
		indicators: [
			indicator('url', 'http://evil.example/x', { defanged: true }),
			indicator('domain-name', 'evil.example'),
		],
		patterns: { policy: 'unflagged' },
		include: { artifacts: true },
	});

/** A copy of a bundle with one object changed. */
function broken(bundle: Bundle, type: string, change: (object: Record<string, unknown>) => void): Bundle {
	const copy = structuredClone(bundle);
	const object = copy.objects.find((candidate) => candidate.type === type);
	if (object === undefined) throw new Error(`no ${type}`);
	change(object);
	return copy;
}

describe('the validator that the other tests trust', () => {
	it('takes a bundle with everything in it', () => expectValid(full()));

	test.each<[string, Bundle, string, (object: Record<string, unknown>) => void]>([
		[
			'a reference that leads nowhere',
			full(),
			'email-message',
			(object) => (object.to_refs = ['email-addr--00000000-0000-5000-8000-000000000000']),
		],
		['a reference to the wrong type', full(), 'email-message', (object) => (object.from_ref = object.id)],
		['a required property that is missing', full(), 'email-message', (object) => delete object.is_multipart],
		['a body of a multipart message', full(), 'email-message', (object) => (object.body = 'x')],
		['parts of a message that is not multipart', full(), 'email-message', (object) => (object.is_multipart = false)],
		[
			'a part with neither body nor reference',
			full(),
			'email-message',
			(object) => (object.body_multipart = [{ content_type: 'text/plain' }]),
		],
		[
			'a part with both',
			full(),
			'email-message',
			(object) => ((object.body_multipart as Array<Record<string, unknown>>)[1]!.body = 'x'),
		],
		['an empty list', full(), 'email-message', (object) => (object.cc_refs = [])],
		['an empty dictionary', full(), 'email-message', (object) => (object.additional_header_fields = {})],
		['an illegal key', full(), 'email-message', (object) => (object.additional_header_fields = { 'X.Foo': 'a' })],
		[
			'a list of one where the schema wants two',
			full(),
			'email-message',
			(object) => (object.additional_header_fields = { 'X-Mailer': ['Mutt'] }),
		],
		['an unknown property', full(), 'url', (object) => (object.confidence = 5)],
		['an id that its rule does not give', full(), 'url', (object) => (object.value = 'http://other.example/')],
		['a URL that is none', full(), 'url', (object) => (object.value = 'http://ex ample/')],
		['a domain with an underscore', full(), 'domain-name', (object) => (object.value = '_dmarc.example')],
		['an offset instead of Z', full(), 'report', (object) => (object.published = '2025-04-16T12:10:10.000+02:00')],
		['a value outside of its vocabulary', full(), 'report', (object) => (object.report_types = ['phishing'])],
		['a pattern that is none', full(), 'indicator', (object) => (object.pattern = "[url:value = 'x'")],
		['an unregistered media type', full(), 'artifact', (object) => (object.mime_type = 'application/x-zip-compressed')],
		['wrapped base64', full(), 'artifact', (object) => (object.payload_bin = 'AAAA\nAAAA')],
		['a hash of the wrong length', full(), 'file', (object) => (object.hashes = { MD5: 'abc' })],
		['an unknown hash', full(), 'file', (object) => (object.hashes = { SHA256: 'ab'.repeat(32) })],
		['an address that is none', full(), 'email-addr', (object) => (object.value = 'MAILER-DAEMON')],
		[
			'an observed-data that is not connected',
			full(),
			'observed-data',
			(object) =>
				(object.object_refs = (object.object_refs as string[]).filter((id) => !id.startsWith('email-message'))),
		],
		[
			'an end before the beginning',
			full(),
			'observed-data',
			(object) => (object.last_observed = '2000-01-01T00:00:00.000Z'),
		],
		[
			'a marking that is not in the bundle',
			full(),
			'url',
			(object) => (object.object_marking_refs = ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed']),
		],
		['NUL in a text', full(), 'email-message', (object) => (object.subject = 'a\0b')],
		['null', full(), 'email-message', (object) => (object.subject = null)],
	])('finds %s', (_what, bundle, type, change) => {
		expect(problemsOf(broken(bundle, type, change)).length).toBeGreaterThan(0);
	});

	it('finds an object that is there twice', () => {
		const bundle = full();
		expect(problemsOf({ ...bundle, objects: [...bundle.objects, bundle.objects[0]] })).toHaveLength(1);
	});

	(hasSchemas ? it : it.skip)("OASIS' schemas, which lie beside the repository, are really asked", () => {
		const { objects } = emailToBundle(message());
		const changed = objects.map((object) =>
			object.type === 'email-message' ? { ...object, body_multipart: [] } : object,
		);
		expect(schemaProblemsOf(objects)).toEqual([]);
		expect(schemaProblemsOf(changed).length).toBeGreaterThan(0);
	});
});

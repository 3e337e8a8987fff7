import { emailToBundle, type AnyBundle, type AnyStixObject } from '../../../lib/stix';
import type { Attachment, Email } from '../../../lib/email';
import { reportFromEmail, type OpenCtiClient } from '../../../lib/opencti';
import type { OpenCtiLab } from '../../lab/opencti';
import { attachment, email } from './messages';
import { closeWorlds, world } from './world';

// A message, its bytes, its files and what lies in them belong together on the platform, too.

afterEach(closeWorlds);

/** A message with a zip file in which a document lies, and with an attached message. */
function message(): Email {
	const document = attachment('invoice.docx', 'application/msword', 'a document');
	const archive: Attachment = {
		...attachment('invoice.zip', 'application/zip', 'PK an archive'),
		opened: {
			kind: 'zip',
			texts: [],
			links: [],
			codes: [],
			children: [document],
			properties: {},
			flags: [],
			notRead: [],
		},
	};
	const inner = email({
		subject: 'Inner',
		text: 'inner text',
		messageId: '<inner@example.org>',
		sha256: '2'.repeat(64),
	});
	const attached: Attachment = {
		...attachment('inner.eml', 'message/rfc822', 'inner bytes'),
		partId: '3',
		email: inner,
	};
	const raw = Buffer.from('Subject: Outer\r\n\r\nouter text');
	return email({ subject: 'Outer', text: 'outer text', isMultipart: true, attachments: [archive, attached], raw });
}

const bundleOf = (one: Email) =>
	emailToBundle(one, {
		indicators: [],
		include: { report: false, artifacts: true, rawEmail: true },
	}) as unknown as AnyBundle & { objects: AnyStixObject[] };

const importOf = (client: OpenCtiClient, bundle: AnyBundle) =>
	client.createReportFromBundle(bundle, { draft: reportFromEmail(message()) });

/** What observables refer to on the platform, by their names. */
function references({ store }: OpenCtiLab): string[] {
	const nameOf = (id: string) => {
		const { type, data } = store.get(id);
		return `${type} ${String(data['subject'] ?? data['name'] ?? data['value'] ?? data['mime_type'])}`;
	};
	return [...store.entities.values()]
		.flatMap(({ id }) => store.referencesOf(id).map(({ type, to }) => `${nameOf(id)} ${type} ${nameOf(to)}`))
		.filter((reference) => !/ (?:from|to) Email-Addr/.test(reference))
		.sort();
}

const ALL = [
	'Email-Message Inner raw-email Artifact message/rfc822',
	'Email-Message Outer body-multipart StixFile inner.eml',
	'Email-Message Outer body-multipart StixFile invoice.zip',
	'Email-Message Outer raw-email Artifact message/rfc822',
	'StixFile inner.eml contains Email-Message Inner',
	'StixFile inner.eml obs_content Artifact message/rfc822',
	'StixFile invoice.docx obs_content Artifact application/msword',
	'StixFile invoice.zip contains StixFile invoice.docx',
	'StixFile invoice.zip obs_content Artifact application/zip',
];

it('the raw message, the files of a message, their bytes and what lies in them are linked, once', async () => {
	const { lab, client } = await world();
	const result = await importOf(client, bundleOf(message()));
	expect(result).toMatchObject({ complete: true });
	expect(references(lab)).toEqual(ALL);
	const before = lab.requests.length;
	expect(await importOf(client, bundleOf(message()))).toMatchObject({ complete: true });
	expect(references(lab)).toEqual(ALL);
	expect(lab.requests.slice(before).filter(({ operation }) => /Patch$/.test(operation))).toEqual([]);
});

it('what an earlier run, or another client, has left unlinked is completed, and what is linked stays', async () => {
	const { lab, client } = await world();
	await importOf(client, bundleOf(message()));
	const [file] = [...lab.store.entities.values()].filter(({ data }) => data['name'] === 'invoice.zip');
	lab.store.setReferences(file!.id, []);
	expect(await importOf(client, bundleOf(message()))).toMatchObject({ complete: true });
	expect(references(lab)).toEqual(ALL);
});

it('a link that the platform refuses is told of its file, and the report is made', async () => {
	const { lab, client } = await world();
	lab.fail({ operation: 'EmailIntelObservablePatch', kind: 'UNSUPPORTED_ERROR', times: Infinity });
	const result = await importOf(client, bundleOf(message()));
	expect(result).toMatchObject({ created: true, complete: false });
	const incomplete = result.objects.filter(({ status }) => status === 'incomplete').map(({ name }) => name);
	expect(incomplete.sort()).toEqual(['Inner', 'Outer', 'inner.eml', 'invoice.docx', 'invoice.zip']);
});

it('an artifact that the bundle has no bytes of is left out, and the file that it belongs to is whole', async () => {
	const { lab, client } = await world();
	const bundle = bundleOf(message());
	const objects = bundle.objects.map((object) => {
		if (object.type !== 'artifact') return object;
		const { payload_bin: _bytes, ...rest } = object;
		return { ...rest, url: 'https://files.example.net/a' };
	});
	const result = await importOf(client, { ...bundle, objects });
	expect(result.objects.filter(({ type }) => type === 'artifact').map(({ status }) => status)).toEqual(
		Array.from({ length: 5 }, () => 'left-out'),
	);
	expect(result.complete).toBe(true);
	expect(references(lab)).toEqual(ALL.filter((reference) => !reference.includes('Artifact')));
});

it('a file that refers to itself, and parts of an odd form, stop nothing', async () => {
	const { lab, client } = await world();
	const id = 'file--00000000-0000-4000-8000-000000000001';
	const objects = [
		{ type: 'file', id, name: 'a.zip', contains_refs: [id, 7, null], content_ref: ['no'] },
		{
			type: 'email-message',
			id: 'email-message--00000000-0000-4000-8000-000000000002',
			is_multipart: true,
			subject: 'odd',
			body_multipart: [null, 'text', { body_raw_ref: 5 }, { body_raw_ref: id }],
		},
	] as unknown as AnyStixObject[];
	expect(await client.importBundle({ type: 'bundle', objects })).toMatchObject({
		objects: [{ status: 'imported' }, { status: 'imported' }],
	});
	expect(references(lab)).toEqual(['Email-Message odd body-multipart StixFile a.zip']);
});

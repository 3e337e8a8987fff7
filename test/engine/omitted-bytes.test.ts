import { createHash } from 'node:crypto';
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { EmbeddedImap } from '../lab/imap';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { resolvedItem } from './builtinItem';
import { chain, execute, FakeCredentials, made, node, poller } from './engine';

// Where a limit keeps bytes out, the item says so: which files, why, and how to get them. Nothing is green and short.

const PACK = 'n8n-nodes-email-intel';
const types = {
	[`${PACK}.imapTrigger`]: new ImapTrigger(),
	[`${PACK}.mailbox`]: new MailboxReader(),
	[`${PACK}.emailToStix`]: new EmailToStix(),
	[`${PACK}.openCti`]: new OpenCti(),
};

let imap: EmbeddedImap;
let platform: OpenCtiLab;
let workflows = 0;

beforeEach(async () => {
	imap = await EmbeddedImap.start();
	platform = await startOpenCti();
});

afterEach(async () => {
	await imap.close();
	await platform.close();
});

interface File {
	name: string;
	type: string;
	bytes: Buffer;
}
/** Bytes that no compression and no reader makes anything of, the same on every run. */
const noise = (bytes: number, seed: string) =>
	Buffer.concat(
		Array.from({ length: Math.ceil(bytes / 64) }, (_, index) =>
			createHash('sha512').update(`${seed}${index}`).digest(),
		),
	).subarray(0, bytes);
const pdf = (bytes: number): File => ({ name: 'report.pdf', type: 'application/pdf', bytes: noise(bytes, 'pdf') });

function message(subject: string, files: readonly File[], text = 'The report is attached.'): string {
	const part = (head: string, body: string) => `--b\r\n${head}\r\n\r\n${body}\r\n`;
	return [
		`From: Desk <desk@isac.example.org>\r\nTo: intel@soc.example.org\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@isac.example.org>\r\n`,
		'Date: Wed, 18 Nov 2026 20:30:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n',
		part('Content-Type: text/plain; charset=utf-8', text),
		...files.map(({ name, type, bytes }) =>
			part(
				`Content-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64`,
				bytes.toString('base64').replace(/.{76}/g, '$&\r\n'),
			),
		),
		'--b--\r\n',
	].join('');
}

const step = (name: string, type: string, parameters: IDataObject) =>
	node(name, `${PACK}.${type}`, parameters, {
		credentials: Object.fromEntries(
			['emailIntelImapApi', 'emailIntelOpenCtiApi'].map((kind) => [kind, { id: kind, name: kind }]),
		),
	});
const credentials = () =>
	new FakeCredentials({
		emailIntelImapApi: { host: imap.host, port: imap.port, security: 'none', user: imap.user, password: imap.password },
		emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
	});
const toStix = (options: IDataObject = {}, extraction: IDataObject = {}) =>
	step('Email to STIX', 'emailToStix', { operation: 'convert', tlp: 'amber', output: 'json', options, extraction });
const createReport = (options: IDataObject = {}, contents = 'none') =>
	step('Create Report', 'openCti', {
		resource: 'report',
		operation: 'createFromEmail',
		tlp: 'amber+strict',
		contents,
		options,
	});
const getMessage = step('Get', 'mailbox', {
	connection: 'imap',
	resource: 'message',
	operation: 'get',
	messageBy: 'item',
	output: 'full',
});

/** What the trigger hands over of what is in the mailbox. */
async function polled(parameters: IDataObject = {}): Promise<INodeExecutionData[]> {
	const pollNode = step('Mail', 'imapTrigger', { folder: { __rl: true, mode: 'path', value: 'INBOX' }, ...parameters });
	const mailbox = poller({ types, pollNode, credentials: credentials(), workflowId: `omitted-${(workflows += 1)}` });
	await mailbox.activate();
	return mailbox.emitted[0]!;
}

/** The same without raw messages, as a user pins them. */
const bare = async (parameters: IDataObject = {}) => await polled({ output: 'full', includeRaw: false, ...parameters });

/** The first message with its bytes, the others without. */
async function lacking(parameters: IDataObject = {}): Promise<INodeExecutionData[]> {
	const [first] = await polled({ output: 'full', ...parameters });
	return [first!, ...(await bare(parameters)).slice(1)];
}

/** Runs nodes in a row on items, with n8n's default: they stop on an error. */
async function run(steps: INode[], items: INodeExecutionData[]) {
	const nodes = [step('Mail', 'imapTrigger', {}), ...steps];
	const result = await execute({
		types,
		nodes,
		connections: chain(...nodes.map(({ name }) => name)),
		credentials: credentials(),
		startNode: 'Mail',
		startItems: items,
	});
	expect(result.error()).toBeUndefined();
	const last = steps.at(-1)!.name;
	return {
		output: (result.output(last) ?? []).map(({ json }) => made(json)),
		hints: (result.run.data.resultData.runData[last]?.[0]?.hints ?? []).map(({ message }) => message),
	};
}

type Warnings = { code: string; message: string }[];
const warned = (json: IDataObject | undefined) => (json!.warnings as unknown as Warnings).map(({ code }) => code);
const warning = (json: IDataObject | undefined, code: string) =>
	(json!.warnings as unknown as Warnings).find((told) => told.code === code)?.message;

describe('an attachment without the raw message', () => {
	beforeEach(() => {
		imap.append(message('small', [pdf(2000)]));
		imap.append(
			message('large', [
				pdf(1_500_000),
				{ name: 'sample.exe', type: 'application/x-msdownload', bytes: noise(100, 'exe') },
			]),
		);
	});

	it.each([
		['straight', []],
		['behind Email to STIX', [toStix()]],
	])('the report is made and says which file is missing, why, and how to get it (%s)', async (_name, before) => {
		const { output, hints } = await run([...before, createReport()], await lacking());
		expect(output).toMatchObject([
			{ name: 'small', complete: true, files: [{ originalName: 'report.pdf', status: 'uploaded' }] },
			{ name: 'large', complete: false, files: [] },
		]);
		expect(warned(output[0])).toEqual([]);
		expect(warned(output[1])).toEqual(['attachments-omitted']);
		expect(warning(output[1], 'attachments-omitted')).toMatch(
			/report\.pdf \(1\.5 MB\).*'Include Raw Message'.*Mailbox Reader/s,
		);
		// Nobody asked for programs.
		expect(warning(output[1], 'attachments-omitted')).not.toContain('sample.exe');
		expect(hints).toEqual([expect.stringMatching(/^1 of 2 items are incomplete/)]);
	});

	it('the case says so, too', async () => {
		const create = step('Case', 'openCti', {
			resource: 'case',
			operation: 'create',
			tlp: 'amber',
			severity: 'medium',
			options: {},
		});
		const { output } = await run([create], await lacking());
		expect(output.map(({ complete }) => complete)).toEqual([true, false]);
		expect(warned(output[1])).toEqual(['attachments-omitted']);
	});

	it('the file is there when the raw message is included, and when the Mailbox Reader gets the message', async () => {
		const raised = await run([createReport()], await polled());
		expect(raised.output.map(({ complete, files }) => [complete, (files as unknown[]).length])).toEqual([
			[true, 1],
			[true, 1],
		]);
		const read = await run([getMessage, createReport()], await lacking());
		expect(read.output).toMatchObject([
			{ complete: true },
			{ complete: true, files: [{ originalName: 'report.pdf', status: 'present' }] },
		]);
		expect([raised.hints, read.hints]).toEqual([[], []]);
	});

	it('what is left out by the own choice of types is no gap', async () => {
		const { output, hints } = await run([createReport({ attachmentTypes: 'text/csv' })], await lacking());
		expect(output).toMatchObject([
			{ complete: true, skippedFiles: [{ reason: 'type-not-allowed' }] },
			{ complete: true, warnings: [] },
		]);
		expect(hints).toEqual([]);
	});

	it('the original message, when it is wanted, is missed as well', async () => {
		const { output } = await run([createReport({ originalEmail: true, attachmentTypes: 'text/csv' })], await lacking());
		expect(output.map(({ complete }) => complete)).toEqual([true, false]);
		expect(warning(output[1], 'attachments-omitted')).toContain('large.eml');
	});

	it('with output Simple nothing but names, sizes and hashes is left of the attachments: the report is the same, and names them', async () => {
		const full = await run([createReport()], await lacking());
		const simple = await lacking({ output: 'simple' });
		expect(simple[1]!.json).toMatchObject({ truncated: false, rawOmitted: true });
		const { output } = await run([createReport()], simple);
		expect(output.map(({ standardId }) => standardId)).toEqual(full.output.map(({ standardId }) => standardId));
		expect(output[1]).toMatchObject({ complete: false });
		expect(warning(output[1], 'raw-omitted')).toMatch(/report\.pdf \(1\.5 MB\), sample\.exe.*Include Raw Message/);
		const bundles = await run([toStix()], simple);
		expect(bundles.output.map(({ complete }) => complete)).toEqual([true, false]);
		expect(warning(bundles.output[1], 'raw-omitted')).toContain('report.pdf');
	});
});

describe('what the bundle lacks without the raw message', () => {
	const csv: File = { name: 'iocs.csv', type: 'text/csv', bytes: Buffer.from('http://evil.example.net/a\r\n') };

	it('is told where a text was to be searched, and not where nothing is missing', async () => {
		imap.append(message('with-list', [pdf(1_500_000), csv]));
		imap.append(message('without-list', [pdf(1_500_000)]));
		const items = await bare();
		const { output, hints } = await run([toStix()], items);
		expect(output.map(({ subject, complete }) => [subject, complete])).toEqual([
			['with-list', false],
			['without-list', true],
		]);
		expect(warning(output[0], 'attachments-omitted')).toMatch(
			/^Not searched for indicators.*iocs\.csv.*'Include Raw Message'.*Mailbox Reader/s,
		);
		expect(warning(output[0], 'attachments-omitted')).not.toContain('report.pdf');
		// Name, size and hashes of the PDF are in the bundle.
		expect((output[1]!.objects as IDataObject).file).toBe(1);
		expect(hints).toEqual([expect.stringContaining('1 of 2 items')]);
		const off = await run([toStix({}, { textAttachments: false })], items);
		expect(off.output.map(({ complete }) => complete)).toEqual([true, true]);
		const whole = await run([getMessage, toStix()], items);
		expect(whole.output.map(({ complete }) => complete)).toEqual([true, true]);
		expect(JSON.stringify(whole.output[0]!.indicators)).toContain('evil.example.net');
	});

	it('is told where bytes were to be in it', async () => {
		imap.append(message('artifacts', [pdf(1_500_000)]));
		const { output } = await run([toStix({ include: ['attachments', 'artifacts', 'rawEmail'] })], await bare());
		expect(output[0]).toMatchObject({ complete: false });
		expect(warned(output[0])).toEqual(['artifact-omitted', 'artifact-omitted']);
		expect(warning(output[0], 'artifact-omitted')).toMatch(/Include Raw Message.*Mailbox Reader/);
	});

	it('is told with each indicator, and in the output pane when there is none', async () => {
		imap.append(message('some', [pdf(1_500_000), csv]));
		const extract = (kinds: string[]) =>
			step('Extract', 'emailToStix', { operation: 'extract', extraction: { extract: kinds } });
		const items = await bare();
		const found = await run([extract(['emailAddresses', 'headers'])], items);
		expect(found.output.length).toBeGreaterThan(0);
		expect(found.output.filter(({ complete }) => complete !== false)).toEqual([]);
		expect(warned(found.output[0])).toEqual(['attachments-omitted']);
		const none = await run([extract(['cve'])], items);
		expect(none.output).toEqual([]);
		expect(none.hints).toEqual([expect.stringContaining('iocs.csv')]);
	});

	it('is told of what OpenCTI makes of that bundle, and of no other', async () => {
		imap.append(message('bundled', [pdf(1_500_000), csv]));
		const operation = (resource: string, name: string, bundle: string, more: IDataObject = {}) =>
			step('OpenCTI', 'openCti', { resource, operation: name, bundle, options: {}, ...more });
		const items = await bare();
		for (const last of [
			operation('report', 'createFromBundle', '={{ $json.bundle }}'),
			operation('bundle', 'import', '={{ $json.bundle }}', { mode: 'direct' }),
		]) {
			const { output, hints } = await run([toStix(), last], items);
			expect(output[0]).toMatchObject({ complete: false });
			expect(warned(output[0])).toEqual(['attachments-omitted']);
			expect(hints).toEqual([expect.stringContaining('1 of 1 items')]);
		}
		const other = '={{ ({ type: "bundle", objects: $json.bundle.objects }) }}';
		const { output } = await run([toStix(), operation('report', 'createFromBundle', other)], items);
		expect(output[0]).toMatchObject({ complete: true });
	});

	it('the report with its observables says so, too', async () => {
		imap.append(message('observables', [pdf(1_500_000), csv]));
		const { output } = await run([createReport({ attachmentTypes: 'image/png' }, 'observables')], await bare());
		expect(output[0]).toMatchObject({ complete: false });
		expect(warning(output[0], 'attachments-omitted')).toMatch(/^Not searched for indicators/);
	});
});

describe('a message above Max Message Size', () => {
	it.each(['full', 'simple'])(
		'ends in a bundle and a report that say that only its beginning was fetched (%s)',
		async (output) => {
			imap.append(message('small', []));
			imap.append(message('huge', [pdf(400_000)]));
			const items = await polled({ output, options: { maxMessageSize: 0.2 } });
			expect(items[1]!.json).toMatchObject({ truncated: true, complete: false });
			expect(warning(items[1]!.json, 'fetched-in-part')).toMatch(/'Max Message Size \(MB\)'.*Mailbox Reader/s);
			const bundles = await run([toStix()], items);
			expect(bundles.output.map(({ subject, complete }) => [subject, complete])).toEqual([
				['small', true],
				['huge', false],
			]);
			expect(warned(bundles.output[1])).toEqual(expect.arrayContaining(['message-incomplete', 'fetched-in-part']));
			const reports = await run([toStix(), createReport()], items);
			expect(reports.output.map(({ name, complete }) => [name, complete])).toEqual([
				['small', true],
				['huge', false],
			]);
			expect(warned(reports.output[1])).toEqual(expect.arrayContaining(['message-incomplete', 'fetched-in-part']));
		},
	);
});

describe('other limits', () => {
	it.each(['full', 'simple'])(
		'a text above the limit: trigger and Mailbox Reader say so in their items (%s)',
		async (output) => {
			imap.append(message('long', [], 'words and words\r\n'.repeat(550_000)));
			const items = await polled({ output });
			const get = { ...getMessage, parameters: { ...getMessage.parameters, output } };
			const read = await run([get], items);
			for (const json of [items[0]!.json, read.output[0]!]) {
				expect(json).toMatchObject({ subject: 'long', truncated: true, complete: false });
				expect(warning(json, 'text-too-large')).toMatch(/more text than the limit/);
			}
			expect(read.hints).toEqual([expect.stringContaining('1 of 1 items')]);
			// The nodes behind say it of what they made.
			const { output: bundles } = await run([toStix()], items);
			expect(bundles[0]).toMatchObject({ complete: false });
			expect(warned(bundles[0])).toEqual(expect.arrayContaining(['text-too-large', 'message-incomplete']));
		},
	);

	it('indicators above the maximum number make the bundle incomplete', async () => {
		imap.append(
			message('many', [], Array.from({ length: 20 }, (_, index) => `http://host${index}.example.net/`).join('\r\n')),
		);
		const { output } = await run([toStix({}, { maxIndicators: 5 })], await polled());
		expect(output[0]).toMatchObject({ complete: false });
		expect(warning(output[0], 'indicators-omitted')).toContain("'Max Indicators'");
	});

	it('messages inside of messages, deeper than is read, make bundle and report incomplete', async () => {
		let inner = 'From: deep@example.org\r\nSubject: deepest\r\n\r\nhttp://deep.example.net/\r\n';
		for (let depth = 0; depth < 12; depth++)
			inner = `From: a@example.org\r\nSubject: level ${depth}\r\nDate: Wed, 18 Nov 2026 20:30:00 +0100\r\nContent-Type: message/rfc822\r\n\r\n${inner}`;
		imap.append(inner);
		const items = await polled();
		const bundles = await run([toStix()], items);
		expect(bundles.output[0]).toMatchObject({ complete: false });
		expect(warned(bundles.output[0])).toEqual(expect.arrayContaining(['too-deep', 'message-incomplete']));
		const { output } = await run([createReport()], items);
		expect(output[0]).toMatchObject({ complete: false });
	});

	it("attachments that were asked for and do not fit into binary data are in the trigger's warnings", async () => {
		imap.append(message('files', [pdf(30_000), { name: 'a.csv', type: 'text/csv', bytes: noise(50_000, 'csv') }]));
		const options = { attachments: true, maxAttachmentSize: 0.02 };
		const [both] = await polled({ options });
		expect([both!.json.complete, warned(both!.json)]).toEqual([false, ['attachments-left-out']]);
		expect(warning(both!.json, 'attachments-left-out')).toMatch(
			/report\.pdf \(30 kB\), a\.csv \(50 kB\)\. Raise 'Max Attachment Size \(MB\)'/,
		);
		const [typed] = await polled({ output: 'full', options: { ...options, attachmentTypes: 'image/*' } });
		expect([typed!.json.complete, typed!.json.warnings]).toEqual([undefined, []]);
		const read = step('Get', 'mailbox', {
			connection: 'imap',
			resource: 'message',
			operation: 'get',
			messageBy: 'item',
			output: 'simple',
			options,
		});
		const { output, hints } = await run([read], [both!]);
		expect([output[0]!.complete, warned(output[0])]).toEqual([false, ['attachments-left-out']]);
		expect(hints).toEqual([expect.stringContaining('1 of 1 items')]);
	});

	it('adding all files of an item that has none is not complete', async () => {
		imap.append(message('plain', []));
		const { output: reports } = await run([createReport()], await polled());
		const add = step('Add', 'openCti', {
			resource: 'file',
			operation: 'add',
			objectId: '={{ $json.id }}',
			binaryNames: '*',
			options: {},
		});
		const { output } = await run(
			[add],
			reports.map((json) => ({ json })),
		);
		expect(output).toMatchObject([{ files: [], complete: false, warnings: [{ code: 'no-files' }] }]);
	});
});

it("an item of n8n's own mail trigger keeps its message and files through Email to STIX", async () => {
	const raw = Buffer.from(message('builtin', [pdf(3000)]));
	const binary = {
		file0: { data: pdf(3000).bytes.toString('base64'), mimeType: 'application/pdf', fileName: 'report.pdf' },
	};
	const { output } = await run([toStix(), createReport()], [{ ...(await resolvedItem(raw)), binary }]);
	expect(output).toMatchObject([
		{ name: 'builtin', complete: true, files: [{ originalName: 'report.pdf', status: 'uploaded' }] },
	]);
});

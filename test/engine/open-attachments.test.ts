import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { closeAttachments } from '../../lib/attachments';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { fixture } from '../unit/attachments/corpus';
import { execute, node } from './engine';

const TYPE = 'n8n-nodes-email-intel.emailToStix';
const types = { [TYPE]: new EmailToStix() };

afterAll(closeAttachments);

function mail(files: readonly string[], text = 'Please find the invoice attached.'): INodeExecutionData {
	const parts = files.map(
		(file) =>
			`--b\r\nContent-Type: application/octet-stream; name="${file}"\r\nContent-Disposition: attachment; filename="${file}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${fixture(file).toString('base64')}\r\n`,
	);
	const raw = `From: billing@sender.example.net\r\nTo: jane@example.org\r\nSubject: Invoice\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n${text}\r\n${parts.join('')}--b--\r\n`;
	const data = Buffer.from(raw).toString('base64');
	return { json: {}, binary: { data: { data, mimeType: 'message/rfc822', fileName: 'mail.eml' } } };
}

async function run(items: INodeExecutionData[], parameters: IDataObject) {
	const step = node('STIX', TYPE, { tlp: 'amber', output: 'json', options: {}, ...parameters });
	const result = await execute({ types, nodes: [step], connections: {}, startNode: 'STIX', startItems: items });
	return result.output('STIX') ?? [];
}

interface Result {
	attachments: { fileName: string; opened?: { kind: string; flags?: string[]; properties?: object } }[];
	bundle: { objects: { type: string; value?: string; name?: string; extensions?: object; contains_refs?: string[] }[] };
	complete?: boolean;
	warnings: { code: string }[];
}

const urls = ({ bundle }: Result) => bundle.objects.filter(({ type }) => type === 'url').map(({ value }) => value);

describe('Open Attachments of Email to STIX', () => {
	it('is off: what a saved workflow finds stays as it was', async () => {
		const [item] = await run([mail(['link.pdf'])], { operation: 'convert' });
		expect(urls(item!.json as unknown as Result)).toEqual([]);
		expect(JSON.stringify(item!.json)).not.toContain('opened');
	});

	it('finds where an encrypted PDF leads, with the password of the body, and says so in the item and in the bundle', async () => {
		const body = 'Segue a fatura. Senha de acesso: 123';
		const [item] = await run([mail(['enc-rc4-40.pdf'], body)], { operation: 'convert', openAttachments: true });
		const json = item!.json as unknown as Result;
		expect(urls(json)).toEqual(['https://enc-rc4-40.example.com/pay']);
		expect(json.attachments[0]).toMatchObject({
			fileName: 'enc-rc4-40.pdf',
			opened: { kind: 'pdf', flags: ['password-protected', 'password-in-message'], properties: { password: '123' } },
		});
		const file = json.bundle.objects.find(({ name }) => name === 'enc-rc4-40.pdf');
		expect(file?.extensions).toMatchObject({ 'pdf-ext': { version: '1.7' } });
		expect(json.complete).not.toBe(false);
	});

	it('shows in the bundle which file lies in which', async () => {
		const [item] = await run([mail(['plain.zip'])], { operation: 'convert', openAttachments: true });
		const { bundle } = item!.json as unknown as Result;
		const byName = (wanted: string) =>
			bundle.objects.find(({ name }) => name === wanted) as { id: string } & Result['bundle']['objects'][0];
		const [archive, inner] = [byName('plain.zip'), byName('invoice.pdf')];
		expect(archive.contains_refs).toEqual([inner.id]);
		expect(archive.extensions).toEqual({ 'archive-ext': { contains_refs: [inner.id] } });
	});

	it('tells what could not be opened, and reads the rest', async () => {
		const files = ['closed.zip', 'link.pdf'];
		const [item] = await run([mail(files)], { operation: 'convert', openAttachments: true });
		const json = item!.json as unknown as Result;
		expect(urls(json)).toEqual(['https://link.example.com/login?user=1&next=2']);
		expect(json.complete).toBe(false);
		expect(json.warnings.filter(({ code }) => code === 'attachments-not-read')).toEqual([
			{
				code: 'attachments-not-read',
				message: 'Not everything in the attachments was read. No word of the message is its password: closed.zip.',
			},
		]);
	});

	it('tries the passwords of the node first', async () => {
		const [item] = await run([mail(['closed.zip'])], {
			operation: 'convert',
			openAttachments: true,
			extraction: { attachmentPasswords: 'infected, unknown-word' },
		});
		expect(urls(item!.json as unknown as Result)).toEqual(['https://closed.example.com/z']);
	});

	it('opens gz and tar with Open Other Archives only', async () => {
		const [closed] = await run([mail(['packed.tgz'])], { operation: 'convert', openAttachments: true });
		expect(urls(closed!.json as unknown as Result)).toEqual([]);
		const [open] = await run([mail(['packed.tgz'])], {
			operation: 'convert',
			openAttachments: true,
			extraction: { otherArchives: true },
		});
		expect(urls(open!.json as unknown as Result)).toEqual(['https://tar.example.com/z']);
	});

	it('gives the code of a picture as an item of its own, with the place where it stands', async () => {
		const items = await run([mail(['qr.png'])], { operation: 'extract', openAttachments: true });
		const url = items.map(({ json }) => json).find(({ type }) => type === 'url');
		expect(url).toMatchObject({
			flags: expect.arrayContaining(['qr-code']) as unknown,
			sources: [{ part: 'attachment', field: 'qr.png/code' }],
		});
	});

	it('hands on what it found: the next node need not open anything again', async () => {
		const [first] = await run([mail(['link.pdf'])], { operation: 'convert', openAttachments: true });
		const items = await run([first!], { operation: 'extract' });
		expect(items.map(({ json }) => json.value)).toContain('https://link.example.com/login?user=1&next=2');
	});
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEmail, type Attachment, type Email } from '../../../lib/email';

const folder = join(__dirname, '../../fixtures/attachments');
const heldOutFolder = join(__dirname, '../../fixtures/attachments-held-out');

/** What was planted in a file of the corpus: see scripts/attachment-corpus.mjs. */
export interface Planted {
	file: string;
	/** As the mail calls it, where that is another name. */
	name?: string;
	type?: string;
	/** Text of the mail that it comes with. */
	body?: string;
	kind?: string;
	urls: string[];
	addresses?: string[];
	codes: { text: string; content: string }[];
	flags: string[];
	notRead: string[];
	notReadInside?: string[];
	anyNotRead?: boolean;
	children?: string[];
	properties?: Record<string, string>;
	/** How many links are there to keep scanners busy. */
	decoys?: number;
	/** Opened with the other archives only, or with the extra library. */
	others?: boolean;
	library?: boolean;
	/** What can be read of it is not certain; that it harms nobody is. */
	broken?: boolean;
}

/** The same of a held-out file. Its `flags`, and those below, have to be among those that are found. */
export interface HeldOut extends Planted {
	/** Hosts that it has opened from a share. */
	shares?: string[];
	/** Of a file inside. */
	insideFlags?: string[];
	insideNotRead?: string[];
}

export const planted = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Planted[];

/** Files that were made later, in ways that the readers had not been written for: see scripts/held-out. */
export const heldOut = JSON.parse(readFileSync(join(heldOutFolder, 'truth.json'), 'utf8')) as HeldOut[];

export const fixture = (file: string): Buffer => readFileSync(join(folder, file));
export const heldOutFixture = (file: string): Buffer => readFileSync(join(heldOutFolder, file));

/** The mail that a file comes with. */
export async function mailWith(
	files: ReadonlyArray<{ name: string; bytes: Buffer; type?: string }>,
	body = 'Please see the attached file.',
): Promise<Email> {
	const parts = files.map(
		({ name, bytes, type = 'application/octet-stream' }) =>
			`--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64').replace(/(.{76})/g, '$1\r\n')}\r\n`,
	);
	const head =
		'From: Billing <billing@sender.example.net>\r\nTo: jane@example.org\r\nSubject: Invoice\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
	const text = `--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${body}\r\n`;
	return await parseEmail(Buffer.from(`${head}${text}${parts.join('')}--b--\r\n`));
}

/** A file and all files inside of it, those of messages included. */
export function* within(attachment: Attachment): Generator<Attachment> {
	yield attachment;
	for (const child of attachment.opened?.children ?? []) yield* within(child);
	for (const inner of attachment.email?.attachments ?? []) yield* within(inner);
}

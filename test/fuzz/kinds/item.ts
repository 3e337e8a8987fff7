import { emailFromItem, emailToJson, parseEmail, type BinaryReader, type Email } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { isWithinLimits, makesReport, makesSoundBundle, survivesJson } from '../emails';
import { spoilBytes } from '../inputs/bytes';
import { knownMails } from '../inputs/mails';
import { MIME_WORDS } from '../inputs/mime';
import { INHERITED } from '../inputs/text';
import { anyValue, oddValue, spoilValue } from '../inputs/values';
import { isTrue } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

const MAILS = knownMails();

interface File {
	key: string;
	fileName?: string;
	mimeType?: string;
	size?: number;
	base64: string;
}

const address = (name: string): object => ({ emailAddress: { address: `${name}@example.org`, name } });
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** Items as other nodes put them out, whole ones and summaries. */
const ITEMS: ReadonlyArray<(random: Random) => unknown> = [
	(random) => ({ raw: random.pick(MAILS).toString(random.pick(['base64', 'base64url', 'utf8'])), id: '18f', threadId: 't', internalDate: '1778000000000' }),
	(random) => ({ email: { sha256: '', headers: [], parts: [], attachments: [], from: [], warnings: [] }, [random.pick(['eml', 'mime'])]: base64url('From: a@b.c\r\n\r\n') }),
	() => ({
		id: '18f',
		threadId: '18f',
		labelIds: ['INBOX'],
		internalDate: '1778000000000',
		payload: {
			mimeType: 'multipart/mixed',
			headers: [
				{ name: 'From', value: 'Alice <alice@example.org>' },
				{ name: 'Subject', value: '=?utf-8?Q?gr=C3=BC=C3=9Fe?=' },
				{ name: 'Date', value: 'Tue, 5 May 2026 10:11:12 +0200' },
			],
			parts: [
				{ partId: '0', mimeType: 'text/plain', body: { size: 5, data: base64url('https://evil.example.net/') } },
				{ partId: '1', mimeType: 'text/html', body: { size: 5, data: base64url('<a href="https://a.example/">') } },
				{ partId: '2', mimeType: 'application/pdf', filename: 'a.pdf', body: { attachmentId: 'x', size: 7 } },
			],
		},
	}),
	() => ({ id: '18f', threadId: 't', snippet: 'https://evil.example.net/', From: 'a@example.org', Subject: 's', internalDate: '1778000000000' }),
	() => ({
		headers: { from: 'From: Alice <alice@example.org>', subject: 'Subject: s', 'message-id': 'Message-ID: <a@b>' },
		html: '<a href="https://a.example/">x</a>',
		text: 'x',
		textAsHtml: '<p>x</p>',
		from: { value: [{ address: 'alice@example.org', name: 'Alice' }], html: '', text: '' },
		attributes: { uid: 5 },
	}),
	() => ({
		id: 'AAMk',
		internetMessageId: '<a@example.org>',
		subject: 's',
		bodyPreview: 'x',
		body: { contentType: 'html', content: '<p>https://evil.example.net/</p>' },
		receivedDateTime: '2026-05-05T08:11:30Z',
		sentDateTime: '2026-05-05T08:11:12Z',
		from: address('alice'),
		sender: address('bob'),
		replyTo: [address('carol')],
		toRecipients: [address('dave'), address('erin')],
		internetMessageHeaders: [{ name: 'Received', value: 'from x by y; Tue, 5 May 2026 10:11:12 +0200' }],
		hasAttachments: true,
		attachments: [{ name: 'a.pdf', size: 5 }],
	}),
	() => ({ textPlain: 'x', textHtml: '<p>x</p>', metadata: { 'message-id': '<a@b>', received: ['x', 'y'] }, from: 'a@b.c', subject: 's', date: 'x', attributes: { uid: 7 } }),
	() => ({ from: 'a@example.org', to: ['b@example.org'], subject: 's', text: 'https://evil.example.net/', html: '<p>', date: '2026-05-05', messageId: '<a@b>' }),
	() => ({
		id: 'imap:x:1',
		source: { kind: 'imap', mailbox: 'a@example.org', folder: 'INBOX', uid: 5, uidValidity: '1' },
		truncated: false,
		rawOmitted: true,
		attachments: ['a.pdf'],
		from: 'a@example.org',
		fromName: 'Alice',
		to: ['b@example.org'],
		subject: 's',
		text: 'x',
		date: '2026-05-05T08:11:30Z',
		warnings: [{ code: 'x', message: 'y' }],
	}),
	() => ({
		subject: 's',
		from: [{ address: 'a@example.org', name: 'Alice' }],
		to: [{ address: 'b@example.org' }],
		cc: [{ address: 'c@example.org' }],
		replyTo: [{ address: 'd@example.org' }],
		date: '2026-05-05T08:11:30Z',
		receivedAt: '2026-05-05T08:12:00Z',
		html: '<p>https://evil.example.net/</p>',
		attachments: [{ partId: '2', fileName: 'a.pdf', contentType: 'application/pdf', related: false, size: 5, sha256: 'ab'.repeat(32) }],
		size: 900,
		truncated: false,
		rawOmitted: true,
		isMultipart: true,
		sha256: 'cd'.repeat(32),
		messageId: '<a@b>',
		id: 'imap:x:1',
		source: { kind: 'imap', mailbox: 'a@example.org', folder: 'INBOX', uid: 5, uidValidity: '1' },
	}),
	() => ({ failure: { code: 'MAILBOX_PROTOCOL', message: 'x', attempts: 2 }, id: 'x', source: { kind: 'graph' }, headers: { from: 'a' } }),
	(random) => anyValue(random),
]; // prettier-ignore

/** Messages that the project knows, as its own nodes put them out. */
let own: unknown[] = [];

async function open(): Promise<() => Promise<void>> {
	own = await Promise.all(MAILS.map(async (mail) => JSON.parse(JSON.stringify(emailToJson(await parseEmail(mail))))));
	return async () => undefined;
}

function files(random: Random): File[] {
	return random.list(0, random.chance(0.02) ? 1_200 : 3, (index) => {
		const bytes = random.choose(
			[2, () => random.pick(MAILS)],
			[2, () => spoilBytes(random.pick(MAILS), random, MIME_WORDS)],
			[2, () => random.bytes(random.below(40))],
			[1, () => Buffer.from('d0cf11e0a1b11ae1', 'hex')],
		);
		return {
			key: random.choose([3, () => random.pick(['email', 'data', 'message', 'file'])], [3, () => `attachment_${index}`], [1, () => random.pick(INHERITED)]),
			...(random.chance(0.8) ? { fileName: random.pick(['a.eml', 'a.msg', 'winmail.dat', '../a.eml', '', 'a.txt', '\ud800.eml', '__proto__']) } : {}),
			...(random.chance(0.8) ? { mimeType: random.pick(['message/rfc822', 'text/plain', 'application/vnd.ms-outlook', '', 'constructor']) } : {}),
			...(random.chance(0.5) ? { size: random.pick([bytes.length, 0, -1, 2 ** 53]) } : {}),
			base64: bytes.toString('base64'),
		}; // prettier-ignore
	});
}

function readerOf(list: readonly File[]): BinaryReader {
	const byKey = new Map(list.map((file) => [file.key, file]));
	return {
		keys: [...byKey.keys()],
		info: (key) => {
			const { fileName, mimeType, size } = byKey.get(key)!;
			return {
				...(fileName === undefined ? {} : { fileName }),
				...(mimeType === undefined ? {} : { mimeType }),
				...(size === undefined ? {} : { size }),
			};
		},
		read: async (key) => Buffer.from(byKey.get(key)!.base64, 'base64'),
	};
}

/** The input: the JSON of an item (see `oddValue`) and its files. */
interface Item {
	json: unknown;
	files: File[];
}

export const kind: Kind<string, Email> = {
	subject: 'emailFromItem on the JSON of any node, and of none',
	form: 'text',
	open,
	make: (random) => {
		const json = random.choose([1, () => random.pick(own)], [1, () => random.pick(ITEMS)(random)]);
		const item: Item = {
			json: random.chance(0.9) ? spoilValue(json, random) : json,
			files: random.chance(0.4) ? files(random) : [],
		};
		return JSON.stringify(item);
	},
	run: async (input) => {
		const { json, files: list } = JSON.parse(input) as Item;
		return await emailFromItem(oddValue(JSON.stringify(json ?? null)) as Record<string, unknown>, readerOf(list));
	},
	refusals: ['EMAIL_NOT_FOUND', 'EMAIL_INPUT', 'EMAIL_EMPTY'],
	invariants: {
		'it keeps to the limits': isWithinLimits,
		'it comes back from JSON as it was': survivesJson,
		'it makes a sound bundle': makesSoundBundle,
		'it makes a report': makesReport,
		'its indicators are found': (email) => void extractIndicators(email),
		'no object of the process has members that it had not': () => {
			isTrue(Object.keys(Object.prototype).length === 0, 'Object.prototype was written to');
			for (const name in {}) throw new Error(`every object has ${name}`);
		},
	},
};

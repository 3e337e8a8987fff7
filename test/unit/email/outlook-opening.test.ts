import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { isIncomplete, parseEmail } from '../../../lib/email';
import {
	asMail,
	asMsgMail,
	attachment,
	ATTRIBUTE,
	attribute,
	compoundFile,
	msg,
	SCRIPT,
	stream,
	string8,
	text,
	tnef,
} from './outlookFiles';
import { codes } from './message';

const MSG = msg(
	text(0x37, 'inside'),
	text(0x1000, 'https://inside.example.net/'),
	attachment(0, [text(0x3707, 'a.js'), stream(0x3701, 0x0102, SCRIPT)]),
);
const TNEF = tnef(
	attribute(ATTRIBUTE.subject, string8('inside')),
	attribute(ATTRIBUTE.body, string8('https://inside.example.net/')),
	attribute(ATTRIBUTE.attachmentStart),
	attribute(ATTRIBUTE.attachmentData, SCRIPT),
);
const FILES = { 'a .msg': asMsgMail(MSG), 'a winmail.dat': asMail(TNEF, 'application/ms-tnef', 'winmail.dat') };
type Kind = keyof typeof FILES;

describe.each(Object.keys(FILES) as Kind[])('%s in a mail whose attachments are not kept', (kind) => {
	it('is read all the same, and only its bytes are not there', async () => {
		for (const input of [FILES[kind], Readable.from([FILES[kind]])]) {
			const email = await parseEmail(input, { keepAttachments: false });
			expect(email.warnings).toEqual([expect.objectContaining({ code: 'date-missing' })]);
			const [file] = email.attachments;
			const bytes = kind === 'a .msg' ? MSG : TNEF;
			expect(file).toMatchObject({
				contentOmitted: true,
				size: bytes.length,
				sha256: createHash('sha256').update(bytes).digest('hex'),
				email: {
					subject: 'inside',
					text: 'https://inside.example.net/',
					attachments: [{ contentOmitted: true, size: SCRIPT.length }],
				},
			});
			expect([file!.content, file!.email!.attachments[0]!.content, isIncomplete(email)]).toEqual([
				undefined,
				undefined,
				false,
			]);
		}
	});

	it('gives its room back: ten of them are read where there is room for one', async () => {
		const part = FILES[kind].toString('latin1').replace(/^.*?(?=Content-Type)/s, '');
		const mail = Buffer.from(
			`Date: Tue, 5 May 2026 10:11:12 +0200\r\nFrom: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n${part}\r\n`.repeat(10)}--b--\r\n`,
			'latin1',
		);
		const email = await parseEmail(mail, {
			keepAttachments: false,
			maxTotalAttachmentBytes: Math.max(MSG.length, TNEF.length),
		});
		expect([email.warnings, email.attachments.map((one) => one.email?.subject)]).toEqual([
			[],
			Array.from({ length: 10 }, () => 'inside'),
		]);
	});

	it('that is above the limits is told as unread, not as broken, and the mail as incomplete', async () => {
		for (const limits of [{ maxAttachmentBytes: 100 }, { maxTotalAttachmentBytes: 100 }]) {
			for (const keepAttachments of [true, false]) {
				const email = await parseEmail(FILES[kind], { ...limits, keepAttachments });
				expect([codes(email), isIncomplete(email), email.attachments[0]!.email]).toEqual([
					['outlook-unread', 'date-missing'],
					true,
					undefined,
				]);
			}
		}
	});

	it('that is above the limits within an attached message is told by the mail around it', async () => {
		const inner = FILES[kind].toString('latin1');
		const email = await parseEmail(
			Buffer.from(`From: a@example.org\r\nContent-Type: message/rfc822\r\n\r\n${inner}`, 'latin1'),
			{ maxAttachmentBytes: 100, keepAttachments: false },
		);
		expect(codes(email)).toContain('outlook-unread');
	});
});

it('other files are not kept, whatever they begin with, when attachments are not', async () => {
	const word = compoundFile([stream(0x6000, 0x0102, Buffer.alloc(100))]).bytes;
	for (const bytes of [word, Buffer.from('PK'), Buffer.from('much longer than a signature'), Buffer.alloc(0)]) {
		const email = await parseEmail(asMail(bytes, 'application/octet-stream', 'a.bin'), { keepAttachments: false });
		expect(email.attachments[0]).toMatchObject({
			size: bytes.length,
			sha256: createHash('sha256').update(bytes).digest('hex'),
		});
		expect([email.attachments[0]!.content?.length ?? 0, email.attachments[0]!.email, codes(email)]).toEqual([
			0,
			undefined,
			['date-missing'],
		]);
	}
});

describe('an Outlook file under another flag is known by its first bytes', () => {
	it.each([
		['a winmail.dat as a .msg', asMail(TNEF, 'application/vnd.ms-outlook', 'winmail.dat')],
		['a .msg as a winmail.dat', asMail(MSG, 'application/ms-tnef', 'winmail.dat')],
		['a .msg as a file without an extension', asMail(MSG, 'application/octet-stream', 'message')],
		['a winmail.dat as a file of another name', asMail(TNEF, 'application/octet-stream', 'att00001.dat')],
	])('%s', async (_name, mail) => {
		for (const keepAttachments of [true, false]) {
			const email = await parseEmail(mail, { keepAttachments });
			expect([email.attachments[0]!.email?.subject, codes(email)]).toEqual(['inside', ['date-missing']]);
		}
	});

	it('and a document of Word is none, however it is broken', async () => {
		const word = compoundFile([stream(0x6000, 0x0102, Buffer.alloc(100))]).bytes;
		for (const bytes of [word, word.subarray(0, 300), word.subarray(0, 700)]) {
			const email = await parseEmail(asMail(bytes, 'application/octet-stream', 'a.doc'));
			expect([email.attachments[0]!.email, codes(email)]).toEqual([undefined, ['date-missing']]);
		}
		const email = await parseEmail(asMail(word, 'application/octet-stream', 'a.doc'), { maxDepth: 0 });
		expect(codes(email)).toEqual(['date-missing']);
	});
});

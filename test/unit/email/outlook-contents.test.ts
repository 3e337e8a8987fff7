import { lacksBytes, parseEmail, type Attachment, type Email } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { emailToBundle } from '../../../lib/stix';
import {
	asMsgMail,
	asWinmail,
	attachment,
	attachmentStart,
	ATTRIBUTE,
	attribute,
	compoundFile,
	embedded,
	fixedProperties,
	inAttachment,
	MESSAGE_INTERFACE,
	msg,
	PLACEHOLDER,
	properties,
	property,
	recipient,
	SCRIPT,
	STORAGE_INTERFACE,
	stream,
	string8,
	text,
	tnef,
	unicode,
	utf16,
	winmail,
} from './outlookFiles';
import { codes, NOTHING, sha256 } from './message';

/** The message in the one file of a mail, and the mail around it. */
async function opened(mail: Buffer): Promise<{ outer: Email; inner: Email; attachments: Attachment[] }> {
	const outer = await parseEmail(mail);
	const inner = outer.attachments[0]!.email!;
	return { outer, inner, attachments: inner.attachments };
}

const fileName = unicode(0x3707, 'invoice.js');

const inside = tnef(
	attribute(
		ATTRIBUTE.properties,
		properties([unicode(0x37, 'inside'), unicode(0x1000, 'https://inside.example.net/')]),
	),
);
const asObject = (stored: Buffer): Buffer[] => [
	attachmentStart,
	attribute(ATTRIBUTE.attachmentTitle, string8('Inside')),
	attribute(ATTRIBUTE.attachmentData, PLACEHOLDER),
	inAttachment(property(0x3701, 0x000d, Buffer.concat([MESSAGE_INTERFACE, stored]))),
];

describe('a winmail.dat is read to its end', () => {
	it('behind a property that is named by a string, of whatever length, or by a number', async () => {
		for (const name of ['x', 'xy', 'x-my', 'X-MS-Exchange-Organization', 34_063]) {
			const { inner } = await opened(
				winmail(
					attribute(
						ATTRIBUTE.properties,
						properties([
							property(0x8000, 0x1f, utf16('v'), { name }),
							unicode(0x37, 'Invoice 7'),
							unicode(0x1035, '<m1@evil.example>'),
							unicode(0x1000, 'see https://evil.example.net/'),
						]),
					),
				),
			);
			expect(inner).toMatchObject({
				subject: 'Invoice 7',
				messageId: '<m1@evil.example>',
				text: 'see https://evil.example.net/',
			});
			expect(codes(inner)).toEqual(['partial']);
		}
	});

	it('behind properties of many values and of every type', async () => {
		const eight = Buffer.alloc(8, 1);
		const { inner } = await opened(
			winmail(
				attribute(
					ATTRIBUTE.properties,
					properties([
						property(0x3001, 0x101f, [utf16('one'), utf16('other'), utf16('')]),
						property(0x6000, 0x0000, Buffer.alloc(0), { fixed: true }),
						property(0x6007, 0x0001, Buffer.alloc(0), { fixed: true }),
						property(0x6001, 0x0002, eight.subarray(0, 2), { fixed: true }),
						property(0x6002, 0x000b, eight.subarray(0, 2), { fixed: true }),
						property(0x6003, 0x0014, eight, { fixed: true }),
						property(0x6004, 0x0048, Buffer.alloc(16), { fixed: true }),
						property(0x6005, 0x1102, [SCRIPT, Buffer.alloc(0), SCRIPT]),
						// The number of values of fixed length stands before them.
						Buffer.concat([property(0x6006, 0x1003, Buffer.from([3, 0, 0, 0]), { fixed: true }), Buffer.alloc(12)]),
						unicode(0x37, 'behind'),
					]),
				),
			),
		);
		expect(inner.subject).toBe('behind');
		expect(codes(inner)).toEqual(['partial']);
	});

	it('with attachments whose bytes stand among their properties', async () => {
		const { attachments } = await opened(
			winmail(attachmentStart, inAttachment(property(0x3701, 0x0102, SCRIPT), fileName)),
		);
		expect(attachments).toMatchObject([
			{ fileName: 'invoice.js', size: SCRIPT.length, sha256: sha256(SCRIPT), content: SCRIPT },
		]);
	});

	it('with the bytes of an OLE object, without the interface that stands before them', async () => {
		const { attachments } = await opened(
			winmail(
				attachmentStart,
				inAttachment(property(0x3701, 0x000d, Buffer.concat([STORAGE_INTERFACE, SCRIPT])), fileName),
			),
		);
		expect(attachments).toMatchObject([{ size: SCRIPT.length, sha256: sha256(SCRIPT) }]);
	});

	it('with attachments that have their bytes in both places: once when they agree, twice, with a warning, when they do not', async () => {
		const twice = (other: Buffer): Buffer =>
			winmail(
				attachmentStart,
				attribute(ATTRIBUTE.attachmentData, other),
				inAttachment(property(0x3701, 0x0102, SCRIPT), fileName),
			);
		expect((await opened(twice(SCRIPT))).attachments).toHaveLength(1);
		const { attachments, inner, outer } = await opened(twice(Buffer.from('harmless')));
		expect(attachments.map((one) => [one.fileName, one.sha256])).toEqual([
			['invoice.js', sha256(SCRIPT)],
			['invoice.js', sha256(Buffer.from('harmless'))],
		]);
		expect([codes(inner), codes(outer).includes('attachment-twice')]).toEqual([['partial', 'attachment-twice'], true]);
	});

	it('with an empty file as an empty file', async () => {
		const { attachments, inner } = await opened(
			winmail(
				attachmentStart,
				attribute(ATTRIBUTE.attachmentTitle, string8('empty.txt')),
				attribute(ATTRIBUTE.attachmentData),
			),
		);
		expect(attachments).toMatchObject([{ fileName: 'empty.txt', size: 0, sha256: NOTHING }]);
		expect(codes(inner)).toEqual(['partial']);
	});
});

describe('a message attached inside of an Outlook message', () => {
	const files = {
		'winmail.dat': winmail(...asObject(inside)),
		'.msg': asMsgMail(
			msg(
				text(0x37, 'outer'),
				attachment(0, [
					text(0x3001, 'Inside'),
					embedded([text(0x37, 'inside'), text(0x1000, 'https://inside.example.net/')]),
				]),
			),
		),
	};

	it.each(Object.keys(files) as (keyof typeof files)[])(
		'of a %s is read, and has no hashes, for it has no bytes',
		async (kind) => {
			const { outer, attachments } = await opened(files[kind]);
			expect(attachments).toMatchObject([
				{
					fileName: 'Inside',
					size: 0,
					md5: '',
					sha1: '',
					sha256: '',
					sha512: '',
					email: { subject: 'inside', text: 'https://inside.example.net/' },
				},
			]);
			expect([attachments[0]!.content, attachments[0]!.contentOmitted, lacksBytes(attachments[0]!)]).toEqual([
				undefined,
				undefined,
				false,
			]);
			const indicators = extractIndicators(outer);
			expect(indicators.map(({ value }) => value)).toContain('https://inside.example.net/');
			expect(indicators.filter(({ flags }) => flags.includes('empty-file'))).toEqual([]);
			const bundle = JSON.stringify(emailToBundle(outer, { indicators }));
			expect(bundle).toContain('"name":"Inside"');
			expect(bundle).not.toContain(NOTHING);
			expect(bundle).not.toContain('"size":0');
		},
	);

	it('that cannot be read is told, and its placeholder is not taken for it', async () => {
		const { outer, attachments, inner } = await opened(winmail(...asObject(Buffer.from('no TNEF'))));
		expect(attachments).toMatchObject([{ fileName: 'Inside', sha256: '' }]);
		expect(codes(inner)).toEqual(['partial', 'outlook-damaged', 'attachment-unread']);
		expect(codes(outer)).toEqual(expect.arrayContaining(['outlook-damaged', 'attachment-unread']));
	});

	it('keeps a file that stands where the placeholder should', async () => {
		const mail = winmail(
			attachmentStart,
			attribute(ATTRIBUTE.attachmentData, SCRIPT),
			inAttachment(property(0x3701, 0x000d, Buffer.concat([MESSAGE_INTERFACE, inside]))),
		);
		expect((await opened(mail)).attachments).toMatchObject([{ sha256: sha256(SCRIPT), email: { subject: 'inside' } }]);
	});

	it('deeper than the limit is told by the message around it all', async () => {
		let stored = inside;
		let nodes = [text(0x37, 'inside')];
		for (let i = 0; i < 12; i++) {
			stored = tnef(...asObject(stored));
			nodes = [text(0x37, 'around'), attachment(0, [embedded(nodes)]) as never];
		}
		for (const mail of [winmail(...asObject(stored)), asMsgMail(msg(...nodes))]) {
			const email = await parseEmail(mail, { maxDepth: 4 });
			expect(codes(email)).toContain('too-deep');
			let depth = 0;
			for (let at = email.attachments[0]?.email; at !== undefined; at = at.attachments[0]?.email) depth++;
			expect(depth).toBe(4);
		}
	});
});

describe('what an Outlook file holds and does not give is told', () => {
	it('an OLE object, and an attachment without anything in it', async () => {
		const ole = { name: '__substg1.0_3701000D', children: [{ name: 'CONTENTS', data: SCRIPT }] };
		for (const nodes of [[ole], []]) {
			const { inner, attachments } = await opened(
				asMsgMail(msg(text(0x37, 's'), attachment(0, [text(0x3707, 'object'), ...nodes]))),
			);
			expect(attachments).toMatchObject([{ fileName: 'object', sha256: '' }]);
			expect(attachments[0]!.email).toBeUndefined();
			expect(codes(inner)).toEqual(['partial', 'attachment-unread']);
		}
	});

	it('an attachment whose bytes are cut short has no hash of the rest', async () => {
		const file = Buffer.alloc(9_000, 'x');
		const whole = compoundFile([
			text(0x37, 'subject'),
			attachment(0, [text(0x3707, 'cut.bin'), stream(0x3701, 0x0102, file)]),
			fixedProperties(32),
		]).bytes;
		const { inner, attachments } = await opened(asMsgMail(whole.subarray(0, whole.length - 2_048)));
		expect([inner.subject, attachments[0]?.sha256, attachments[0]?.size]).toEqual(['subject', '', 0]);
		expect(codes(inner)).toEqual(['partial', 'outlook-damaged', 'attachment-unread']);

		const stored = tnef(
			attribute(ATTRIBUTE.subject, string8('subject')),
			attachmentStart,
			attribute(ATTRIBUTE.attachmentTitle, string8('cut.bin')),
			attribute(ATTRIBUTE.attachmentData, file),
		);
		const short = await opened(asWinmail(stored.subarray(0, stored.length - 5_000)));
		expect([short.inner.subject, short.attachments[0]?.fileName, short.attachments[0]?.sha256]).toEqual([
			'subject',
			'cut.bin',
			'',
		]);
		expect(codes(short.inner)).toEqual(['partial', 'outlook-damaged', 'attachment-unread']);
	});

	it('a stream that is broken takes nothing else with it', async () => {
		const { inner } = await opened(
			asMsgMail(
				msg(
					text(0x37, 'subject'),
					{ ...text(0x1035, '<lost@example.net>'), start: 0x7fff_ffff },
					text(0x1000, 'body'),
					recipient(0, [text(0x39fe, 'to@example.com')]),
				),
			),
		);
		expect(inner).toMatchObject({ subject: 'subject', text: 'body', to: [{ address: 'to@example.com' }] });
		expect([inner.messageId, codes(inner)]).toEqual([undefined, ['partial', 'outlook-damaged']]);
	});

	it('an attached message that is cut short with the file is there as far as it goes', async () => {
		const cut = tnef(...asObject(inside));
		const { attachments, inner } = await opened(asWinmail(cut.subarray(0, cut.length - 30)));
		expect(attachments).toMatchObject([{ fileName: 'Inside', sha256: '', email: { subject: 'inside' } }]);
		expect(codes(inner)).toContain('outlook-damaged');
	});

	it('a text that is cut short with the file is there as far as it goes', async () => {
		const stored = tnef(
			attribute(ATTRIBUTE.body, string8('https://first.example.net/ and https://second.example.net/')),
		);
		expect((await opened(asWinmail(stored.subarray(0, stored.length - 12)))).inner.text).toMatch(
			/^https:\/\/first\.example\.net\/ and https/,
		);
	});

	it('a text of a .msg that is cut short within its last sector, small or large', async () => {
		for (const length of [100, 9_000]) {
			const body = Buffer.from('https://evil.example.net/ '.repeat(400)).subarray(0, length);
			const nodes = [text(0x37, 'subject'), fixedProperties(32), stream(0x1000, 0x1e, body)];
			const { bytes } = compoundFile(nodes);
			// The file is padded to whole sectors: half of the text's last one goes.
			const cut = bytes.subarray(0, bytes.lastIndexOf(body.subarray(-40)) + 20);
			const { inner, outer } = await opened(asMsgMail(cut));
			expect([inner.subject, body.toString().startsWith(inner.text!), inner.text!.length < length]).toEqual([
				'subject',
				true,
				true,
			]);
			expect([codes(inner), codes(outer).includes('outlook-damaged')]).toEqual([['partial', 'outlook-damaged'], true]);
		}
	});

	it('a winmail.dat that is cut short anywhere behind its beginning', async () => {
		const first = tnef(attribute(ATTRIBUTE.subject, string8('subject')));
		const whole = Buffer.concat([first, attribute(ATTRIBUTE.body, string8('body'))]);
		for (let length = 7; length < whole.length; length++) {
			const { inner, outer } = await opened(asWinmail(whole.subarray(0, length)));
			const damaged = length !== first.length;
			expect([length, codes(inner), codes(outer).includes('outlook-damaged')]).toEqual([
				length,
				damaged ? ['partial', 'outlook-damaged'] : ['partial'],
				damaged,
			]);
		}
		expect(codes((await opened(asWinmail(whole))).inner)).toEqual(['partial']);
	});

	it('a media type that is none is not taken for one', async () => {
		const typed = (type: string): Buffer =>
			asMsgMail(msg(attachment(0, [text(0x370e, type), stream(0x3701, 0x0102, SCRIPT)])));
		expect((await opened(typed('Application/PDF'))).attachments[0]!.contentType).toBe('application/pdf');
		for (const type of ['constructor', '__proto__', 'a/b/c', 'x'.repeat(300)])
			expect((await opened(typed(type))).attachments[0]!.contentType).toBe('application/octet-stream');
	});
});

import { lacksBytes, parseEmail, type Email } from '../../../lib/email';
import { EMAIL_LIMITS } from '../../../lib/limits';
import { extractIndicators } from '../../../lib/indicators';
import { emailToBundle } from '../../../lib/stix';
import {
	asMsgMail,
	attachment,
	attachmentStart,
	ATTRIBUTE,
	attribute,
	compoundFile,
	embedded,
	fixedProperties,
	inAttachment,
	inner,
	MESSAGE_INTERFACE,
	msg,
	PLACEHOLDER,
	properties,
	property,
	recipient,
	stream,
	string8,
	text,
	tnef,
	unicode,
	winmail,
	type Node,
} from './outlookFiles';
import { codes, NOTHING } from './message';

const [ONE, OTHER, THIRD] = ['one', 'other', 'third'].map((name) => Buffer.from(`WScript.Echo("${name}")`)) as [
	Buffer,
	Buffer,
	Buffer,
];
const contents = ({ attachments }: Email): (string | undefined)[] =>
	attachments.map(({ content }) => content?.toString());
const list = (...rows: Buffer[]): Buffer => properties(rows);
const data = (bytes: Buffer): Buffer => attribute(ATTRIBUTE.attachmentData, bytes);
const inside = (subject: string): Buffer =>
	property(0x3701, 0x0d, Buffer.concat([MESSAGE_INTERFACE, tnef(attribute(ATTRIBUTE.subject, string8(subject)))]));

describe('an attachment that is stored more than once is listed with each of its contents', () => {
	it.each<[string, Buffer[], string[]]>([
		['two attAttachData', [attachmentStart, data(ONE), data(OTHER)], [ONE.toString(), OTHER.toString()]],
		[
			'two properties',
			[attachmentStart, inAttachment(property(0x3701, 0x0102, ONE), property(0x3701, 0x0102, OTHER))],
			[ONE.toString(), OTHER.toString()],
		],
		[
			'two attAttachment',
			[attachmentStart, inAttachment(property(0x3701, 0x0102, ONE)), inAttachment(property(0x3701, 0x0102, OTHER))],
			[ONE.toString(), OTHER.toString()],
		],
		[
			'a property of many values',
			[attachmentStart, inAttachment(property(0x3701, 0x1102, [ONE, OTHER, ONE, THIRD]))],
			[ONE.toString(), OTHER.toString(), THIRD.toString()],
		],
	])('winmail.dat: %s', async (_name, attributes, expected) => {
		const outer = await parseEmail(winmail(...attributes));
		const email = outer.attachments[0]!.email!;
		expect([contents(email), codes(email), codes(outer).includes('attachment-twice')]).toEqual([
			expected,
			['partial', 'attachment-twice'],
			true,
		]);
	});

	it('two messages, and a message beside a file', async () => {
		const two = await inner(winmail(attachmentStart, inAttachment(inside('a'), inside('b'), inside('a'))));
		expect([two.attachments.map((one) => one.email?.subject), codes(two)]).toEqual([
			['a', 'b'],
			['partial', 'attachment-twice'],
		]);
		const both = asMsgMail(msg(attachment(0, [stream(0x3701, 0x0102, ONE), embedded([text(0x37, 'a')])])));
		expect((await inner(both)).attachments).toMatchObject([{ content: ONE, email: { subject: 'a' } }]);
	});

	it('no more of them than a message may have parts, and each compared once', async () => {
		const many = Array.from({ length: 3_000 }, (_, i) => data(Buffer.from(`file ${i}`)));
		const email = await inner(winmail(attachmentStart, ...many));
		expect([email.attachments.length, email.truncated, codes(email)]).toEqual([
			EMAIL_LIMITS.maxParts - 1,
			true,
			['partial', 'attachment-twice', 'too-many-attachments'],
		]);
	});

	it('within the bytes that attachments may have', async () => {
		const email = await inner(winmail(attachmentStart, data(ONE), data(OTHER)), {
			maxTotalAttachmentBytes: tnef(attachmentStart, data(ONE), data(OTHER)).length + ONE.length,
		});
		expect(
			email.attachments.map(({ size, content, contentOmitted }) => [
				size,
				content === undefined,
				contentOmitted === true,
			]),
		).toEqual([
			[ONE.length, false, false],
			[OTHER.length, true, true],
		]);
	});

	it('bytes before the first beginning of an attachment are an attachment', async () => {
		const email = await inner(winmail(data(ONE), attachmentStart, data(OTHER)));
		expect([contents(email), codes(email)]).toEqual([[ONE.toString(), OTHER.toString()], ['partial']]);
	});
});

describe('nothing has the hash of nothing', () => {
	const empty = data(Buffer.alloc(0));
	it.each<[string, Buffer[]]>([
		[
			'an object that is its interface alone',
			[attachmentStart, inAttachment(property(0x3701, 0x0d, Buffer.alloc(16, 11)))],
		],
		[
			'an object shorter than its interface',
			[attachmentStart, inAttachment(property(0x3701, 0x0d, Buffer.alloc(7, 11)))],
		],
		['an attached message beside empty bytes', [attachmentStart, empty, inAttachment(inside('a'))]],
		[
			'empty bytes beside a damaged object',
			[
				attachmentStart,
				empty,
				attribute(
					ATTRIBUTE.attachmentProperties,
					list(
						Buffer.concat([property(0x3701, 0x0102, Buffer.alloc(0)).subarray(0, 8), Buffer.from([99, 0, 0, 0, 1])]),
					),
				),
			],
		],
		[
			'a link to a file',
			[attachmentStart, empty, inAttachment(property(0x3705, 3, Buffer.from([7, 0, 0, 0]), { fixed: true }))],
		],
	])('%s', async (_name, attributes) => {
		const outer = await parseEmail(winmail(...attributes));
		const [one] = outer.attachments[0]!.email!.attachments;
		expect(one).toMatchObject({ size: 0, sha256: '' });
		expect([one!.content, lacksBytes(one!)]).toEqual([undefined, false]);
		expect(JSON.stringify(emailToBundle(outer, { indicators: extractIndicators(outer) }))).not.toContain(NOTHING);
		if (one!.email === undefined) expect(codes(outer)).toContain('attachment-unread');
	});

	it('a link and an empty stream beside a message, in a .msg', async () => {
		const link: Node = {
			name: '__attach_version1.0_#00000000',
			children: [stream(0x3701, 0x0102, Buffer.alloc(0)), fixedProperties(8, [[0x3705, 3, 7]])],
		};
		const message = attachment(1, [stream(0x3701, 0x0102, Buffer.alloc(0)), embedded([text(0x37, 'a')])]);
		const email = await inner(asMsgMail(msg(link, message)));
		expect(email.attachments.map(({ sha256, content }) => [sha256, content])).toEqual([
			['', undefined],
			['', undefined],
		]);
	});
});

it('a file that begins like the placeholder of a message is a file, and so is the placeholder where there is no object', async () => {
	const hidden = Buffer.concat([PLACEHOLDER.subarray(0, 47), Buffer.from(' <script>')]);
	for (const mail of [
		winmail(attachmentStart, data(hidden)),
		winmail(attachmentStart, data(hidden), inAttachment(inside('a'))),
	])
		expect((await inner(mail)).attachments[0]).toMatchObject({ content: hidden });
	expect((await inner(winmail(attachmentStart, data(PLACEHOLDER)))).attachments[0]).toMatchObject({
		content: PLACEHOLDER,
	});
	expect(
		(
			await inner(
				winmail(attachmentStart, data(Buffer.concat([PLACEHOLDER, Buffer.alloc(1)])), inAttachment(inside('a'))),
			)
		).attachments[0]!.content,
	).toBeUndefined();
});

describe('of a text in several forms the one that loses nothing is read', () => {
	const wide = attribute(ATTRIBUTE.properties, list(unicode(0x37, 'Счёт №7')));
	const asked = attribute(ATTRIBUTE.subject, string8('???? ?7'));
	it('in a winmail.dat, whatever comes first; and what a code page cannot say is no difference', async () => {
		for (const attributes of [
			[wide, asked],
			[asked, wide],
		]) {
			const email = await inner(winmail(...attributes));
			expect([email.subject, codes(email)]).toEqual(['Счёт №7', ['partial']]);
		}
	});

	it('in a .msg, in whatever order its tree is', async () => {
		const nodes = [text(0x1000, 'https://a.example.net/'), stream(0x1000, 0x1e, string8('https://a.example.net/'))];
		for (const order of [nodes, nodes.toReversed()]) {
			const email = await inner(asMsgMail(msg(...order)));
			expect([email.text, codes(email)]).toEqual(['https://a.example.net/', ['partial']]);
		}
	});

	it('and that they differ is told, by the mail around it too', async () => {
		const wideBody = 'https://good.example.net/';
		for (const narrow of ['https://evil.example.net/', 'https://evil.example/', `${wideBody}x`]) {
			const nodes = [text(0x1000, wideBody), stream(0x1000, 0x1e, string8(narrow))];
			const tnefs = [
				attribute(ATTRIBUTE.body, string8(narrow)),
				attribute(ATTRIBUTE.properties, list(unicode(0x1000, wideBody))),
			];
			for (const mail of [
				asMsgMail(msg(...nodes)),
				asMsgMail(msg(...nodes.toReversed())),
				winmail(...tnefs),
				winmail(...tnefs.toReversed()),
			]) {
				const outer = await parseEmail(mail);
				const email = outer.attachments[0]!.email!;
				expect([email.text, codes(email), codes(outer).includes('outlook-ambiguous')]).toEqual([
					wideBody,
					['partial', 'outlook-ambiguous'],
					true,
				]);
			}
		}
	});
});

describe('recipients of a .msg', () => {
	it('come in the order of their numbers, whatever the order of its tree is', async () => {
		const many = [5, 8, 16, 11, 9, 10, 0].map((i) => recipient(i, [text(0x39fe, `u${i}@example.com`)]));
		const email = await inner(asMsgMail(msg(...many)));
		expect(email.to.map(({ address }) => address)).toEqual([0, 5, 8, 9, 10, 11, 16].map((i) => `u${i}@example.com`));
	});

	it('are there whatever flags stand with their kind, and what is of no kind is listed and told', async () => {
		const kinds = [0x8000_0001, 0x1000_0002, 0x9000_0003, 0, 4];
		const many = kinds.map((kind, i) => recipient(i, [text(0x39fe, `u${i}@example.com`)], kind));
		const email = await inner(asMsgMail(msg(...many)));
		expect([email.to, email.cc, email.bcc].map((one) => one.map(({ address }) => address[1]).join(''))).toEqual([
			'034',
			'1',
			'2',
		]);
		expect(codes(email)).toEqual(['partial', 'recipient-kind-unknown']);
		expect(codes(await inner(asMsgMail(msg(...many.slice(0, 3)))))).toEqual(['partial']);
	});
});

describe('times of a .msg', () => {
	const withTimes = (nodes: Node[], low: number, high: number): Buffer =>
		compoundFile([
			...nodes,
			fixedProperties(32, [
				[0x39, 0x40, low, high],
				[0x0e06, 0x40, low, high],
			]),
		]).bytes;

	it.each([
		[5, 0xffff_ffff],
		[0xffff_ffff, 0x7fff_ffff],
		[5, 0],
		[0xa3dd_4000, 0x0cb3_4557],
	])('%i, %i is none', async (low, high) => {
		const nodes = [text(0x37, 's'), text(0x1000, 'https://evil.example.net/')];
		const email = await inner(asMsgMail(withTimes(nodes, low, high)));
		expect([email.date, email.receivedAt]).toEqual([undefined, undefined]);
	});

	it('a Received line tells when it was received, before the time that is stored', async () => {
		const headers = 'From: a@example.net\r\nReceived: from x by y; Tue, 5 May 2026 10:11:12 +0000\r\n';
		const email = await inner(asMsgMail(withTimes([text(0x7d, headers)], 0, 0x01a0_0000)));
		expect(email.receivedAt).toEqual(new Date('2026-05-05T10:11:12Z'));
		expect((await inner(asMsgMail(withTimes([], 0, 0x01a0_0000)))).receivedAt?.getUTCFullYear()).toBe(1972);
	});
});

it('a message in a winmail.dat has its own title, not the name that Outlook gives to all', async () => {
	const email = await inner(
		winmail(
			attachmentStart,
			attribute(ATTRIBUTE.attachmentTitle, string8('Untitled Attachment')),
			inAttachment(unicode(0x3001, 'Invoice'), inside('Invoice')),
		),
	);
	expect(email.attachments[0]!.fileName).toBe('Invoice');
});

it('an empty HTML body is none', async () => {
	const email = await inner(asMsgMail(msg(text(0x1000, 'text'), stream(0x1013, 0x0102, Buffer.alloc(0)))));
	expect([email.html, email.parts.map(({ contentType }) => contentType)]).toEqual([undefined, ['text/plain']]);
});

it('a text in RTF that cannot be read is told', async () => {
	const rtf = Buffer.from('compressed');
	for (const mail of [
		asMsgMail(msg(text(0x37, 's'), stream(0x1009, 0x0102, rtf))),
		winmail(attribute(ATTRIBUTE.properties, list(property(0x1009, 0x0102, rtf)))),
	]) {
		const outer = await parseEmail(mail);
		expect([codes(outer.attachments[0]!.email!), codes(outer).includes('rtf-unread')]).toEqual([
			['partial', 'rtf-unread'],
			true,
		]);
	}
	// Links may stand in it that no text shows.
	expect(codes(await inner(asMsgMail(msg(text(0x1000, 'text'), stream(0x1009, 0x0102, rtf)))))).toEqual([
		'partial',
		'rtf-unread',
	]);
	const withHtml = msg(stream(0x1013, 0x0102, Buffer.from('<p>x</p>')), stream(0x1009, 0x0102, rtf));
	expect(codes(await inner(asMsgMail(withHtml)))).toEqual(['partial']);
	expect(codes(await inner(asMsgMail(msg(text(0x37, 's'), stream(0x1009, 0x0102, Buffer.alloc(0))))))).toEqual([
		'partial',
	]);
});

import iconv from 'iconv-lite';
import { readRtf, unpackRtf } from '../../../lib/email/rtf';
import {
	ADDRESS,
	APPOINTMENT,
	asMsgMail,
	ATTRIBUTE,
	attachment,
	attribute,
	COMMON,
	fixedProperties,
	inner,
	literalRtf,
	msg,
	msgWith,
	names,
	properties,
	property,
	stream,
	text,
	unicode,
	unpackedRtf,
	utf16,
	winmail,
} from './outlookFiles';
import { codes } from './message';

const narrow = (id: number, charset: string, value: string) => stream(id, 0x1e, iconv.encode(`${value}\0`, charset));

describe('strings of 8 bits are read in the code page that the message names', () => {
	it.each([
		['0x3FFD, Japanese', 0x3ffd, 932, 'shift_jis', '請求書のご確認'],
		['0x3FFD, Cyrillic', 0x3ffd, 1251, 'windows-1251', 'Счёт на оплату'],
		['the locale, Cyrillic', 0x3ff1, 0x0419, 'windows-1251', 'Счёт на оплату'],
		['the locale, Polish', 0x3ff1, 0x0415, 'windows-1250', 'Zażółć gęślą jaźń'],
		['the locale, Taiwan', 0x3ff1, 0x0404, 'big5', '請查收附件'],
		['that of the HTML, Hebrew', 0x3fde, 1255, 'windows-1255', 'שלום'],
	])('%s', async (_, id, value, charset, subject) => {
		const email = await inner(
			asMsgMail(msgWith([[id, 3, value]], narrow(0x37, charset, subject), narrow(0x1000, charset, `${subject}.`))),
		);
		expect(email).toMatchObject({ subject, text: `${subject}.` });
	});

	it('so are those of recipients, attachments and messages inside', async () => {
		const inside = [narrow(0x37, 'windows-1251', 'Внутри'), fixedProperties(24)];
		const email = await inner(
			asMsgMail(
				msgWith(
					[[0x3ffd, 3, 1251]],
					attachment(0, [narrow(0x3707, 'windows-1251', 'Счёт.pdf'), stream(0x3701, 0x0102, Buffer.from('x'))]),
					attachment(1, [{ name: '__substg1.0_3701000D', children: inside }]),
				),
			),
		);
		expect(email.attachments.map(({ fileName, email: one }) => fileName ?? one?.subject)).toEqual([
			'Счёт.pdf',
			'Внутри',
		]);
	});

	it('in a winmail.dat, that of its stream', async () => {
		const page = Buffer.alloc(8);
		page.writeUInt32LE(1251);
		const subject = attribute(ATTRIBUTE.subject, iconv.encode('Счёт\0', 'windows-1251'));
		expect((await inner(winmail(attribute(ATTRIBUTE.codePage, page), subject))).subject).toBe('Счёт');
		expect((await inner(winmail(subject, attribute(ATTRIBUTE.codePage, page)))).subject).toBe('Счёт');
	});

	it('HTML is read in its own', async () => {
		const html = stream(0x1013, 0x0102, iconv.encode('<p>Привет</p>', 'koi8-r'));
		expect((await inner(asMsgMail(msgWith([[0x3fde, 3, 20_866]], html)))).html).toBe('<p>Привет</p>');
	});
});

const HTML_RTF = Buffer.from(
	String.raw`{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset128 MS Gothic;}}` +
		String.raw`{\colortbl\red0;}{\*\generator Outlook;}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 ` +
		String.raw`{\*\htmltag84 <a href="https://evil.example.net/in?a=1&amp;b=\{2\}">}\htmlrtf {\field{\*\fldinst{HYPERLINK "https://evil.example.net/"}}{\fldrslt\htmlrtf0 ` +
		String.raw`\'cf\'f0\'e8\'e2\'e5\'f2 {\f1 \'93\'fa\'96\'7b}\u8364?\htmlrtf }\htmlrtf0 {\*\htmltag92 </a>}\htmlrtf }\htmlrtf0 {\*\mhtmltag0 <base>}{\*\htmltag72 </p>}}`,
	'latin1',
);
const HTML = '<p><a href="https://evil.example.net/in?a=1&amp;b={2}">Привет 日本€</a></p>';
const TEXT_RTF = Buffer.from(
	String.raw`{\rtf1\ansi{\info{\title hidden}}Please {\field{\*\fldinst HYPERLINK \\l "x" "https://evil.example.net/rtf"}{\fldrslt {\ul click here}}}.\par {\pict\bin5 }}}}}}Bye\'85}`,
	'latin1',
);

describe('a text that is there as RTF', () => {
	it('is the HTML that Outlook packed into it', async () => {
		for (const rtf of [unpackedRtf(HTML_RTF), literalRtf(HTML_RTF)]) {
			const email = await inner(asMsgMail(msg(text(0x1000, 'Привет'), stream(0x1009, 0x0102, rtf))));
			expect(email).toMatchObject({ text: 'Привет', html: HTML });
			expect(codes(email)).toEqual(['partial']);
		}
	});

	it('is read from a winmail.dat as well', async () => {
		const list = properties([property(0x1009, 0x0102, literalRtf(HTML_RTF))]);
		expect((await inner(winmail(attribute(ATTRIBUTE.properties, list)))).html).toBe(HTML);
	});

	it('is its text, with where its links lead', async () => {
		const email = await inner(asMsgMail(msg(stream(0x1009, 0x0102, literalRtf(TEXT_RTF)))));
		expect(email.text).toBe('Please click here.\nBye…\n<https://evil.example.net/rtf>');
	});

	it('beside a plain text, gives where its links lead', async () => {
		const email = await inner(
			asMsgMail(msg(text(0x1000, 'Please click here.'), stream(0x1009, 0x0102, literalRtf(TEXT_RTF)))),
		);
		expect(email.text).toBe('Please click here.');
		expect(email.parts).toMatchObject([
			{ contentType: 'text/plain' },
			{ contentType: 'text/rtf', text: '<https://evil.example.net/rtf>' },
		]);
	});

	it('is unpacked as the specification has it', () => {
		// MS-OXRTFCP sections 4.1.1 and 4.1.2: references into the dictionary, and one that runs over itself.
		const first = '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0';
		const second = '1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0';
		expect(unpackRtf(Buffer.from(first, 'hex'), 1_000)).toEqual({
			bytes: Buffer.from('{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n'),
			whole: true,
		});
		expect(unpackRtf(Buffer.from(second, 'hex'), 1_000)).toEqual({
			bytes: Buffer.from('{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}'),
			whole: true,
		});
	});

	it.each([
		['cut', literalRtf(TEXT_RTF, TEXT_RTF.length + 50)],
		['none', Buffer.from('not packed at all, and long enough for a header')],
		['of a length that no bytes could make', literalRtf(TEXT_RTF, 0xffffffff)],
		['no document', literalRtf(Buffer.from('hello'))],
	])('is told as unread when it is %s', async (_, rtf) => {
		expect(codes(await inner(asMsgMail(msg(stream(0x1009, 0x0102, rtf)))))).toContain('rtf-unread');
	});

	it('whatever stands in it takes time in proportion to its bytes', () => {
		for (const piece of [
			'{',
			'}',
			'{\\*\\x ',
			'\\',
			"\\'",
			'\\u-1?',
			'{\\field{\\*\\fldinst HYPERLINK "',
			'\\bin9 ',
			"\\'e0",
			'\\f1',
		]) {
			const time = (bytes: number): number => {
				const rtf = Buffer.from(`{\\rtf1 ${piece.repeat(Math.ceil(bytes / piece.length))}`);
				const before = process.cpuUsage();
				readRtf(rtf, { maxLength: rtf.length });
				const { user, system } = process.cpuUsage(before);
				return (user + system) / 1_000;
			};
			time(50_000);
			const [small, large] = [time(250_000), time(2_000_000)];
			// Eight times the bytes: with a square it would be 64 times as long.
			expect([piece, large < 30 * small + 200]).toEqual([piece, true]);
		}
	});

	it('groups deeper than anybody writes them do not grow a stack', () => {
		const deep = `{\\rtf1 seen ${'{'.repeat(100_000)}not seen${'}'.repeat(100_000)} seen}`;
		expect(readRtf(Buffer.from(deep), { maxLength: 1_000_000 })).toMatchObject({ text: 'seen  seen', cut: true });
	});
});

describe('appointments and contacts', () => {
	const partOf = (email: { parts: { contentType: string; text?: string }[] }, type: string) =>
		email.parts.find(({ contentType }) => contentType === type)?.text;

	it('an appointment of a .msg is a calendar among the parts', async () => {
		const email = await inner(
			asMsgMail(
				msgWith(
					[[0x8001, 0x40, 0xf3a1_0000, 0x01dc_ded5]],
					names(
						[APPOINTMENT, 0x8208],
						[APPOINTMENT, 0x820d],
						[Buffer.from('2903020000000000c000000000000046', 'hex'), 'OnlineMeetingExternalLink'],
					),
					text(0x1a, 'IPM.Appointment'),
					text(0x37, 'Review, urgent'),
					text(0x8000, 'https://meet.evil.example/room; floor 2'),
					text(0x8002, 'https://join.evil.example/1'),
				),
			),
		);
		expect(partOf(email, 'text/calendar')).toMatch(
			/^BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Review\\, urgent\nDTSTART:2026\d{4}T\d{6}Z\nLOCATION:https:\/\/meet\.evil\.example\/room\\; floor 2\nCONFERENCE:https:\/\/join\.evil\.example\/1\nEND:VEVENT\nEND:VCALENDAR\n$/,
		);
	});

	it('a reminder that plays a file from a share is seen, whatever the message is', async () => {
		const sound = '\\\\evil.example@80\\s\\a.wav';
		const email = await inner(
			winmail(
				attribute(
					ATTRIBUTE.properties,
					properties([property(0x8005, 0x1f, utf16(sound), { name: 0x851f, set: COMMON })]),
				),
			),
		);
		expect(partOf(email, 'text/calendar')).toContain('ATTACH:\\\\\\\\evil.example@80\\\\s\\\\a.wav');
	});

	it('a contact is a vCard among the parts', async () => {
		const email = await inner(
			asMsgMail(
				msg(
					names([ADDRESS, 0x8083]),
					text(0x1a, 'IPM.Contact'),
					text(0x3001, 'Ann Other'),
					text(0x3a1c, '+1 555 0100'),
					text(0x3a51, 'https://www.evil.example/'),
					text(0x8000, 'ann@mail.example'),
				),
			),
		);
		expect(partOf(email, 'text/vcard')).toBe(
			'BEGIN:VCARD\nVERSION:4.0\nFN:Ann Other\nTEL;TYPE=cell:+1 555 0100\nEMAIL:ann@mail.example\nURL:https://www.evil.example/\nEND:VCARD\n',
		);
	});

	it('a message that is neither has no such part', async () => {
		const email = await inner(asMsgMail(msg(text(0x1a, 'IPM.Note'), text(0x37, 's'), text(0x1000, 't'))));
		expect(email.parts.map(({ contentType }) => contentType)).toEqual(['text/plain']);
	});
});

it('an attachment that is a link tells where it leads', async () => {
	const email = await inner(
		winmail(
			attribute(ATTRIBUTE.attachmentStart, Buffer.alloc(14)),
			attribute(
				ATTRIBUTE.attachmentProperties,
				properties([unicode(0x3707, 'plan.docx'), unicode(0x370d, 'https://drive.evil.example/plan.docx')]),
			),
		),
	);
	expect(email.attachments).toMatchObject([
		{ fileName: 'plan.docx', location: 'https://drive.evil.example/plan.docx', size: 0, sha256: '' },
	]);
});

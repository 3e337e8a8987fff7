import { emailFromItem, parseEmail, type Email } from '../../../lib/email';
import { EMAIL_LIMITS } from '../../../lib/limits';
import { fuzz } from '../fuzz/fuzzing';
import { inChild } from './child';
import {
	asMsgMail,
	attachment,
	ATTRIBUTE,
	attribute,
	compoundFile,
	embedded,
	fixedProperties,
	inner,
	MESSAGE_INTERFACE,
	msg,
	properties,
	property,
	recipient,
	stream,
	string8,
	text,
	tnef,
	utf16,
	winmail,
	type Node,
} from './outlookFiles';
import { codes } from './message';

const u32 = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);

/** Bytes that are copied together while `work` is done: what a reader that walks a file again and again cannot hide. */
async function copiedBytes(work: () => Promise<unknown>): Promise<number> {
	const original = Buffer.concat.bind(Buffer);
	let copied = 0;
	const spy = jest.spyOn(Buffer, 'concat').mockImplementation((list, length) => {
		const result = original(list, length);
		copied += result.length;
		return result;
	});
	await work();
	spy.mockRestore();
	return copied;
}

describe('a winmail.dat whose lengths lie', () => {
	/** A property of 2^32 values, each of a length that 32-bit arithmetic rounds up to a step back. */
	const standingStill = (length: number): Buffer =>
		winmail(
			attribute(ATTRIBUTE.subject, string8('read')),
			attribute(ATTRIBUTE.properties, Buffer.concat([u32(10_000, 0x1000_001f, 0xffff_ffff, length), Buffer.alloc(16)])),
		);

	it('does not stop the process: a mail of 300 bytes is read at once', () => {
		const mail = standingStill(0xffff_fff9);
		expect(mail.length).toBeLessThan(350);
		const out = inChild(
			`const { parseEmail } = require('../../../lib/email/index.ts');
			parseEmail(Buffer.from(${JSON.stringify(mail.toString('base64'))}, 'base64')).then((email) => {
				console.log(JSON.stringify([email.attachments[0].email.subject, email.warnings.map(({ code }) => code)]));
			});`,
		);
		expect(JSON.parse(out)).toEqual(['read', expect.arrayContaining(['outlook-damaged'])]);
	}, 90_000);

	it.each([0xffff_ffff, 0xffff_fffc, 0xffff_fff9, 0x8000_0000, 0x7fff_ffff, 1_000])(
		'is read up to there, whatever the length is: %i',
		async (length) => {
			const good = property(0x1000, 0x1f, utf16('https://first.example.net/'));
			const lies = {
				attribute: [
					attribute(ATTRIBUTE.properties, properties([good])),
					attribute(0x0001_1234, Buffer.alloc(4), length),
				],
				property: [
					attribute(
						ATTRIBUTE.properties,
						properties([good, Buffer.concat([u32(0x1035_001f, 1, length), Buffer.alloc(8)])]),
					),
				],
				'values of a property': [
					attribute(ATTRIBUTE.properties, properties([good, Buffer.concat([u32(0x3001_101f, length), u32(0, 0)])])),
				],
				'values of fixed length': [
					attribute(ATTRIBUTE.properties, properties([good, Buffer.concat([u32(0x3001_1003, length), u32(0, 0)])])),
				],
				'number of properties': [attribute(ATTRIBUTE.properties, properties([good], length))],
				'name of a property': [
					attribute(
						ATTRIBUTE.properties,
						properties([good, Buffer.concat([u32(0x8000_001f), Buffer.alloc(16), u32(1, length), Buffer.alloc(8)])]),
					),
				],
				'attached message': [
					attribute(ATTRIBUTE.properties, properties([good])),
					attribute(ATTRIBUTE.attachmentStart),
					attribute(
						ATTRIBUTE.attachmentProperties,
						properties([Buffer.concat([u32(0x3701_000d, 1, length), MESSAGE_INTERFACE, tnef()])]),
					),
				],
			};
			for (const [what, attributes] of Object.entries(lies)) {
				const email = await parseEmail(winmail(...attributes));
				expect([what, email.attachments[0]!.email!.text, codes(email).includes('outlook-damaged')]).toEqual([
					what,
					'https://first.example.net/',
					true,
				]);
			}
		},
	);
});

describe('a .msg whose numbers lie', () => {
	/** Streams that all begin at the start of one long chain; the directory says how much of it belongs to each. */
	function onOneChain(kilobytes: number, size: number): Buffer {
		const file = Buffer.alloc(kilobytes * 1_024, 'x');
		const count = (kilobytes * 1_024) / 512;
		const small = Array.from({ length: size < 4_096 ? 60 : 0 }, (_, i) =>
			stream(0x6000 + i, 0x0102, Buffer.alloc(4_000)),
		);
		const nodes: Node[] = [
			stream(0x1013, 0x0102, file),
			...small,
			...Array.from({ length: count }, () => text(0x1035, 'x')),
			fixedProperties(32),
		];
		const { bytes, directory } = compoundFile(nodes);
		if (size < 4_096) {
			// One chain of all small sectors.
			const table = (bytes.readUInt32LE(60) + 1) * 512;
			const sectors = bytes.readUInt32LE(64) * 128;
			for (let i = 0; i < sectors; i++) bytes.writeUInt32LE(i + 1, table + i * 4);
		}
		const start = size < 4_096 ? 0 : bytes.readUInt32LE(directory + 128 + 116);
		for (let i = 2 + small.length; i < 2 + small.length + count; i++) {
			bytes.writeUInt32LE(start, directory + i * 128 + 116);
			bytes.writeUInt32LE(size, directory + i * 128 + 120);
		}
		return asMsgMail(bytes);
	}

	it.each([1, 64, 4_096])(
		'costs no more than its size, however many streams of %i bytes share one chain of sectors',
		async (size) => {
			for (const kilobytes of [128, 512]) {
				const mail = onOneChain(kilobytes, size);
				expect((await copiedBytes(() => parseEmail(mail))) / mail.length).toBeLessThan(10);
			}
		},
	);

	it('is read no further than twice its bytes, and says so', async () => {
		const email = await inner(onOneChain(512, 262_144));
		expect([email.truncated, codes(email)]).toEqual([true, ['partial', 'outlook-too-large']]);
	});

	it('is none when it moves the border between small and large streams', async () => {
		const bytes = msg(text(0x37, 's'));
		for (const [at, value] of [
			[56, 0],
			[56, 1],
			[56, 0xffff_ffff],
			[32, 9],
		] as const) {
			const bad = Buffer.from(bytes);
			if (at === 56) bad.writeUInt32LE(value, at);
			else bad.writeUInt16LE(value, at);
			const email = await parseEmail(asMsgMail(bad));
			expect([email.attachments[0]!.email, codes(email).includes('msg-unopened')]).toEqual([undefined, true]);
		}
	});

	it('ends where its directory or its tree runs in a ring, with what came before', async () => {
		const { bytes, fat, directory } = compoundFile([text(0x37, 'subject'), text(0x1000, 'body'), fixedProperties(32)]);
		const first = bytes.readUInt32LE(48);
		const ring = Buffer.from(bytes);
		ring.writeUInt32LE(first, fat + first * 4);
		const tree = Buffer.from(bytes);
		tree.writeUInt32LE(1, directory + 2 * 128 + 68);
		for (const bad of [ring, tree]) {
			const email = await inner(asMsgMail(bad));
			expect(email.subject).toBe('subject');
			expect(codes(email)).toContain('outlook-damaged');
		}
	});
});

describe('the limits of a message hold for what is inside of an Outlook file', () => {
	const field = `X-Filler: ${'x'.repeat(980)}\r\n`;
	const headers = (bytes: number): string =>
		`Subject: from the header\r\n${field.repeat(Math.ceil(bytes / field.length))}`;
	const size = (email: Email): number =>
		email.headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
	const inTnef = (value: string): Buffer =>
		attribute(ATTRIBUTE.properties, properties([property(0x007d, 0x1e, string8(value))]));

	it('bytes of the header: the rest is left out, and told by the mail around it', async () => {
		for (const mail of [winmail(inTnef(headers(3_000_000))), asMsgMail(msg(text(0x7d, headers(3_000_000))))]) {
			const outer = await parseEmail(mail);
			const email = outer.attachments[0]!.email!;
			expect([email.subject, email.truncated, outer.truncated]).toEqual(['from the header', true, true]);
			expect([codes(email), codes(outer)]).toEqual([
				['partial', 'header-too-large'],
				expect.arrayContaining(['header-too-large']),
			]);
			expect(size(email)).toBeLessThanOrEqual(EMAIL_LIMITS.maxHeaderBytes);
			expect(size(email)).toBeGreaterThan(EMAIL_LIMITS.maxHeaderBytes / 2);
		}
	});

	it('bytes of the header, by the option', async () => {
		const email = await inner(asMsgMail(msg(text(0x7d, headers(50_000)))), { maxHeaderBytes: 5_000 });
		expect([email.truncated, codes(email), size(email) <= 5_000]).toEqual([
			true,
			['partial', 'header-too-large'],
			true,
		]);
	});

	it('bytes of names and addresses, which are a header by another name', async () => {
		const long = 'x'.repeat(3_000_000);
		for (const nodes of [
			[text(0x37, long)],
			[text(0x1035, long)],
			[recipient(0, [text(0x39fe, `a@${long}`)])],
			[attachment(0, [text(0x3707, long), stream(0x3701, 0x0102, Buffer.from('x'))])],
		]) {
			const email = await inner(asMsgMail(msg(...nodes)));
			expect([email.truncated, codes(email)]).toEqual([true, ['partial', 'header-too-large']]);
			expect(JSON.stringify(email).length).toBeLessThan(EMAIL_LIMITS.maxHeaderBytes * 2);
		}
	});

	it('bytes of the headers of all messages inside of each other', async () => {
		const attached = Array.from({ length: 12 }, () => [
			attribute(ATTRIBUTE.attachmentStart),
			attribute(
				ATTRIBUTE.attachmentProperties,
				properties([property(0x3701, 0x000d, Buffer.concat([MESSAGE_INTERFACE, tnef(inTnef(headers(900_000)))]))]),
			),
		]).flat();
		const email = await inner(winmail(...attached));
		expect(email.attachments).toHaveLength(12);
		expect(email.attachments.reduce((sum, one) => sum + size(one.email!), 0)).toBeLessThanOrEqual(
			EMAIL_LIMITS.maxOutlookHeaderBytes,
		);
		expect([email.truncated, email.attachments[0]!.email!.truncated, email.attachments[11]!.email!.truncated]).toEqual([
			true,
			false,
			true,
		]);
	});

	it('header fields', async () => {
		const email = await inner(asMsgMail(msg(text(0x7d, 'X: y\r\n'.repeat(EMAIL_LIMITS.maxHeaderFields + 1)))));
		expect([email.headers.length, email.truncated, codes(email)]).toEqual([
			EMAIL_LIMITS.maxHeaderFields,
			true,
			['partial', 'too-many-headers'],
		]);
	});

	it('text and HTML: what is cut is told, and no character is cut in two', async () => {
		const long = 'é€𝐠'.repeat(500);
		const html = Buffer.from(`<p>${long}</p>`);
		const files = [
			asMsgMail(msg(text(0x1000, long), stream(0x1013, 0x0102, html))),
			asMsgMail(msg(stream(0x1000, 0x1e, Buffer.from(long)), text(0x1013, html.toString()))),
			winmail(
				attribute(ATTRIBUTE.body, Buffer.from(long)),
				attribute(ATTRIBUTE.properties, properties([property(0x1013, 0x0102, html)])),
			),
		];
		for (const file of files) {
			for (const maxTextBytes of [1_000, 1_001, 1_002, 1_003]) {
				const outer = await parseEmail(file, { maxTextBytes });
				const email = outer.attachments[0]!.email!;
				expect([email.truncated, outer.truncated, codes(email)]).toEqual([true, true, ['partial', 'text-too-large']]);
				expect(long).toContain(email.text);
				expect(html.toString()).toContain(email.html);
				expect(email.text!.length).toBeGreaterThan(400);
			}
		}
	});

	it('attachments', async () => {
		const many = Array.from({ length: 30 }, (_, i) =>
			attachment(i, [text(0x3707, `${i}.txt`), stream(0x3701, 0x0102, Buffer.from('x'))]),
		);
		const parts = Array.from({ length: 30 }, () => [
			attribute(ATTRIBUTE.attachmentStart),
			attribute(ATTRIBUTE.attachmentData, Buffer.from('x')),
		]).flat();
		for (const mail of [asMsgMail(msg(text(0x37, 's'), ...many)), winmail(...parts)]) {
			const outer = await parseEmail(mail, { maxParts: 11 });
			const email = outer.attachments[0]!.email!;
			// One of the parts is the mail's own.
			expect([email.attachments.length, email.truncated, outer.truncated, codes(email)]).toEqual([
				10,
				true,
				true,
				['partial', 'too-many-attachments'],
			]);
		}
	});

	it('recipients', async () => {
		const many = Array.from({ length: EMAIL_LIMITS.maxAddresses + 5 }, (_, i) =>
			recipient(i, [text(0x39fe, `u${i}@example.com`)]),
		);
		const email = await inner(asMsgMail(msg(...many)));
		expect([email.to.length, codes(email)]).toEqual([EMAIL_LIMITS.maxAddresses, ['partial', 'too-many-addresses']]);
	});

	it('entries', async () => {
		const empty = property(
			0x3001,
			0x101f,
			Array.from({ length: EMAIL_LIMITS.maxOutlookEntries }, () => Buffer.alloc(0)),
		);
		const email = await inner(
			winmail(
				attribute(ATTRIBUTE.subject, string8('first')),
				attribute(ATTRIBUTE.properties, properties([empty])),
				attribute(ATTRIBUTE.body, string8('last')),
			),
		);
		expect([email.subject, email.text, email.truncated, codes(email)]).toEqual([
			'first',
			undefined,
			true,
			['partial', 'outlook-too-large'],
		]);
	});

	it('bytes of a .msg file in an item', async () => {
		const bytes = msg(text(0x37, 'subject'), stream(0x1013, 0x0102, Buffer.alloc(50_000, 'x')));
		const email = await emailFromItem(
			{},
			{ keys: ['data'], info: () => ({ fileName: 'a.msg' }), read: async () => bytes },
			{ parse: { maxBytes: 10_000 } },
		);
		expect([email.subject, email.truncated, codes(email)]).toEqual([
			'subject',
			true,
			expect.arrayContaining(['too-large']),
		]);
	});

	it('time, which is asked for at every entry', async () => {
		for (const mail of [
			winmail(...Array.from({ length: 500 }, () => attribute(ATTRIBUTE.subject, string8('s')))),
			asMsgMail(msg(...Array.from({ length: 500 }, () => text(0x37, 's')))),
			asMsgMail(msg(...Array.from({ length: 100 }, (_, i) => attachment(i, [embedded([text(0x37, 's')])])))),
		]) {
			let asked = 0;
			const outer = await parseEmail(mail, { maxMilliseconds: 50, now: () => asked++ });
			const email = outer.attachments[0]!.email!;
			expect([email.truncated, outer.truncated, codes(email)]).toEqual([true, true, ['partial', 'too-slow']]);
			expect(asked).toBeLessThan(70);
		}
	});
});

it('whatever is changed in an Outlook file, it is read or refused, in bounded work', () => {
	const { status, output } = fuzz(['outlook', '100', '--seed', '20261126', '--cases', '1000', '--timeout', '30000']);
	expect([status, output]).toEqual([0, expect.stringMatching(/^outlook +1000 /m)]);
}, 180_000);

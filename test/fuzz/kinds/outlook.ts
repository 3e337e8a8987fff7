import { emailFromItem, parseEmail, type Email } from '../../../lib/email';
import { EmailIntelError } from '../../../lib/errors';
import {
	APPOINTMENT,
	asMsgMail,
	asWinmail,
	ATTRIBUTE,
	attachment,
	attribute,
	COMMON,
	compoundFile,
	embedded,
	fixedProperties,
	literalRtf,
	MESSAGE_INTERFACE,
	names,
	oneOff,
	oneOffs,
	PLACEHOLDER,
	properties,
	property,
	recipient,
	STORAGE_INTERFACE,
	stream,
	string8,
	text,
	tnef,
	unpackedRtf,
	utf16,
	type Node,
} from '../../unit/email/outlookFiles';
import {
	hasTrueHashes,
	isWithinLimits,
	makesReport,
	makesSoundBundle,
	messagesIn,
	survivesJson,
	tellsWhatWasCut,
} from '../emails';
import { NUMBERS, spoilBytes } from '../inputs/bytes';
import { isTrue } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

/** A file, and the offsets of its 32-bit numbers: lengths, counts, starts of chains, links of the tree. There it hurts. */
interface Sample {
	bytes: Buffer;
	numbers: number[];
}

const everyFourth = (from: number, to: number): number[] =>
	Array.from({ length: Math.max(0, Math.floor((to - from) / 4)) }, (_, i) => from + i * 4);

/** HTML in RTF, with what a reader of it may stumble over. */
const RTF = Buffer.from(
	'{\\rtf1\\ansicpg1251\\fromhtml1{\\fonttbl{\\f1\\fcharset128 x;}}{\\*\\htmltag <p>}\\htmlrtf {\\field{\\*\\fldinst HYPERLINK "https://rtf.example.net/"}}\\htmlrtf0 \\f1\\\'93\\\'fa\\u-10179?\\bin3 abc\\uc2\\u8364??{\\pict ff}}',
);

function tnefSample(): Sample {
	const unicode = (id: number, value: string): Buffer => property(id, 0x1f, utf16(value));
	const inside = tnef(
		attribute(ATTRIBUTE.subject, string8('inside')),
		attribute(ATTRIBUTE.properties, properties([unicode(0x1000, 'https://inside.example.net/')])),
	);
	const bytes = tnef(
		attribute(ATTRIBUTE.codePage, Buffer.from('e304000000000000', 'hex')),
		attribute(
			ATTRIBUTE.from,
			Buffer.from('0000000002001600' + Buffer.from('A\0SMTP:a@mail.example\0').toString('hex'), 'hex'),
		),
		attribute(ATTRIBUTE.dateSent, Buffer.from('ea0705000500 0a000b000c00 0200'.replaceAll(' ', ''), 'hex')),
		attribute(
			ATTRIBUTE.recipients,
			Buffer.concat([
				Buffer.from([1, 0, 0, 0]),
				properties([unicode(0x39fe, 'to@example.com'), unicode(0x3001, 'To')]),
			]),
		),
		attribute(ATTRIBUTE.subject, string8('subject')),
		attribute(ATTRIBUTE.body, string8('https://body.example.net/')),
		attribute(
			ATTRIBUTE.properties,
			properties([
				property(0x8000, 0x1f, utf16('v'), { name: 'X-Named' }),
				property(0x8001, 0x03, Buffer.alloc(4), { name: 7, fixed: true }),
				property(0x0039, 0x40, Buffer.from('0000a1f3d5dedc01', 'hex'), { fixed: true }),
				property(0x3001, 0x101f, [utf16('one'), utf16('two')]),
				unicode(0x007d, 'From: a@example.net\r\nReceived: from x; Tue, 5 May 2026 10:11:12 +0000\r\n'),
				property(0x8002, 0x1f, utf16('https://place.example.net/'), { name: 0x8208, set: APPOINTMENT }),
				property(0x004f, 0x0102, oneOffs(oneOff('R', 'reply@example.net'))),
				property(0x1009, 0x0102, literalRtf(RTF)),
			]),
		),
		attribute(ATTRIBUTE.attachmentStart, Buffer.alloc(14)),
		attribute(ATTRIBUTE.attachmentTitle, string8('A~1.BIN')),
		attribute(ATTRIBUTE.attachmentData, PLACEHOLDER),
		attribute(
			ATTRIBUTE.attachmentProperties,
			properties([unicode(0x3707, 'inside'), property(0x3701, 0x000d, Buffer.concat([MESSAGE_INTERFACE, inside]))]),
		),
		attribute(ATTRIBUTE.attachmentStart, Buffer.alloc(14)),
		attribute(
			ATTRIBUTE.attachmentProperties,
			properties([
				property(0x3701, 0x000d, Buffer.concat([STORAGE_INTERFACE, Buffer.from('object')])),
				property(0x3701, 0x0102, Buffer.from('bytes')),
			]),
		),
	);
	const numbers: number[] = [];
	for (let at = 6; at < bytes.length;) {
		const length = bytes.readUInt32LE(at + 5);
		numbers.push(at + 1, at + 5, ...everyFourth(at + 9, at + 9 + length));
		at += 9 + length + 2;
	}
	return { bytes, numbers };
}

function msgSample(): Sample {
	const nodes: Node[] = [
		names([COMMON, 0x851f], [APPOINTMENT, 0x8208]),
		text(0x8000, '\\\\share.example.net\\a.wav'),
		stream(0x37, 0x1e, Buffer.from('\xd1\xf7\xb8\xf2\0', 'latin1')),
		stream(0x0c19, 0x0102, oneOff('S', 'sender@example.net')),
		stream(0x1009, 0x0102, unpackedRtf(RTF)),
		text(0x7d, 'From: a@example.net\r\nDate: Tue, 5 May 2026 10:11:12 +0000\r\n'),
		text(0x1000, 'https://body.example.net/'),
		stream(0x1013, 0x0102, Buffer.from(`<p>${'https://html.example.net/ '.repeat(200)}</p>`)),
		recipient(0, [text(0x39fe, 'to@example.com')]),
		recipient(1, [text(0x3003, 'cc@example.com')], 2),
		attachment(0, [text(0x3707, 'a.bin'), stream(0x3701, 0x0102, Buffer.alloc(5_000, 'x'))]),
		attachment(1, [
			text(0x3001, 'inside'),
			embedded([text(0x37, 'inside'), attachment(0, [stream(0x3701, 0x0102, Buffer.from('small'))])]),
		]),
		fixedProperties(32, [
			[0x0e06, 0x40, 0, 0x01dc_ded5],
			[0x3ffd, 3, 1251],
		]),
	];
	const { bytes, fat, directory, miniFat, entries } = compoundFile(nodes);
	const ofEntry = [64, 68, 72, 76, 116, 120];
	return {
		bytes,
		numbers: [
			...everyFourth(24, 84),
			...everyFourth(fat, fat + 4 * 40),
			...everyFourth(miniFat, miniFat + 4 * 40),
			...Array.from({ length: entries }, (_, i) => ofEntry.map((at) => directory + i * 128 + at)).flat(),
		],
	};
}

const SAMPLES: readonly Sample[] = [tnefSample(), msgSample()];
const SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const WORDS = [
	'\0\0\0\0',
	'\xff\xff\xff\xff',
	'\xfe\xff\xff\xff',
	'a\0',
	'__substg1.0_',
	'\x02\x90\x06\x00',
	'\x03\x90\x06\x00',
];

function spoil({ bytes, numbers }: Sample, random: Random): Buffer {
	let bad: Buffer = Buffer.from(bytes);
	for (let i = random.choose([3, () => random.between(0, 2)], [2, () => random.between(3, 8)]); i > 0; i--) {
		const at = random.pick(numbers);
		const write = (value: number, offset = 0): void => {
			if (at + offset + 4 <= bad.length) bad.writeUInt32LE(value >>> 0, at + offset);
		};
		random.choose<unknown>(
			[4, () => write(random.chance(0.5) ? random.pick(NUMBERS) : random.below(200))],
			// Two of them together mean more: a type and a length, a start and a size.
			[4, () => [0, 4].forEach((offset) => write(random.pick(NUMBERS), offset))],
			[2, () => at + 4 <= bad.length && write(bad.readUInt32LE(at) + random.between(-9, 9))],
			[3, () => (bad = spoilBytes(bad, random, WORDS, 1))],
			[1, () => (bad = bad.subarray(0, random.below(bad.length + 1)))],
		);
	}
	return bad;
}

/** The file in a mail, and as it lies in an item; what it cost to read. */
interface Read {
	emails: Email[];
	/** Times that the clock was asked: there is no step without. */
	steps: number;
	/** Bytes that Buffer.concat gave: a reader that walks a file again and again cannot hide that. */
	copied: number;
}

async function read(file: Buffer): Promise<Read> {
	const isMsg = file.subarray(0, SIGNATURE.length).equals(SIGNATURE);
	const original = Buffer.concat;
	const cost = { steps: 0, copied: 0 };
	const options = { now: () => (cost.steps++, 0) };
	Buffer.concat = (...args) => {
		const result = original(...args);
		cost.copied += result.length;
		return result;
	};
	try {
		const emails = [await parseEmail(isMsg ? asMsgMail(file) : asWinmail(file), options)];
		const reader = {
			keys: ['data'],
			info: () => ({ fileName: isMsg ? 'a.msg' : 'winmail.dat' }),
			read: async () => file,
		};
		try {
			emails.push(await emailFromItem({}, reader, { parse: options }));
		} catch (error) {
			if (!(error instanceof EmailIntelError)) throw error;
		}
		return { emails, ...cost };
	} finally {
		Buffer.concat = original;
	}
}

const each =
	(check: (email: Email) => void) =>
	({ emails }: Read): void =>
		emails.forEach(check);

export const kind: Kind<Buffer, Read> = {
	subject: 'what Outlook writes: .msg files and winmail.dat',
	form: 'bytes',
	make: (random) => spoil(random.pick(SAMPLES), random),
	run: async (input) => await read(input),
	refusals: [],
	// Each sample has such hosts in all of its parts, and nothing around it has.
	isRead: ({ emails }) =>
		emails.flatMap(messagesIn).some(({ text = '', html = '' }) => /example\.net/.test(text + html)),
	invariants: {
		'the work is in proportion to the bytes': ({ steps, copied }, { length }) => {
			isTrue(steps <= length + 200, `${steps} steps for ${length} bytes`);
			isTrue(copied <= length * 30 + 20_000, `${copied} bytes copied of ${length}`);
		},
		'it keeps to the limits': each(isWithinLimits),
		'it tells what was cut': each(tellsWhatWasCut),
		'attachments have the hashes of their bytes, and none the hash of nothing': each(hasTrueHashes),
		'it comes back from JSON as it was': each(survivesJson),
		'it makes a sound bundle': each(makesSoundBundle),
		'it makes a report': each(makesReport),
	},
};

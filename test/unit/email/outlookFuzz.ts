import fc from 'fast-check';
import { emailFromItem, parseEmail, type Email } from '../../../lib/email';
import { EmailIntelError } from '../../../lib/errors';
import {
	asMsgMail,
	asWinmail,
	ATTRIBUTE,
	attachment,
	attribute,
	compoundFile,
	embedded,
	fixedProperties,
	MESSAGE_INTERFACE,
	PLACEHOLDER,
	properties,
	property,
	recipient,
	STORAGE_INTERFACE,
	stream,
	string8,
	text,
	tnef,
	utf16,
	type Node,
} from './outlookFiles';

/**
 * Spoils Outlook files where it hurts: lengths, counts, starts of chains, links of the tree. Run in a process of its own, for a
 * reader that stands still cannot be stopped from within.
 */

/** A file, and the offsets of its 32-bit numbers. */
interface Sample {
	bytes: Buffer;
	numbers: number[];
}

/** Numbers that have broken readers, or nearly. */
const NUMBERS = [
	0, 1, 2, 3, 4, 0x10, 0x40, 0x200, 0xfff, 0x1000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_fff9, 0xffff_fffc,
	0xffff_fffd, 0xffff_fffe, 0xffff_ffff,
];

const change = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('number' as const),
			at: fc.nat(),
			value: fc.oneof(fc.constantFrom(...NUMBERS), fc.nat(200)),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('numbers' as const),
			at: fc.nat(),
			values: fc.tuple(fc.constantFrom(...NUMBERS), fc.constantFrom(...NUMBERS)),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({ kind: fc.constant('offset' as const), at: fc.nat(), by: fc.integer({ min: -9, max: 9 }) }),
	},
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), value: fc.nat(255) }) },
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant('copy' as const), from: fc.nat(), at: fc.nat(), length: fc.nat(600) }),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }) },
);

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function spoil({ bytes, numbers }: Sample, changes: readonly Change[]): Buffer {
	let bad = Buffer.from(bytes);
	for (const one of changes) {
		const number = numbers[one.at % numbers.length]!;
		if (one.kind === 'cut') bad = bad.subarray(0, (one.at % bad.length) + 1);
		else if (one.kind === 'byte') bad[one.at % bad.length] = one.value;
		else if (one.kind === 'copy')
			bad.copy(bad, one.at % bad.length, one.from % bad.length, (one.from % bad.length) + one.length);
		else if (number + 8 > bad.length) continue;
		else if (one.kind === 'number') bad.writeUInt32LE(one.value, number);
		else if (one.kind === 'offset') bad.writeUInt32LE((bad.readUInt32LE(number) + one.by) >>> 0, number);
		else for (const i of [0, 1] as const) bad.writeUInt32LE(one.values[i], number + i * 4);
	}
	return bad;
}

const everyFourth = (from: number, to: number): number[] =>
	Array.from({ length: Math.max(0, Math.floor((to - from) / 4)) }, (_, i) => from + i * 4);

function tnefSample(): Sample {
	const unicode = (id: number, value: string): Buffer => property(id, 0x1f, utf16(value));
	const inside = tnef(
		attribute(ATTRIBUTE.subject, string8('inside')),
		attribute(ATTRIBUTE.properties, properties([unicode(0x1000, 'https://inside.example.net/')])),
	);
	const bytes = tnef(
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
				property(0x1013, 0x0102, Buffer.from('<p>https://html.example.net/</p>')),
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
		text(0x37, 'subject'),
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
		fixedProperties(32, [[0x0e06, 0x40, 0, 0x01dc_ded5]]),
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

/** Bytes that Buffer.concat gave while `work` was done. */
async function copiedBytes(work: () => Promise<void>): Promise<number> {
	const original = Buffer.concat;
	let copied = 0;
	Buffer.concat = (...args) => {
		const result = original(...args);
		copied += result.length;
		return result;
	};
	try {
		await work();
	} finally {
		Buffer.concat = original;
	}
	return copied;
}

/** What is known of any message that comes back. */
function check(email: Email): void {
	const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
	for (const attachment of email.attachments) {
		if (attachment.content === undefined && attachment.sha256 === nothing) throw new Error('the hash of nothing');
		if (attachment.email !== undefined) check(attachment.email);
	}
	if (email.truncated && email.warnings.length === 0) throw new Error('cut in silence');
}

async function holds(mail: Buffer, file: Buffer, name: string): Promise<void> {
	let asked = 0;
	const options = { now: () => (asked++, 0) };
	const copied = await copiedBytes(async () => check(await parseEmail(mail, options)));
	try {
		check(
			await emailFromItem(
				{},
				{ keys: ['data'], info: () => ({ fileName: name }), read: async () => file },
				{ parse: options },
			),
		);
	} catch (error) {
		if (!(error instanceof EmailIntelError)) throw error;
	}
	if (asked > file.length + 200) throw new Error(`${asked} steps for ${file.length} bytes`);
	if (copied > mail.length * 20 + 10_000) throw new Error(`${copied} bytes copied of ${mail.length}`);
}

/** Throws what fast-check found; else gives the number of files that were tried. */
export async function fuzz(): Promise<number> {
	let runs = 0;
	const changes = fc.array(change, { minLength: 1, maxLength: 8 });
	for (const [sample, asMail, name, numRuns] of [
		[tnefSample(), asWinmail, 'winmail.dat', 2_000],
		[msgSample(), asMsgMail, 'a.msg', 1_500],
	] as const) {
		await fc.assert(
			fc.asyncProperty(changes, async (list) => {
				runs++;
				const file = spoil(sample, list);
				await holds(asMail(file), file, name);
			}),
			{ numRuns },
		);
	}
	return runs;
}

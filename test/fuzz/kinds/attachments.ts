import { openAttachments } from '../../../lib/attachments';
import type { Email } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { ATTACHMENT_LIMITS } from '../../../lib/limits';
import { fixture, heldOut, heldOutFixture, mailWith, planted, within } from '../../unit/attachments/corpus';
import { hasTrueHashes, makesReport, makesSoundBundle, survivesJson } from '../emails';
import { NUMBERS, spoilBytes } from '../inputs/bytes';
import { spoilPdf, spoilZip } from '../inputs/packed';
import { isTrue } from '../invariants';
import type { Kind } from '../kind';
import type { Random } from '../random';

/** Files of both corpora that are small enough to be spoilt by the thousand. */
const SAMPLES = [
	...planted.map(({ file }) => ({ file, bytes: fixture(file) })),
	...heldOut.map(({ file }) => ({ file, bytes: heldOutFixture(file) })),
].filter(({ bytes }) => bytes.length < 200_000);
/** What hurts in one of the formats. */
const WORDS = [
	'/Kids [2 0 R 2 0 R]', '/Count 2147483647', '/Length 99999999', '/MediaBox [0 0 1e9 1e9]', '/Filter [/FlateDecode /FlateDecode]', '/Prev 9',
	'<<', '>>', 'endobj', 'endstream', '((((((((', 'PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', '\xff\xff\xff\xff', '<w:p>', '</w:p>', '<!DOCTYPE a [',
	'\\objdata ', '{\\*\\template ', '\x30\x80', '\x24\x80', 'IDAT', 'VP8X', '\x13HYPERLINK "', 'data:image/png;base64,',
	'/XFA [', '/AP << /N 9 0 R >>', '/EF << /F 3 0 R >>', '\\objdata {', '\\bin99999999 ', '<td colspan=999 bgcolor=#000>', '<path d="M0 0h9v9', 'spinCount="99999999"',
	'<w:hyperlink r:id="rId9">', 'Target="https://evil.example/"', '<!ENTITY a "&a;&a;">', '<w:instrText>HYPERLINK "', '/URI (https://evil.example/)', '/S /Launch', 'BT /F1 9 Tf (https://evil.example/) Tj ET', ' 0 0 0 0 0 0 cm', ' re f ', '<f>HYPERLINK("',
	'<table>', 'box-shadow:1px 1px #000,', '\u28ff\u28ff\u28ff\u28ff',
]; // prettier-ignore

/** A file, its name, which says how it was made, and the mail around it. */
function make(random: Random): Buffer {
	const { file, bytes: sample } = random.pick(SAMPLES);
	const inside = random.chance(0.6) ? (spoilZip(sample, random, WORDS) ?? spoilPdf(sample, random, WORDS)) : undefined;
	let bytes: Buffer = Buffer.from(inside ?? sample);
	const changes = inside === undefined ? random.between(1, 12) : 0;
	for (let i = changes; i > 0 && bytes.length > 8; i--) {
		const at = random.below(bytes.length - 4);
		random.choose<unknown>(
			[4, () => (bytes = spoilBytes(bytes, random, WORDS, 1))],
			[3, () => bytes.writeUInt32LE(random.pick(NUMBERS) >>> 0, at)],
			[2, () => bytes.writeUInt8(random.below(256), at)],
			// Numbers as texts have them.
			[2, () => (bytes = Buffer.from(bytes.toString('latin1').replace(/\d+/g, (digits, offset: number) => (offset < at && random.chance(0.02) ? String(random.pick(NUMBERS) >>> 0) : digits)), 'latin1'))],
			[1, () => (bytes = bytes.subarray(0, random.below(bytes.length + 1)))],
			[1, () => (bytes = Buffer.concat([bytes, bytes.subarray(at)]))],
		); // prettier-ignore
	}
	return Buffer.concat([Buffer.from(`${file}\n`), bytes]);
}

interface Opened {
	email: Email;
	/** Of the file that is opened after it. */
	after: string[];
}

const BODY = 'Password: 1234, senha 4711, 0808, 62734';
/** Small, whole, and it has one link. */
const CONTROL = fixture('link.pdf');

async function open(input: Buffer): Promise<Opened> {
	const end = input.indexOf(0x0a);
	const name = input.toString('latin1', 0, end);
	const files = [
		{ name, bytes: input.subarray(end + 1) },
		{ name: 'control.pdf', bytes: CONTROL },
	];
	const email = await openAttachments(await mailWith(files, BODY), { otherArchives: true });
	const after = (email.attachments.at(-1)?.opened?.links ?? []).map(({ url }) => url);
	return { email, after };
}

export const kind: Kind<Buffer, Opened> = {
	subject: 'openAttachments on spoilt files of every kind',
	form: 'bytes',
	make,
	run: open,
	refusals: [],
	isRead: ({ email }) => {
		const { texts = [], links = [], codes = [], children = [], properties = {} } = email.attachments[0]?.opened ?? {};
		return [texts, links, codes, children, Object.keys(properties)].some(({ length }) => length > 0);
	},
	invariants: {
		'a file harms none of those that follow': ({ after, email }) => {
			const isOutOfTime = email.attachments.at(-1)?.opened?.notRead.includes('time') === true;
			isTrue(isOutOfTime || after.length === 1, `${after.length} links instead of 1`);
		},
		'it keeps to the limits': ({ email }) => {
			const files = email.attachments.flatMap((attachment) => [...within(attachment)]);
			const { maxLinks, maxCodes, maxChildren, maxTextCharacters, maxInflatedBytes } = ATTACHMENT_LIMITS;
			let text = 0;
			let bytes = 0;
			for (const { opened } of files) {
				if (opened === undefined) continue;
				isTrue(opened.links.length <= maxLinks, `${opened.links.length} links`);
				isTrue(opened.codes.length <= maxCodes, `${opened.codes.length} codes`);
				isTrue(opened.children.length <= maxChildren + 1, `${opened.children.length} files`);
				for (const child of opened.children) bytes += child.size;
				for (const one of opened.texts) text += one.text.length;
			}
			isTrue(text <= maxTextCharacters, `${text} characters`);
			isTrue(bytes <= maxInflatedBytes, `${bytes} bytes`);
		},
		'what was not read is told': ({ email }) => {
			const files = email.attachments.flatMap((attachment) => [...within(attachment)]);
			const isMissing = files.some(({ opened }) => (opened?.notRead.length ?? 0) > 0);
			const isTold = email.warnings.some(({ code }) => code === 'attachments-not-read');
			isTrue(isMissing === isTold, `missing: ${isMissing}, told: ${isTold}`);
		},
		'its indicators can be extracted': ({ email }) => void extractIndicators(email),
		'attachments have the hashes of their bytes, and none the hash of nothing': ({ email }) => hasTrueHashes(email),
		'it comes back from JSON as it was': ({ email }) => survivesJson(email),
		'it makes a sound bundle': ({ email }) => makesSoundBundle(email),
		'it makes a report': ({ email }) => makesReport(email),
	},
	maxMilliseconds: ATTACHMENT_LIMITS.messageMs + 10_000,
	maxMegabytes: 400,
};

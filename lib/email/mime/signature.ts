/** Bytes from the beginning of a file that its type can be told by: the mark of a disc image is the last of them. */
export const HEAD_SIZE = 0x8006;

type Mark = readonly [type: string, offset: number, bytes: string];

/** Signatures of files, hexadecimal. The first that fits counts. */
const MARKS: readonly Mark[] = [
	['application/pdf', 0, '255044462d'],
	['image/png', 0, '89504e470d0a1a0a'],
	['image/jpeg', 0, 'ffd8ff'],
	['image/gif', 0, '47494638'],
	['image/tiff', 0, '49492a00'],
	['image/tiff', 0, '4d4d002a'],
	['image/vnd.microsoft.icon', 0, '00000100'],
	// Word opens it from the fourth character on.
	['application/rtf', 0, '7b5c7274'],
	['application/vnd.rar', 0, '526172211a07'],
	['application/x-7z-compressed', 0, '377abcaf271c'],
	['application/gzip', 0, '1f8b08'],
	['application/x-bzip2', 4, '314159265359'],
	['application/x-xz', 0, 'fd377a585a00'],
	['application/zstd', 0, '28b52ffd'],
	['application/vnd.ms-cab-compressed', 0, '4d534346'],
	['application/x-arj', 0, '60ea'],
	['application/x-ace-compressed', 7, '2a2a4143452a2a'],
	['application/x-tar', 257, '7573746172'],
	['application/x-lzh-compressed', 2, '2d6c68'],
	['application/x-iso9660-image', 0x8001, '4344303031'],
	['application/x-virtualbox-vhdx', 0, '7668647866696c65'],
	['application/x-virtualbox-vhd', 0, '636f6e6563746978'],
	['application/x-elf', 0, '7f454c46'],
	['application/x-mach-binary', 0, 'cffaedfe'],
	['application/x-mach-binary', 0, 'cefaedfe'],
	['application/java-vm', 0, 'cafebabe'],
	['application/wasm', 0, '0061736d'],
	['application/vnd.android.dex', 0, '6465780a'],
	['application/x-ms-shortcut', 0, '4c0000000114020000000000c000000000000046'],
	['application/onenote', 0, 'e4525c7b8cd8a74daeb15378d02996d3'],
	['application/vnd.ms-htmlhelp', 0, '49545346'],
	['application/vnd.tcpdump.pcap', 0, 'd4c3b2a1'],
	['application/vnd.sqlite3', 0, '53514c69746520666f726d6174203300'],
	['application/vnd.ms-tnef', 0, '789f3e22'],
	['application/postscript', 0, '25215053'],
	['audio/mpeg', 0, '494433'],
	['audio/ogg', 0, '4f676753'],
	['audio/flac', 0, '664c6143'],
	['image/avif', 4, '6674797061766966'],
	['image/avif', 4, '6674797061766973'],
	['image/heic', 4, '6674797068656963'],
	['image/heic', 4, '6674797068656978'],
	['image/heic', 4, '667479706d696631'],
	['video/mp4', 4, '66747970'],
	['image/jp2', 0, '0000000c6a5020200d0a870a'],
	['image/jxl', 0, '0000000c4a584c200d0a870a'],
	['image/vnd.adobe.photoshop', 0, '38425053'],
	['image/emf', 40, '20454d46'],
	['image/wmf', 0, 'd7cdc69a'],
	['video/x-matroska', 0, '1a45dfa3'],
	['font/woff2', 0, '774f4632'],
	['font/woff', 0, '774f4646'],
];
const COMPILED = MARKS.map(([type, offset, bytes]) => ({ type, offset, bytes: Buffer.from(bytes, 'hex') }));

/** Containers that say what they are a little further on. */
const ZIP = Buffer.from('504b0304', 'hex');
const EMPTY_ZIP = Buffer.from('504b0506', 'hex');
const COMPOUND = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const RIFF = Buffer.from('RIFF');
const RIFF_KINDS: ReadonlyMap<string, string> = new Map([
	['WEBP', 'image/webp'],
	['WAVE', 'audio/wav'],
	['AVI ', 'video/x-msvideo'],
]);

/** How much of a text is looked at for what it is. */
const TEXT_HEAD = 1_024;

/**
 * Media type of a file by its own first bytes, whatever its sender says. Undefined when they tell nothing: a text without any mark is
 * not known from another one.
 */
export function typeOfBytes(head: Buffer): string | undefined {
	for (const { type, offset, bytes } of COMPILED) {
		if (
			head.length >= offset + bytes.length &&
			head.compare(bytes, 0, bytes.length, offset, offset + bytes.length) === 0
		)
			return type;
	}
	if (begins(head, ZIP) || begins(head, EMPTY_ZIP)) return typeOfZip(head);
	if (begins(head, COMPOUND)) return typeOfCompound(head);
	if (begins(head, RIFF)) return RIFF_KINDS.get(head.toString('latin1', 8, 12));
	if (isProgram(head)) return 'application/vnd.microsoft.portable-executable';
	if (head.toString('latin1', 0, 2) === 'BM' && head.length > 14 && head.readUInt32LE(6) === 0) return 'image/bmp';
	return typeOfText(head);
}

const begins = (head: Buffer, mark: Buffer): boolean => head.subarray(0, mark.length).equals(mark);

/** `MZ`, and where it points to stands `PE`; a program whose head lies further back is one as well. */
function isProgram(head: Buffer): boolean {
	if (head.length < 0x40 || head.toString('latin1', 0, 2) !== 'MZ') return false;
	const at = head.readUInt32LE(0x3c);
	return at + 4 > head.length || head.toString('latin1', at, at + 2) === 'PE';
}

/** A document of Office or OpenDocument names its kind by the first names in it. */
function typeOfZip(head: Buffer): string {
	const start = head.toString('latin1', 0, 4_096);
	const declared = /mimetype(application\/[\w.+-]{1,100}?)(?:PK|$)/.exec(start)?.[1];
	if (declared !== undefined) return declared;
	const openXml = /\[Content_Types\]\.xml|_rels\/\.rels/.test(start);
	for (const [folder, type] of OPEN_XML) if (openXml && start.includes(folder)) return `${OFFICE}${type}`;
	if (start.includes('META-INF/MANIFEST.MF')) return 'application/java-archive';
	return 'application/zip';
}
const OFFICE = 'application/vnd.openxmlformats-officedocument.';
const OPEN_XML = [
	['word/', 'wordprocessingml.document'],
	['xl/', 'spreadsheetml.sheet'],
	['ppt/', 'presentationml.presentation'],
] as const;

/** A compound file has its streams' names in UTF-16, as a rule not far from its beginning. */
function typeOfCompound(head: Buffer): string {
	for (const [name, type] of COMPOUND_STREAMS) if (head.includes(name)) return type;
	return 'application/x-ole-storage';
}
const COMPOUND_STREAMS = [
	['__properties_version1.0', 'application/vnd.ms-outlook'],
	['WordDocument', 'application/msword'],
	['Workbook', 'application/vnd.ms-excel'],
	['PowerPoint Document', 'application/vnd.ms-powerpoint'],
].map(([name, type]) => [Buffer.from(name!, 'utf16le'), type!] as const);

/** Texts that begin with what they are. */
const TEXTS: readonly (readonly [string, RegExp])[] = [
	['image/svg+xml', /^(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,400}-->\s*)?(?:<!doctype svg[^>]{0,400}>\s*)?<svg[\s>]/],
	[
		'text/html',
		/^(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,400}-->\s*)?<(?:!doctype html|html|head|body|script|meta|iframe)[\s>]/,
	],
	['application/xml', /^<\?xml\s/],
	['text/calendar', /^begin:vcalendar/],
	['text/vcard', /^begin:vcard/],
	[
		'message/rfc822',
		/^(?:return-path|received|delivered-to|x-[\w-]{1,60}): ?[^\n]{1,900}\n(?:[ \t][^\n]{0,900}\n){0,20}[\w-]{1,60}:/,
	],
	['application/x-ms-url-shortcut', /^\[internetshortcut\]/],
	['text/x-shellscript', /^#!/],
];

function typeOfText(head: Buffer): string | undefined {
	const text = head
		.toString('latin1', 0, TEXT_HEAD)
		.replace(/^\xef\xbb\xbf/, '')
		.replace(/^(?:\xff\xfe|\xfe\xff)/, '')
		// UTF-16 of ASCII, and line ends.
		.replace(/[\0\r]/g, '')
		.trimStart()
		.toLowerCase();
	return TEXTS.find(([, form]) => form.test(text))?.[0];
}

import { typeOfBytes, type FileFlag, type FileKind } from '../email';
import { hasDoubleExtension, kindOfName } from './names';

/** What a file is. */
export interface FileNature {
	kind: FileKind;
	/** Media type by its bytes; undefined when they tell none. */
	type?: string;
	flags: FileFlag[];
}

const TYPES: Readonly<Record<string, FileKind>> = {
	'application/pdf': 'pdf',
	'application/rtf': 'rtf',
	'application/zip': 'zip',
	'application/java-archive': 'executable',
	'application/x-ole-storage': 'office-legacy',
	'application/msword': 'office-legacy',
	'application/vnd.ms-excel': 'office-legacy',
	'application/vnd.ms-powerpoint': 'office-legacy',
	'application/onenote': 'office-legacy',
	'application/vnd.ms-outlook': 'message',
	'message/rfc822': 'message',
	'text/html': 'html',
	'image/svg+xml': 'html',
	'application/x-elf': 'executable',
	'application/x-mach-binary': 'executable',
	'application/java-vm': 'executable',
	'application/vnd.android.dex': 'executable',
	'application/wasm': 'executable',
	'application/vnd.microsoft.portable-executable': 'executable',
	'application/x-ms-shortcut': 'shortcut',
	'application/x-ms-url-shortcut': 'shortcut',
	'text/x-shellscript': 'script',
	'application/vnd.ms-htmlhelp': 'script',
};
const ARCHIVES =
	/^application\/(?:vnd\.rar|x-7z-compressed|gzip|x-bzip2|x-xz|zstd|vnd\.ms-cab-compressed|x-arj|x-ace-compressed|x-tar|x-lzh-compressed|x-iso9660-image|x-virtualbox-vhdx?)$/;
const DISK_IMAGES = /^application\/x-(?:iso9660-image|virtualbox-vhdx?)$/;
const OFFICE =
	/^application\/vnd\.(?:openxmlformats-officedocument\.|oasis\.opendocument\.|ms-(?:word|excel|powerpoint)\.)/;

/** What an extension promises: kinds that it may be. */
const PROMISES: ReadonlyArray<readonly [RegExp, readonly FileKind[]]> = [
	[/\.pdf$/i, ['pdf']],
	[/\.(?:docx|docm|dotx|dotm|xlsx|xlsm|xlsb|xltx|pptx|pptm|ppsx|odt|ods|odp)$/i, ['office', 'office-legacy', 'zip']],
	[/\.(?:doc|dot|xls|ppt|pps)$/i, ['office-legacy', 'office', 'rtf', 'html', 'message', 'zip']],
	[/\.rtf$/i, ['rtf', 'office-legacy', 'office']],
	[/\.(?:png|jpe?g|gif|bmp|webp|tiff?|ico|heic|avif)$/i, ['image']],
	[/\.zip$/i, ['zip', 'office', 'executable']],
	[/\.(?:7z|rar|gz|tgz|tar|bz2|xz|iso|img|vhdx?|cab|arj|ace|zst)$/i, ['archive']],
	[/\.(?:html?|xhtml|shtml)$/i, ['html', 'text']],
	[/\.(?:txt|csv|log|ics|vcf|md)$/i, ['text', 'html', 'script', 'message', 'shortcut']],
];
/** Kinds that bytes prove. */
const PROVEN: ReadonlySet<FileKind> = new Set([
	'pdf', 'office', 'office-legacy', 'rtf', 'image', 'zip', 'archive', 'executable', 'html', 'message', 'shortcut',
]); // prettier-ignore

const TEXTS = /^(?:text\/|application\/(?:json|xml|javascript|x-javascript|csv|x-sh|x-yaml|ics|xhtml\+xml))/;
const TEXT_NAMES = /\.(?:txt|csv|tsv|log|md|json|xml|ya?ml|ini|conf|cfg|ics|vcf|sql|mobileconfig|plist)$/i;
const MESSAGE_NAMES = /\.(?:eml|msg|mht|mhtml|oft)$/i;
const PEM = /^\s{0,200}-----BEGIN (?:PKCS7|CMS)-----/;

/**
 * What a file is, by its bytes; by its name and declared type only where these tell nothing. That name or type say something else
 * than the bytes is a flag.
 */
export function kindOf(bytes: Buffer, name = '', declared = ''): FileNature {
	const first = typeOfBytes(bytes);
	const second = secondType(bytes, first, name, declared);
	const type = second ?? first ?? laterMark(bytes);
	const kind = kindOfType(type, bytes, name, declared);
	const flags: FileFlag[] = [];
	// It is two things at once, and the name says which one the reader gets.
	if (second !== undefined && first !== undefined && first !== 'application/zip') flags.push('type-mismatch');
	if (kind === 'executable' || kind === 'script' || kind === 'shortcut') flags.push(kind);
	if (type !== undefined && DISK_IMAGES.test(type)) flags.push('disk-image');
	else if (/\.(?:iso|img|vhdx?)$/i.test(name) && kind === 'archive') flags.push('disk-image');
	if (hasDoubleExtension(name)) flags.push('double-extension');
	if (!flags.includes('type-mismatch') && isMismatch(kind, type, name, declared)) flags.push('type-mismatch');
	return { kind, ...(type === undefined ? {} : { type }), flags };
}

/** What stands a little further on: Acrobat reads a PDF that begins within the first 1,024 bytes. */
function laterMark(bytes: Buffer): string | undefined {
	if (bytes.subarray(0, 1_024).includes('%PDF-')) return 'application/pdf';
	return isOldTar(bytes) ? 'application/x-tar' : undefined;
}

const OFFICE_NAMES = /\.(?:docx|docm|dotx|dotm|xlsx|xlsm|xlsb|xltx|xltm|pptx|pptm|ppsx|ppsm|odt|ods|odp)$/i;
/** Bytes at the end of a zip in which its directory names what it is. */
const ZIP_TAIL = 65_600;

/**
 * What a file is besides what its first bytes say: a PDF behind the head of a picture, a document of Office whose first entry is
 * something else. The program that opens it goes by the name.
 */
function secondType(bytes: Buffer, first: string | undefined, name: string, declared: string): string | undefined {
	if (first !== 'application/pdf' && (/\.pdf$/i.test(name) || declared === 'application/pdf'))
		return bytes.subarray(0, 1_024).includes('%PDF-') ? 'application/pdf' : undefined;
	if (first === undefined || first === 'application/pdf' || first.startsWith('image/')) {
		if (/\.(?:zip|jar|apk)$/i.test(name) && hasZipEnd(bytes)) return 'application/zip';
		if (!OFFICE_NAMES.test(name) || !hasZipEnd(bytes)) return undefined;
	} else if (first !== 'application/zip') return undefined;
	const tail = bytes.subarray(Math.max(0, bytes.length - ZIP_TAIL)).toString('latin1');
	if (!/\[Content_Types\]\.xml|_rels[/\\]\.rels/i.test(tail)) return undefined;
	const folder = /PK\x01\x02[\s\S]{42}(word|xl|ppt)[/\\]/i.exec(tail)?.[1]?.toLowerCase();
	if (folder === undefined) return OFFICE_NAMES.test(name) ? OPEN_XML.word : undefined;
	return OPEN_XML[folder as keyof typeof OPEN_XML];
}

const OPEN_XML = {
	word: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	xl: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	ppt: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
} as const;

/** A tar file from before there was a mark for it: the sum over its first head is right. */
function isOldTar(bytes: Buffer): boolean {
	if (bytes.length < 1_024 || bytes[0] === 0) return false;
	const told = parseInt(bytes.toString('latin1', 148, 156).replace(/[\0 ]/g, ''), 8);
	let sum = 8 * 0x20;
	for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += bytes[i]!;
	return sum === told;
}

/** Documents of Office that are one XML file. */
const FLAT_OFFICE =
	/<\?mso-application\s{1,9}progid="(?:Word|Excel|PowerPoint)\.|<office:document[\s>]|<pkg:package[\s>]|<w:wordDocument[\s>]/;

function kindOfType(type: string | undefined, bytes: Buffer, name: string, declared: string): FileKind {
	if (type !== undefined) {
		// MHTML and messages begin alike, and so does a page that is called so.
		const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
		if (known === 'executable' || known === undefined) {
			if (known !== undefined) return known;
		} else return known === 'zip' && /\.(?:jar|apk)$/i.test(name) ? 'executable' : known;
		if (OFFICE.test(type)) return 'office';
		if (ARCHIVES.test(type)) return 'archive';
		if (type.startsWith('image/')) return 'image';
	}
	const head = bytes.toString('latin1', 0, 1_024);
	if (type === 'application/xml' && FLAT_OFFICE.test(head)) return 'office';
	if (PEM.test(head) || isSignedData(bytes)) return 'cms';
	if (isPgp(bytes, head, name)) return 'encrypted';
	if (/^\s{0,200}-----BEGIN CERTIFICATE-----/.test(head)) return 'certificate';
	if (MESSAGE_NAMES.test(name) || declared === 'message/rfc822') return 'message';
	if (
		/^(?:mime-version|from|subject|message-id|date|content-type|received|return-path|to|x-[\w-]{1,40}): ?[^\r\n]{0,900}\r?\n[\w-]{1,60}: /i.test(
			head.trimStart(),
		)
	)
		return 'message';
	const named = kindOfName(name);
	if (named !== undefined && !bytes.subarray(0, 4_096).includes(0)) return named === 'executable' ? 'other' : named;
	if (/^(?:text\/html|application\/xhtml\+xml)$/.test(declared) || /\.(?:html?|xhtml|shtml)$/i.test(name))
		return 'html';
	if (hasZipEnd(bytes)) return 'zip';
	if (TEXTS.test(declared) || TEXT_NAMES.test(name) || type === 'application/xml' || type?.startsWith('text/') === true)
		return 'text';
	return 'other';
}

const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex');
const ENVELOPED_DATA = Buffer.from('06092a864886f70d010703', 'hex');
const AUTH_ENVELOPED_DATA = Buffer.from('060b2a864886f70d0109100117', 'hex');

/** A message of PGP: in letters, or in bytes, which only the name tells from others (RFC 9580 section 4.2: the first bit is set). */
function isPgp(bytes: Buffer, head: string, name: string): boolean {
	if (/^\s{0,200}-----BEGIN PGP MESSAGE-----/.test(head)) return true;
	return /\.(?:gpg|pgp)$/i.test(name) && bytes.length > 2 && (bytes[0]! & 0x80) !== 0;
}

/** A sequence whose first member names what CMS signs or encrypts. */
function isSignedData(bytes: Buffer): boolean {
	if (bytes[0] !== 0x30) return false;
	const head = bytes.subarray(0, 24);
	return [SIGNED_DATA, ENVELOPED_DATA, AUTH_ENVELOPED_DATA].some((mark) => head.includes(mark));
}

const ZIP_END = Buffer.from('504b0506', 'hex');

/** A zip may have anything before it. */
function hasZipEnd(bytes: Buffer): boolean {
	return bytes.subarray(Math.max(0, bytes.length - ZIP_TAIL)).lastIndexOf(ZIP_END) >= 0;
}

function isMismatch(kind: FileKind, type: string | undefined, name: string, declared: string): boolean {
	const promise = PROMISES.find(([extension]) => extension.test(name))?.[1];
	if (promise !== undefined && PROVEN.has(kind) && !promise.includes(kind)) return true;
	// A text that calls itself a picture or a document.
	if (promise !== undefined && (kind === 'html' || kind === 'script') && !promise.includes(kind)) return true;
	if (type === undefined || !PROVEN.has(kind)) return false;
	const saysPdf = declared === 'application/pdf';
	const saysImage = declared.startsWith('image/') && declared !== 'image/svg+xml';
	return (saysPdf && kind !== 'pdf') || (saysImage && kind !== 'image' && type !== 'image/svg+xml');
}

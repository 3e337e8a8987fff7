import { GENERIC_TYPES } from '../../email';
import { OPENCTI_LIMITS } from '../../limits';

/** Usual extension of a media type, the first one canonical. OpenCTI derives a file's type from its extension alone. */
const EXTENSIONS = new Map<string, readonly string[]>(
	Object.entries({
		'application/gzip': ['gz', 'tgz'],
		'application/json': ['json'],
		'application/msword': ['doc', 'dot'],
		'application/pdf': ['pdf'],
		'application/rtf': ['rtf'],
		'application/stix+json': ['json', 'stix'],
		'application/vnd.ms-excel': ['xls', 'xlt', 'csv'],
		'application/vnd.ms-outlook': ['msg'],
		'application/vnd.ms-powerpoint': ['ppt', 'pps'],
		'application/vnd.oasis.opendocument.text': ['odt'],
		'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
		'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
		'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
		'application/x-7z-compressed': ['7z'],
		'application/xml': ['xml'],
		'application/zip': ['zip'],
		'application/x-zip-compressed': ['zip'],
		'image/bmp': ['bmp'],
		'image/gif': ['gif'],
		'image/jpeg': ['jpg', 'jpeg', 'jpe'],
		'image/png': ['png'],
		'image/svg+xml': ['svg'],
		'image/tiff': ['tif', 'tiff'],
		'image/webp': ['webp'],
		'message/rfc822': ['eml', 'mht'],
		'text/calendar': ['ics'],
		'text/csv': ['csv'],
		'text/html': ['html', 'htm'],
		'text/markdown': ['md', 'markdown'],
		'text/plain': ['txt', 'log', 'text', 'asc', 'ioc', 'yar', 'yara', 'rules'],
		'text/xml': ['xml'],
	}),
);

/** The declared media type, or what the name's extension says where the declared one says nothing. */
export function effectiveType(contentType: string, name: string | undefined): string {
	const declared = contentType.toLowerCase();
	if (!GENERIC_TYPES.has(declared)) return declared;
	const extension = extensionOf(name ?? '');
	const known = [...EXTENSIONS].find(([, extensions]) => extensions[0] === extension);
	return known?.[0] ?? declared;
}

/**
 * The name under which a file is uploaded: readable, safe, with the extension of its type, and made unique by its
 * bytes. The platform overwrites a file of the same name (case aside), so two different files never share one,
 * and the same file keeps its name on every run.
 */
export function uploadName(name: string | undefined, contentType: string, sha256: string): string {
	const given = extensionOf(name ?? '');
	const usual = EXTENSIONS.get(effectiveType(contentType, name));
	const fits = given !== '' && (usual === undefined || usual.includes(given));
	const extension = fits ? given : (usual?.[0] ?? 'bin');
	const stem = fits && name !== undefined ? name.slice(0, -(given.length + 1)) : (name ?? '');
	return `${safeStem(stem)}-${sha256.slice(0, 12)}.${extension}`;
}

/** Lower case, letters and digits only, 10 at most as on the platform; '' when the name ends in nothing of the kind. */
function extensionOf(name: string): string {
	return /\.([a-z0-9]{1,10})$/.exec(name.trim().toLowerCase())?.[1] ?? '';
}

function safeStem(stem: string): string {
	const last = stem.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
	const clean = last
		.replace(/[^\p{L}\p{M}\p{N}._ ()+@-]/gu, '_')
		.replace(/\.{2,}/g, '.')
		.replace(/ {2,}/g, ' ')
		.replace(/^[. -]+/, '');
	const cut = cutUtf8(clean, OPENCTI_LIMITS.maxFileNameBytes);
	let end = cut.length;
	while (end > 0 && '. '.includes(cut.charAt(end - 1))) end--;
	return end === 0 ? 'file' : cut.slice(0, end);
}

/** At most this many UTF-8 bytes, whole characters only. */
export function cutUtf8(text: string, maxBytes: number): string {
	if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
	const bytes = Buffer.from(text);
	let end = maxBytes;
	// The byte at `end` continues a character that began before it: that character does not fit.
	while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
	return bytes.subarray(0, end).toString('utf8');
}

import type { Attachment } from '../email';
import { compact } from '../json';
import { STEP_LIMITS } from '../limits';
import type { Steps } from '../steps';
import { MiB } from '../units';
import { HASH_ALGORITHMS, hashValue, mediaTypeValue, registeredMediaType } from '../values';
import type { BundleBuilder } from './bundleBuilder';
import type { Extensions, Hashes } from './dataTypes';
import type { ResolvedOptions } from './options';

/** Bytes that artifacts may still take, over a whole bundle. */
export interface ArtifactBudget {
	left: number;
}

/** What an artifact is to be made of. */
interface Bytes {
	content: Buffer | undefined;
	mimeType: string;
	hashes: Hashes;
	max: number;
	/** Option of the node that `max` comes from. */
	option: string;
	what: string;
	/** How the bytes can be had, where they are not here. */
	how: string;
}

function whyOmitted({ content, max, option, what, how }: Bytes, { sizes }: ResolvedOptions): string {
	if (content === undefined) return `${what} has no artifact, because the item does not contain its bytes. ${how}`;
	const megabytes = (bytes: number) => `${Number((bytes / MiB).toFixed(1))} MiB`;
	return content.length > max
		? `${what} exceeds the size limit of ${megabytes(max)} and has no artifact. Increase '${option}'.`
		: `${what} has no artifact, because the artifacts of one bundle are limited to ${megabytes(sizes.maxTotalArtifactBytes)} in total.`;
}

/** Bytes as an artifact, when there are any and the sizes allow it; else undefined and, where they were asked for, a warning. */
export function* addArtifact(
	builder: BundleBuilder,
	options: ResolvedOptions,
	budget: ArtifactBudget,
	bytes: Bytes,
): Steps<string | undefined> {
	const { content, max } = bytes;
	// Base64 of nothing is no base64 (STIX 2.1 section 2.1): an empty attachment is a file only.
	if (content?.length === 0) return undefined;
	if (content === undefined || content.length > max || content.length > budget.left) {
		options.warn({ code: 'artifact-omitted', message: whyOmitted(bytes, options) });
		return undefined;
	}
	budget.left -= content.length;
	return yield* builder.longObservable('artifact', {
		mime_type: registeredMediaType(bytes.mimeType),
		payload_bin: yield* base64Of(content),
		hashes: bytes.hashes,
	});
}

/** Base64 in one line. Three bytes are four characters: pieces of a multiple of three can be joined. */
function* base64Of({ buffer, byteOffset, byteLength }: Buffer): Steps<string> {
	const bytes = Buffer.from(buffer, byteOffset, byteLength);
	const size = 3 * STEP_LIMITS.pieceBytes;
	if (byteLength <= size) return bytes.toString('base64');
	let text = '';
	for (let start = 0; start < byteLength; start += size) {
		text += bytes.subarray(start, start + size).toString('base64');
		yield;
	}
	return text;
}

/** An attachment as a file, with its artifact where asked for. Undefined when it has neither a name nor a hash. */
export function* addFile(
	builder: BundleBuilder,
	options: ResolvedOptions,
	budget: ArtifactBudget,
	attachment: Attachment,
	contains: { messages: readonly string[]; files: readonly string[] },
	how: string,
): Steps<string | undefined> {
	const hashes = chosenHashes(
		{ MD5: attachment.md5, 'SHA-1': attachment.sha1, 'SHA-256': attachment.sha256, 'SHA-512': attachment.sha512 },
		options,
	);
	const name = attachment.fileName === '' ? undefined : attachment.fileName;
	if (name === undefined && Object.keys(hashes).length === 0) {
		options.warn({
			code: 'attachment-unidentified',
			message: `Part ${attachment.partId} has neither a name nor a hash.`,
		});
		return undefined;
	}
	// What has no hash has no bytes, such as a message inside of an Outlook message: nothing is left out.
	const content =
		options.include.artifacts && attachment.sha256 !== ''
			? yield* addArtifact(builder, options, budget, {
					content: attachment.content,
					mimeType: attachment.contentType,
					hashes,
					max: options.sizes.maxArtifactBytes,
					option: 'Max Attachment Size (MB)',
					what: `Attachment ${attachment.partId}`,
					how,
				})
			: undefined;
	return builder.observable('file', {
		hashes,
		// What has no hash has no bytes, such as a message inside of an Outlook message: it is not an empty file.
		size:
			attachment.sha256 !== '' && Number.isSafeInteger(attachment.size) && attachment.size >= 0
				? attachment.size
				: undefined,
		name,
		mime_type: mediaTypeValue(attachment.contentType),
		contains_refs: [...contains.files, ...contains.messages],
		content_ref: content,
		extensions: extensionsOf(attachment, contains.files),
	});
}

/** Properties that a PDF tells of itself, by the keys of its information dictionary (ISO 32000 section 14.3.3). */
const PDF_INFORMATION: readonly (readonly [string, string])[] = [
	['Title', 'title'],
	['Author', 'author'],
	['Subject', 'subject'],
	['Keywords', 'keywords'],
	['Creator', 'creator'],
	['Producer', 'producer'],
	['CreationDate', 'creationDate'],
	['ModDate', 'modDate'],
];

/** What was found in a file that was opened, where STIX has a place for it: archives (section 6.7.2) and PDF (section 6.7.5). */
function extensionsOf({ opened }: Attachment, files: readonly string[]): Extensions | undefined {
	if (opened === undefined) return undefined;
	const text = (name: string): string | undefined => {
		const value = opened.properties[name];
		return typeof value === 'string' && value !== '' ? value : undefined;
	};
	if (opened.kind === 'pdf') {
		const information = PDF_INFORMATION.map(([key, name]) => [key, text(name)] as const).filter(
			([, value]) => value !== undefined,
		);
		const extension = compact({
			version: text('version'),
			document_info_dict: information.length === 0 ? undefined : Object.fromEntries(information),
			pdfid0: text('pdfid0'),
			pdfid1: text('pdfid1'),
		});
		return Object.keys(extension).length === 0 ? undefined : { 'pdf-ext': extension };
	}
	if ((opened.kind !== 'zip' && opened.kind !== 'archive') || files.length === 0) return undefined;
	return { 'archive-ext': compact({ contains_refs: [...files], comment: text('comment') }) };
}

/** The valid ones of the hashes, as far as the options want them, in the order that decides the id. */
export function chosenHashes(hashes: Readonly<Partial<Record<string, string>>>, options: ResolvedOptions): Hashes {
	const chosen: Hashes = {};
	for (const algorithm of HASH_ALGORITHMS) {
		const digest = hashValue(algorithm, hashes[algorithm]);
		if (digest !== undefined && options.ids.hashes.includes(algorithm)) chosen[algorithm] = digest;
	}
	return chosen;
}

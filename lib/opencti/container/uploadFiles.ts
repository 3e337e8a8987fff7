import { IMPORT_PUSH, MARKED_OBJECT, nodesOf, type MarkingNode, type StoredFile } from '../documents';
import { attempt, missingMarkings, OpenCtiError, type Failure, type Platform } from '../platform';
import type { DraftFile } from './draft';

/** What became of one file. */
export interface UploadedFile {
	/** Name on the platform. */
	name: string;
	originalName?: string;
	sha256: string;
	size: number;
	/** Download path: `<platform>/storage/get/<id>`. */
	id?: string;
	/** `present`: the same file was there already. `not-tried`: an earlier file failed for a cause that all share. */
	status: 'uploaded' | 'present' | 'failed' | 'not-tried';
	/** It was there before, without a marking that is asked for now, and stays so. */
	lessMarked?: true;
	error?: Failure;
}

export interface UploadOptions {
	/** Start the platform's automatic import connectors on the files. Default false. */
	triggerImport?: boolean | undefined;
}

/** Files for one object of the platform. */
export interface Upload {
	/** Internal id. */
	entityId: string;
	files: readonly DraftFile[];
	markings: readonly MarkingNode[];
	/** What the object has already. */
	stored: readonly StoredFile[];
	options: UploadOptions;
}

/**
 * Uploads files to one object, one after the other: each upload locks the object. Never throws for a single file:
 * what was done and what was not is in the result.
 */
export async function uploadFiles(platform: Platform, upload: Upload): Promise<UploadedFile[]> {
	const results: UploadedFile[] = [];
	let stopped: Failure | undefined;
	for (const file of upload.files) {
		const base = {
			name: file.name,
			...(file.originalName === undefined ? {} : { originalName: file.originalName }),
			sha256: file.sha256,
			size: file.content.length,
		};
		if (stopped !== undefined) {
			results.push({ ...base, status: 'not-tried', error: stopped });
			continue;
		}
		const same = upload.stored.find((known) => isSame(known, file));
		if (same !== undefined) {
			const lessMarked = !carries(platform, same, upload.markings);
			results.push({ ...base, id: same.id, status: 'present', ...(lessMarked ? { lessMarked } : {}) });
			continue;
		}
		const tried = await attempt(() => pushFile(platform, upload, file));
		if ('value' in tried) {
			results.push({ ...base, id: tried.value.id, status: 'uploaded' });
			continue;
		}
		results.push({ ...base, status: 'failed', error: tried.failure });
		// All of them go to one object: what the user may not do to it now, he may not do with the next file either.
		if (tried.isShared || tried.failure.code === 'OPENCTI_FORBIDDEN') stopped = tried.failure;
	}
	return results;
}

async function pushFile(
	platform: Platform,
	{ entityId, markings, options }: Upload,
	file: DraftFile,
): Promise<StoredFile> {
	const variables = {
		id: entityId,
		file: null,
		fileMarkings: markings.map(({ id }) => id),
		noTriggerImport: options.triggerImport !== true,
	};
	const { stixDomainObjectEdit } = await platform.call(IMPORT_PUSH, variables, file);
	const node = stixDomainObjectEdit.importPush;
	if (node === null) {
		throw new OpenCtiError('OPENCTI_ANSWER_UNREADABLE', `The platform returned nothing for the file ${file.name}`, {
			hint: 'The log of the platform may show the reason.',
		});
	}
	if (!carries(platform, node, markings) && !carries(platform, await readFile(platform, entityId, node), markings)) {
		throw new OpenCtiError(
			'OPENCTI_MARKING_MISMATCH',
			`The file ${file.name} is on the platform without the markings of its report`,
			{
				hint: 'Correct the markings of the file in OpenCTI, or delete the file there.',
			},
		);
	}
	return node;
}

/** A file as it is stored: the answer to its upload need not show all of it. As it was answered, where it cannot be read. */
async function readFile(platform: Platform, entityId: string, answered: StoredFile): Promise<StoredFile> {
	const read = await attempt(() => platform.call(MARKED_OBJECT, { id: entityId }));
	const files = 'value' in read ? nodesOf(read.value.stixDomainObject?.importFiles) : [];
	return files.find(({ id }) => id === answered.id) ?? answered;
}

/** The name holds the hash of the bytes: same name and size is the same file. */
function isSame(known: StoredFile, file: DraftFile): boolean {
	return (
		known.name.toLowerCase() === file.name.toLowerCase() && (known.size === null || known.size === file.content.length)
	);
}

/** Whether a file has these markings, or stricter ones. */
function carries({ references }: Platform, node: StoredFile, markings: readonly MarkingNode[]): boolean {
	const stored = node.metaData?.file_markings;
	// A version that does not show the markings of files cannot be checked.
	if (stored === null || stored === undefined) return true;
	return missingMarkings(markings, references.knownMarkings(stored)).length === 0;
}

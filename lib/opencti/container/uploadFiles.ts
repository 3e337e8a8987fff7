import { EmailIntelError } from '../../errors';
import { IMPORT_PUSH, type MarkingNode, type StoredFile } from '../documents';
import type { DraftFile } from './draft';
import { OpenCtiError } from '../platform/errors';
import { missingMarkings, type References } from '../platform/references';
import type { Session } from '../platform/platform';

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
	error?: { code: string; message: string; hint?: string };
}

export interface UploadOptions {
	/** Start the platform's automatic import connectors on the files. Default false. */
	triggerImport?: boolean;
}

/** Causes that the next file would meet too. */
const SHARED_CAUSES = new Set([
	'OPENCTI_TOKEN_REFUSED',
	'OPENCTI_FORBIDDEN',
	'OPENCTI_URL_WRONG',
	'OPENCTI_UNAVAILABLE',
	'OPENCTI_DRAFT_CLOSED',
]);

/**
 * Uploads files to one object, one after the other: each upload locks the object. Never throws for a single file:
 * what was done and what was not is in the result.
 */
export async function uploadFiles(
	session: Session,
	references: References,
	entityId: string,
	files: readonly DraftFile[],
	markings: readonly MarkingNode[],
	stored: readonly StoredFile[],
	options: UploadOptions,
): Promise<UploadedFile[]> {
	const results: UploadedFile[] = [];
	let stopped: EmailIntelError | undefined;
	for (const file of files) {
		const base = {
			name: file.name,
			...(file.originalName === undefined ? {} : { originalName: file.originalName }),
			sha256: file.sha256,
			size: file.content.length,
		};
		if (stopped !== undefined) {
			results.push({ ...base, status: 'not-tried', error: described(stopped) });
			continue;
		}
		const same = stored.find((known) => isSame(known, file));
		if (same !== undefined) {
			const lessMarked = !carries(same, markings, references);
			results.push({ ...base, id: same.id, status: 'present', ...(lessMarked ? { lessMarked } : {}) });
			continue;
		}
		try {
			const node = await pushFile(session, references, entityId, file, markings, options.triggerImport === true);
			results.push({ ...base, id: node.id, status: 'uploaded' });
		} catch (error) {
			if (!(error instanceof EmailIntelError)) throw error;
			results.push({ ...base, status: 'failed', error: described(error) });
			if (!(error instanceof OpenCtiError) || SHARED_CAUSES.has(error.code)) stopped = error;
		}
	}
	return results;
}

async function pushFile(
	session: Session,
	references: References,
	entityId: string,
	file: DraftFile,
	markings: readonly MarkingNode[],
	triggerImport: boolean,
): Promise<StoredFile> {
	const variables = {
		id: entityId,
		file: null,
		fileMarkings: markings.map(({ id }) => id),
		noTriggerImport: !triggerImport,
	};
	const { stixDomainObjectEdit } = await session.call(IMPORT_PUSH, variables, file);
	const node = stixDomainObjectEdit.importPush;
	if (node === null) {
		throw new OpenCtiError('OPENCTI_ANSWER_UNREADABLE', `The platform returned nothing for the file ${file.name}`, {
			hint: 'The platform log may name the reason.',
		});
	}
	if (!carries(node, markings, references)) {
		throw new OpenCtiError(
			'OPENCTI_MARKING_MISMATCH',
			`The file ${file.name} is on the platform without the markings of its report`,
			{
				hint: 'Correct the markings of the file in OpenCTI, or delete it there.',
			},
		);
	}
	return node;
}

/** The name holds the hash of the bytes: same name and size is the same file. */
function isSame(known: StoredFile, file: DraftFile): boolean {
	return (
		known.name.toLowerCase() === file.name.toLowerCase() && (known.size === null || known.size === file.content.length)
	);
}

/** Whether a file has these markings, or stricter ones. */
function carries(node: StoredFile, markings: readonly MarkingNode[], references: References): boolean {
	const stored = node.metaData?.file_markings;
	// A version that does not show the markings of files cannot be checked.
	if (stored === null || stored === undefined) return true;
	return missingMarkings(markings, references.knownMarkings(stored)).length === 0;
}

function described(error: EmailIntelError): { code: string; message: string; hint?: string } {
	return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
}

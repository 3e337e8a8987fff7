import { MARKED_OBJECT, nodesOf } from '../documents';
import { OpenCtiError, strictest, type Platform } from '../platform';
import type { DraftFile } from './draft';
import { uploadFiles, type UploadedFile, type UploadOptions } from './uploadFiles';

/** Options of `OpenCtiClient.addFiles`. */
export interface AddFilesOptions extends UploadOptions {
	/** Markings of the files, where they are stricter than those of the object. */
	markings?: readonly string[] | undefined;
}

/**
 * Files for an object that is on the platform already.
 *
 * @throws OpenCtiError `OPENCTI_REFERENCE_MISSING` when it is not
 */
export async function addFiles(
	platform: Platform,
	entityId: string,
	files: readonly DraftFile[],
	options: AddFilesOptions,
): Promise<UploadedFile[]> {
	const { references, rights } = platform;
	if (files.length > 0) await rights.require('KNOWLEDGE_KNUPLOAD', 'upload files');
	const { stixDomainObject: found } = await platform.call(MARKED_OBJECT, { id: entityId });
	if (found === null) {
		const missing = new OpenCtiError(
			'OPENCTI_REFERENCE_MISSING',
			`The platform has no object ${entityId.slice(0, 100)}, or the user is not allowed to see it`,
			{
				hint: "Enter the internal ID or the standard ID of a report, a case or another domain object in 'Object ID'.",
			},
		);
		throw await platform.namingOrganizations(missing);
	}
	const asked = options.markings === undefined ? [] : await references.markings(options.markings);
	const markings = strictest([...asked, ...(found.objectMarking ?? [])]);
	// Those of the files that are there are compared by their levels.
	await references.markings(markings.map(({ standard_id }) => standard_id));
	return uploadFiles(platform, { entityId: found.id, files, markings, stored: nodesOf(found.importFiles), options });
}

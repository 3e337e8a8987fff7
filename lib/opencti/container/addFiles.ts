import { MARKED_OBJECT } from '../documents';
import type { DraftFile } from './draft';
import { OpenCtiError } from '../platform/errors';
import { strictest, type References } from '../platform/references';
import type { Session } from '../platform/platform';
import { uploadFiles, type UploadedFile, type UploadOptions } from './uploadFiles';

export interface AddFilesOptions extends UploadOptions {
	/** Markings of the files, where they are stricter than those of the object. */
	markings?: readonly string[];
}

/**
 * Files for an object that is on the platform already.
 *
 * @throws OpenCtiError `OPENCTI_REFERENCE_MISSING` when it is not
 */
export async function addFiles(
	session: Session,
	references: References,
	entityId: string,
	files: readonly DraftFile[],
	options: AddFilesOptions,
): Promise<UploadedFile[]> {
	const { stixDomainObject: found } = await session.call(MARKED_OBJECT, { id: entityId });
	if (found === null) {
		throw new OpenCtiError(
			'OPENCTI_REFERENCE_MISSING',
			`The platform has no object ${entityId.slice(0, 100)}, or the user may not see it`,
			{
				hint: 'Give the internal id or the standard id of a report, a case or another domain object.',
			},
		);
	}
	const asked = options.markings === undefined ? [] : await references.markings(options.markings);
	const markings = strictest([...asked, ...(found.objectMarking ?? [])]);
	// Those of the files that are there are compared by their levels.
	await references.markings(markings.map(({ standard_id }) => standard_id));
	const stored = (found.importFiles?.edges ?? []).flatMap((edge) => edge?.node ?? []);
	return uploadFiles(session, references, found.id, files, markings, stored, options);
}

import { mutation } from './document';
import type { StoredFile } from './containers';

export const IMPORT_PUSH = mutation<
	{ id: string; file: null; fileMarkings: string[]; noTriggerImport: boolean },
	{ stixDomainObjectEdit: { importPush: StoredFile | null } }
>(
	`
mutation EmailIntelImportPush($id: ID!, $file: Upload!, $fileMarkings: [String], $noTriggerImport: Boolean) {
	stixDomainObjectEdit(id: $id) {
		importPush(file: $file, fileMarkings: $fileMarkings, noTriggerImport: $noTriggerImport) {
			id
			name
			size
			metaData { mimetype file_markings }
		}
	}
}`,
	{ required: ['stixDomainObjectEdit'], needs: ['KNOWLEDGE_KNUPLOAD'] },
);

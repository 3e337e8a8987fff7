import { mutation, query } from './document';

/** Only the id is read back: the answer can hold the platform's queue and storage credentials. */
export const REGISTER_CONNECTOR = mutation<
	{
		input: {
			id: string;
			name: string;
			type: 'EXTERNAL_IMPORT';
			scope: string[];
			auto: boolean;
			only_contextual: boolean;
			playbook_compatible: boolean;
		};
	},
	{ registerConnector: { id: string } }
>(
	`
mutation EmailIntelRegisterConnector($input: RegisterConnectorInput) {
	registerConnector(input: $input) { id }
}`,
	{ required: ['registerConnector'], needs: ['CONNECTORAPI'] },
);

export const WORK_ADD = mutation<{ connectorId: string; friendlyName: string }, { workAdd: { id: string } }>(
	`
mutation EmailIntelWorkAdd($connectorId: String!, $friendlyName: String) {
	workAdd(connectorId: $connectorId, friendlyName: $friendlyName) { id }
}`,
	{ required: ['workAdd'], needs: ['CONNECTORAPI', 'MODULES_MODMANAGE', 'KNOWLEDGE_KNASKIMPORT'], repeatable: false },
);

export const WORK_PROCESSED = mutation<
	{ id: string; message: string; inError: boolean },
	{ workEdit: { toProcessed: string } | null }
>(
	`
mutation EmailIntelWorkProcessed($id: ID!, $message: String, $inError: Boolean) {
	workEdit(id: $id) { toProcessed(message: $message, inError: $inError) }
}`,
	{ needs: ['CONNECTORAPI', 'MODULES_MODMANAGE'] },
);

export const WORK = query<
	{ id: string },
	{ work: { id: string; status: string; errors: ({ message: string | null } | null)[] | null } | null }
>(
	`
query EmailIntelWork($id: ID!) {
	work(id: $id) { id status errors { message } }
}`,
	{ needs: ['MODULES'] },
);

/** A bundle queued under a work; the platform imports it later. */
export const BUNDLE_PUSH = mutation<
	{ connectorId: string; bundle: string; work_id: string },
	{ stixBundlePush: boolean }
>(
	`
mutation EmailIntelBundlePush($connectorId: String!, $bundle: String!, $work_id: String) {
	stixBundlePush(connectorId: $connectorId, bundle: $bundle, work_id: $work_id)
}`,
	{ required: ['stixBundlePush'], needs: ['CONNECTORAPI'], repeatable: false, since: '6.5.7' },
);

/** For platforms that do not know the work of a push (6.2.6 to 6.5.6). */
export const BUNDLE_PUSH_WITHOUT_WORK = mutation<{ connectorId: string; bundle: string }, { stixBundlePush: boolean }>(
	`
mutation EmailIntelBundlePushWithoutWork($connectorId: String!, $bundle: String!) {
	stixBundlePush(connectorId: $connectorId, bundle: $bundle)
}`,
	{ required: ['stixBundlePush'], needs: ['CONNECTORAPI'], repeatable: false, since: '6.2.6' },
);

export const UPLOAD_IMPORT = mutation<
	{ file: null; fileMarkings: string[] },
	{ uploadImport: { id: string; name: string } }
>(
	`
mutation EmailIntelUploadImport($file: Upload!, $fileMarkings: [String]) {
	uploadImport(file: $file, fileMarkings: $fileMarkings) { id name }
}`,
	{ required: ['uploadImport'], needs: ['KNOWLEDGE_KNASKIMPORT'] },
);

export const IMPORT_CONNECTORS = query<
	Record<string, never>,
	{
		connectorsForImport: ({
			id: string;
			name: string;
			active: boolean | null;
			connector_scope: string[] | null;
		} | null)[];
	}
>(
	`
query EmailIntelImportConnectors {
	connectorsForImport { id name active connector_scope }
}`,
	{ required: ['connectorsForImport'], needs: ['KNOWLEDGE'] },
);

export const ASK_JOB_IMPORT = mutation<{ fileName: string; connectorId: string }, { askJobImport: { id: string } }>(
	`
mutation EmailIntelAskJobImport($fileName: ID!, $connectorId: String) {
	askJobImport(fileName: $fileName, connectorId: $connectorId) { id }
}`,
	{ required: ['askJobImport'], needs: ['KNOWLEDGE_KNASKIMPORT'], repeatable: false },
);

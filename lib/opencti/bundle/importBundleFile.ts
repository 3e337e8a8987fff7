import { createHash } from 'node:crypto';
import type { AnyBundle } from '../../stix';
import type { DraftWarning } from '../container';
import { ASK_JOB_IMPORT, IMPORT_CONNECTORS, UPLOAD_IMPORT } from '../documents';
import { OpenCtiError, strictest, type Platform } from '../platform';
import { checkMarkings, markingRefs, objectsOf } from './bundleObjects';
import { forImport } from './markedBundle';

/** What an import in mode `file` did: the platform has the bundle, and imports it when it is told to. */
export interface FileImportResult {
	mode: 'file';
	/** Asked for; by default a person validates it on the platform. */
	queued: true;
	fileId: string;
	connector: { id: string; name: string };
	objects: number;
	/** Objects of types that the platform does not have, and what would be nothing without them: numbers by type. */
	leftOut: Record<string, number>;
	warnings: DraftWarning[];
}

/** Uploads a bundle as a file and asks the platform's STIX file connector to import it. Needs KNOWLEDGE_KNASKIMPORT. */
export async function importBundleFile(platform: Platform, bundle: AnyBundle): Promise<FileImportResult> {
	const objects = objectsOf(bundle);
	await checkMarkings(platform, objects);
	const refs = [...new Set(objects.flatMap(markingRefs))];
	const markings = strictest(await platform.references.markings(refs)).map(({ id }) => id);
	const connector = await stixConnector(platform);
	// A connector that reads STIX takes the file: it stays valid.
	const { bundle: sent, leftOut, warnings } = forImport(platform, bundle, objects, { withText: false });
	const content = Buffer.from(JSON.stringify(sent));
	const sha256 = createHash('sha256').update(content).digest('hex');
	const file = { name: `email-intel-${sha256.slice(0, 12)}.json`, contentType: 'application/json', content };
	const { uploadImport } = await platform.call(UPLOAD_IMPORT, { file: null, fileMarkings: markings }, file);
	await platform.call(ASK_JOB_IMPORT, { fileName: uploadImport.id, connectorId: connector.id });
	return { mode: 'file', queued: true, fileId: uploadImport.id, connector, objects: objects.length, leftOut, warnings };
}

async function stixConnector(platform: Platform): Promise<{ id: string; name: string }> {
	const { connectorsForImport } = await platform.call(IMPORT_CONNECTORS, {});
	const able = connectorsForImport.flatMap((connector) =>
		connector !== null && connector.active !== false && (connector.connector_scope ?? []).includes('application/json')
			? [connector]
			: [],
	);
	const best = able.find(({ name }) => /stix/i.test(name)) ?? able[0];
	if (best !== undefined) return { id: best.id, name: best.name };
	throw new OpenCtiError('OPENCTI_CONNECTOR_MISSING', 'The platform has no active connector that imports STIX files', {
		hint: "Start the ImportFileStix connector, or set 'Mode' to Direct or Queue.",
	});
}

import { createHash } from 'node:crypto';
import { OWN_NAMESPACE, uuidV5, type AnyBundle } from '../../stix';
import {
	ASK_JOB_IMPORT,
	BUNDLE_PUSH,
	BUNDLE_PUSH_WITHOUT_WORK,
	IMPORT_CONNECTORS,
	REGISTER_CONNECTOR,
	UPLOAD_IMPORT,
	WORK,
	WORK_ADD,
	WORK_PROCESSED,
} from '../documents';
import { OpenCtiError } from '../platform/errors';
import { checkMarkings, objectsOf } from './importObjects';
import { markedAsItsReports } from './markedBundle';
import { strictest, type References } from '../platform/references';
import type { Session } from '../platform/platform';

export interface PushOptions {
	/** Under which the platform lists our pushes. Default `Email Intel`. */
	connectorName?: string;
	/** A UUID. Default: derived from the name, so that every push goes to the same connector. */
	connectorId?: string;
	/** Default: the id of the bundle. */
	workName?: string;
}

export interface PushResult {
	mode: 'push';
	/** Accepted into the platform's queue, not imported yet: `bundleWork` tells. */
	queued: true;
	connectorId: string;
	/** Absent on platforms before 6.6. */
	workId?: string;
	objects: number;
}

export interface FileImportResult {
	mode: 'file';
	/** Asked for; by default a person validates it on the platform. */
	queued: true;
	fileId: string;
	connector: { id: string; name: string };
	objects: number;
}

/**
 * Queues a bundle for import into live data, as a connector does. Needs CONNECTORAPI, OpenCTI 6.2 or later. Throws
 * OPENCTI_INPUT in any workspace but `live`, before anything is sent.
 */
export async function pushBundle(
	session: Session,
	references: References,
	bundle: AnyBundle,
	options: PushOptions,
): Promise<PushResult> {
	// The queue carries no draft: what was meant for approval would be live, without an error.
	if (session.draftId !== '') {
		const where = session.draftId === undefined ? 'which its user may have left' : 'not into a draft workspace';
		throw new OpenCtiError('OPENCTI_INPUT', `A bundle that is queued goes into live data, ${where}`, {
			hint: 'Import it directly or as a file, which keep to the draft, or queue it without a draft workspace.',
		});
	}
	const objects = objectsOf(bundle);
	// The import drops a marking that the platform does not know.
	await checkMarkings(references, objects);
	const name = options.connectorName ?? 'Email Intel';
	const id = options.connectorId ?? uuidV5(OWN_NAMESPACE, `connector ${name}`);
	const input = {
		id,
		name,
		type: 'EXTERNAL_IMPORT' as const,
		scope: ['email'],
		auto: false,
		only_contextual: false,
		playbook_compatible: false,
	};
	const connectorId = (await session.call(REGISTER_CONNECTOR, { input })).registerConnector.id;
	const { workAdd } = await session.call(WORK_ADD, {
		connectorId,
		friendlyName: options.workName ?? `Email Intel ${bundle.id ?? ''}`.trim(),
	});
	const result: PushResult = { mode: 'push', queued: true, connectorId, objects: objects.length };
	const text = JSON.stringify(markedAsItsReports(bundle, objects));
	try {
		await session.call(BUNDLE_PUSH, { connectorId, bundle: text, work_id: workAdd.id });
		await session.call(WORK_PROCESSED, { id: workAdd.id, message: `${objects.length} objects sent`, inError: false });
		return { ...result, workId: workAdd.id };
	} catch (error) {
		const old = error instanceof OpenCtiError && error.code === 'OPENCTI_VERSION';
		const message = old ? 'Sent without a work: the platform is older than 6.6' : 'The bundle could not be sent';
		await session.call(WORK_PROCESSED, { id: workAdd.id, message, inError: !old });
		if (!old) throw error;
		await session.call(BUNDLE_PUSH_WITHOUT_WORK, { connectorId, bundle: text });
		return result;
	}
}

/** How far a push is, and what went wrong in it. Needs MODULES. */
export async function bundleWork(session: Session, workId: string): Promise<{ status: string; errors: string[] }> {
	const { work } = await session.call(WORK, { id: workId });
	if (work === null) {
		throw new OpenCtiError('OPENCTI_REFERENCE_MISSING', 'The platform has no such work any more', {
			hint: 'Finished works are removed after a while.',
		});
	}
	return { status: work.status, errors: (work.errors ?? []).flatMap((error) => error?.message ?? []) };
}

/** Uploads a bundle as a file and asks the platform's STIX file connector to import it. Needs KNOWLEDGE_KNASKIMPORT. */
export async function importBundleFile(
	session: Session,
	references: References,
	bundle: AnyBundle,
): Promise<FileImportResult> {
	const objects = objectsOf(bundle);
	await checkMarkings(references, objects);
	const refs = [...new Set(objects.flatMap((object) => (object['object_marking_refs'] as string[] | undefined) ?? []))];
	const markings = strictest(await references.markings(refs)).map(({ id }) => id);
	const connector = await stixConnector(session);
	const content = Buffer.from(JSON.stringify(markedAsItsReports(bundle, objects)));
	const sha256 = createHash('sha256').update(content).digest('hex');
	const file = { name: `email-intel-${sha256.slice(0, 12)}.json`, contentType: 'application/json', content };
	const { uploadImport } = await session.call(UPLOAD_IMPORT, { file: null, fileMarkings: markings }, file);
	await session.call(ASK_JOB_IMPORT, { fileName: uploadImport.id, connectorId: connector.id });
	return { mode: 'file', queued: true, fileId: uploadImport.id, connector, objects: objects.length };
}

async function stixConnector(session: Session): Promise<{ id: string; name: string }> {
	const { connectorsForImport } = await session.call(IMPORT_CONNECTORS, {});
	const able = connectorsForImport.flatMap((connector) =>
		connector !== null && connector.active !== false && (connector.connector_scope ?? []).includes('application/json')
			? [connector]
			: [],
	);
	const best = able.find(({ name }) => /stix/i.test(name)) ?? able[0];
	if (best !== undefined) return { id: best.id, name: best.name };
	throw new OpenCtiError('OPENCTI_CONNECTOR_MISSING', 'The platform has no active connector that imports STIX files', {
		hint: 'Start the ImportFileStix connector, or import the bundle directly or by push.',
	});
}

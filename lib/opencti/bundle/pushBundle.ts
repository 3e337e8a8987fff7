import { OWN_NAMESPACE, uuidV5, type AnyBundle } from '../../stix';
import type { DraftWarning } from '../container';
import {
	BUNDLE_PUSH,
	BUNDLE_PUSH_WITHOUT_WORK,
	REGISTER_CONNECTOR,
	WORK,
	WORK_ADD,
	WORK_PROCESSED,
} from '../documents';
import { attempt, OpenCtiError, type Failure, type Platform } from '../platform';
import { checkMarkings, objectsOf } from './bundleObjects';
import { forImport } from './markedBundle';

export interface PushOptions {
	/** Under which the platform lists our pushes. Default {@link PUSH_DEFAULTS}. */
	connectorName?: string | undefined;
	/** A UUID. Default: derived from the name, so that every push goes to the same connector. */
	connectorId?: string | undefined;
	/** Default: the id of the bundle. */
	workName?: string | undefined;
}

/** What {@link PushOptions} mean where nobody sets them. */
export const PUSH_DEFAULTS = { connectorName: 'Email Intel' } as const;

/** What an import in mode `push` did: the bundle is in the platform's queue. */
export interface PushResult {
	mode: 'push';
	/** Accepted into the platform's queue, not imported yet: `bundleWork` tells. */
	queued: true;
	connectorId: string;
	/** Absent on platforms before 6.5.7. */
	workId?: string;
	objects: number;
	/** Objects of types that the platform does not have, and what would be nothing without them: numbers by type. */
	leftOut: Record<string, number>;
	warnings: DraftWarning[];
}

/**
 * The queue carries no draft: what was meant for approval would be live, without an error.
 *
 * @throws OpenCtiError `OPENCTI_INPUT` in any workspace but `live`
 */
export function requireLiveData({ workspace }: Platform): void {
	if (workspace === 'live') return;
	const where = workspace === 'user' ? 'which the user may have left' : 'not into a draft workspace';
	throw new OpenCtiError('OPENCTI_INPUT', `A queued bundle is imported into live data, ${where}`, {
		hint: "Set 'Mode' to Direct or File Import, which use the draft, or remove the draft workspace.",
	});
}

/** Queues a bundle for import into live data, as a connector does. Needs CONNECTORAPI, OpenCTI 6.2.6 or later. */
export async function pushBundle(platform: Platform, bundle: AnyBundle, options: PushOptions): Promise<PushResult> {
	const objects = objectsOf(bundle);
	// The import drops a marking that the platform does not know.
	await checkMarkings(platform, objects);
	const connectorId = await registered(platform, options);
	const { workAdd } = await platform.call(WORK_ADD, {
		connectorId,
		friendlyName: options.workName ?? `Email Intel ${bundle.id ?? ''}`.trim(),
	});
	const work = { id: workAdd.id };
	const { bundle: sent, leftOut, warnings } = forImport(platform, bundle, objects, { withText: true });
	const text = JSON.stringify(sent);
	const result = { mode: 'push', queued: true, connectorId, objects: objects.length, leftOut } as const;
	const pushed = await attempt(() => platform.call(BUNDLE_PUSH, { connectorId, bundle: text, work_id: work.id }));
	if ('value' in pushed) {
		// Whatever comes now, the bundle is in the queue.
		const left = await close(platform, { ...work, message: `${objects.length} objects sent`, inError: false });
		return { ...result, workId: work.id, warnings: [...warnings, ...stillOpen(left)] };
	}
	if (pushed.failure.code === 'OPENCTI_VERSION') {
		const message = 'The progress of the import cannot be tracked, because the platform is older than 6.5.7';
		const left = await close(platform, { ...work, message, inError: false });
		await platform.call(BUNDLE_PUSH_WITHOUT_WORK, { connectorId, bundle: text });
		return { ...result, warnings: [...warnings, ...stillOpen(left)] };
	}
	await close(platform, { ...work, message: 'The bundle could not be sent', inError: true });
	throw pushed.error;
}

/** The id of the connector that our pushes come from. */
async function registered(platform: Platform, options: PushOptions): Promise<string> {
	const name = options.connectorName ?? PUSH_DEFAULTS.connectorName;
	const input = {
		id: options.connectorId ?? uuidV5(OWN_NAMESPACE, `connector ${name}`),
		name,
		type: 'EXTERNAL_IMPORT' as const,
		scope: ['email'],
		auto: false,
		only_contextual: false,
		playbook_compatible: false,
	};
	return (await platform.call(REGISTER_CONNECTOR, { input })).registerConnector.id;
}

/** Tells the platform how a push went. That this fails changes nothing about the push. */
async function close(
	platform: Platform,
	work: { id: string; message: string; inError: boolean },
): Promise<Failure | undefined> {
	const closed = await attempt(() => platform.call(WORK_PROCESSED, work));
	if ('value' in closed) return undefined;
	platform.logger?.warn(`OpenCTI: the work ${work.id} of a pushed bundle stays open: ${closed.failure.message}`);
	return closed.failure;
}

function stillOpen(failure: Failure | undefined): DraftWarning[] {
	if (failure === undefined) return [];
	const message = `The bundle is in the queue. The platform could not be notified that it is complete, so its work may stay in progress: ${failure.message}`;
	return [{ code: 'work-open', message }];
}

/** How far a push is, and what went wrong in it. Needs MODULES. */
export async function bundleWork(platform: Platform, workId: string): Promise<{ status: string; errors: string[] }> {
	const { work } = await platform.call(WORK, { id: workId });
	if (work === null) {
		throw new OpenCtiError('OPENCTI_REFERENCE_MISSING', 'The platform no longer has this work', {
			hint: 'The platform removes finished works after a while.',
		});
	}
	return { status: work.status, errors: (work.errors ?? []).flatMap((error) => error?.message ?? []) };
}

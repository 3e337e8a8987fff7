import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { INCOMPLETE_WARNING, type EmailWarning } from '../../lib/email';
import { isOmission } from '../../lib/stix';

/**
 * A node's result on a bundle, with what Email to STIX said is missing in it: what is made of an incomplete bundle is
 * incomplete. Only for the bundle that came with the item.
 */
export function withBundleGaps(
	context: IExecuteFunctions,
	itemIndex: number,
	bundle: { id?: unknown },
	result: IDataObject,
): IDataObject {
	const { json } = context.getInputData()[itemIndex]!;
	const own = json.bundle as { id?: unknown } | null | undefined;
	if (json.complete !== false || own?.id === undefined || own.id !== bundle.id) return result;
	const told = (Array.isArray(json.warnings) ? json.warnings : []) as (EmailWarning | null)[];
	const gaps = told.filter(
		(warning) => warning !== null && (isOmission(warning) || warning.code === INCOMPLETE_WARNING.code),
	);
	const before = (Array.isArray(result.warnings) ? result.warnings : []) as unknown as EmailWarning[];
	return { ...result, warnings: [...before, ...gaps], complete: false };
}

import { INCOMPLETE_WARNING, isIncomplete, warningKey, type EmailWarning } from '../email';
import { isRecord } from '../json';
import { EMAIL_LIMITS, WARNING_LIMITS } from '../limits';
import { isOmission } from '../stix';

/** Code of what a step says for the user's information: nothing is missing for that. */
export const NOTE = 'hunt-note';

/** The warnings of an item that are of the form of ours, none of them too long: whoever made the item wrote them. */
export function warningsOf({ warnings }: Record<string, unknown>): EmailWarning[] {
	const given = (Array.isArray(warnings) ? (warnings as unknown[]) : []).slice(0, EMAIL_LIMITS.maxWarnings);
	return given.flatMap((warning) => {
		if (!isRecord(warning)) return [];
		const { code, message } = warning;
		if (typeof code !== 'string' || typeof message !== 'string') return [];
		const { maxCodeCharacters, maxMessageCharacters } = WARNING_LIMITS;
		return [{ code: code.slice(0, maxCodeCharacters), message: message.slice(0, maxMessageCharacters) }];
	});
}

/**
 * A step's result on a bundle, with what the step before said is missing in it: what is made of an incomplete bundle is
 * incomplete. Only for what came with the item: its bundle or indicators, or those in a field of it, such as what a hunt found.
 *
 * @param source The bundle; or a list of bundles, of STIX objects or of indicators.
 */
export function withBundleGaps(
	json: Record<string, unknown>,
	source: unknown,
	result: Record<string, unknown>,
): Record<string, unknown> {
	const fields = Object.values(json).filter(isRecord);
	const holders = [withoutThoseOf(fields, json), ...fields].filter((holder) => holder.complete === false);
	return withGaps(result, holders.filter((holder) => cameWith(holder, source)).map(gapsOf));
}

/**
 * An item without what it says for a field of its own: a hunt that missed something makes its item incomplete, and not the bundle
 * that was there before.
 */
function withoutThoseOf(
	fields: readonly Record<string, unknown>[],
	json: Record<string, unknown>,
): Record<string, unknown> {
	const told = new Set(
		fields
			.filter(({ complete }) => complete === false)
			.flatMap(warningsOf)
			.map(warningKey),
	);
	if (json.complete !== false || told.size === 0) return json;
	const warnings = warningsOf(json).filter((warning) => !told.has(warningKey(warning)));
	const isOfMessage = isIncomplete({ truncated: json.truncated === true || json.rawOmitted === true, warnings });
	const complete = !(isOfMessage || warnings.some((warning) => isOmission(warning) || isMessageGap(warning)));
	return { ...json, warnings, complete };
}

/** The same for what all of these items together gave. */
export function withItemGaps(
	items: readonly Record<string, unknown>[],
	result: Record<string, unknown>,
): Record<string, unknown> {
	return withGaps(result, items.filter(({ complete }) => complete === false).map(gapsOf));
}

const isMessageGap = ({ code }: EmailWarning): boolean => code === INCOMPLETE_WARNING.code;

function withGaps(result: Record<string, unknown>, gaps: readonly EmailWarning[][]): Record<string, unknown> {
	if (gaps.length === 0) return result;
	const before = (Array.isArray(result.warnings) ? result.warnings : []) as EmailWarning[];
	const told = new Map([...before, ...gaps.flat()].map((warning) => [warningKey(warning), warning]));
	const warnings = [...told.values()].slice(0, Math.max(before.length, EMAIL_LIMITS.maxWarnings));
	return { ...result, warnings, complete: false };
}

/** What is missing; where that is of the message itself, the causes too, which have codes of many kinds. */
function gapsOf(holder: Record<string, unknown>): EmailWarning[] {
	const told = warningsOf(holder).filter(({ code }) => code !== NOTE);
	const omissions = told.filter(isOmission);
	const isOfMessage = told.some(isMessageGap);
	return isOfMessage || omissions.length === 0 ? told : omissions;
}

function cameWith({ bundle, indicators }: Record<string, unknown>, source: unknown): boolean {
	const own = isRecord(bundle) ? bundle : {};
	const isOwnBundle = (given: unknown) => isRecord(given) && given.id !== undefined && given.id === own.id;
	if (!Array.isArray(source)) return isOwnBundle(source);
	const list = source as unknown[];
	const found = Array.isArray(indicators) ? (indicators as unknown[]) : undefined;
	if (list.length === 0) return found?.length === 0;
	if (list.some(isOwnBundle)) return true;
	return (
		isPartOf(list, own.objects, ({ id }) => id) ||
		isPartOf(list, found, ({ type, value }) => JSON.stringify([type, value]))
	);
}

/** Whether a list is one of ours, or what somebody chose of it. */
function isPartOf(
	list: readonly unknown[],
	own: unknown,
	nameOf: (entry: Record<string, unknown>) => unknown,
): boolean {
	if (!Array.isArray(own)) return false;
	const names = new Set((own as unknown[]).filter(isRecord).map(nameOf));
	names.delete(undefined);
	return list.every((entry) => isRecord(entry) && names.has(nameOf(entry)));
}
